package vmlan.program.autostart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Places;

class LaunchAgentTest {
    @TempDir
    private Path home;

    @Test
    void theAgentOfAVm() {
        assertThat(LaunchAgent.text(
                        "vmlan-web",
                        "web",
                        "/opt/a & b/vmlan",
                        Map.of("VMLAN_HOME", "/Users/me/<VMs>"),
                        Path.of("/log")))
                .isEqualTo("""
                        <?xml version="1.0" encoding="UTF-8"?>
                        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
                        <plist version="1.0">
                        <dict>
                            <key>Label</key>
                            <string>vmlan-web</string>
                            <key>ProgramArguments</key>
                            <array>
                                <string>/opt/a &amp; b/vmlan</string>
                                <string>start</string>
                                <string>web</string>
                            </array>
                            <key>EnvironmentVariables</key>
                            <dict>
                                <key>VMLAN_HOME</key>
                                <string>/Users/me/&lt;VMs&gt;</string>
                            </dict>
                            <key>RunAtLoad</key>
                            <true/>
                            <key>AbandonProcessGroup</key>
                            <true/>
                            <key>StandardErrorPath</key>
                            <string>/log</string>
                        </dict>
                        </plist>
                        """);
    }

    @Test
    void anXmlParserReadsWhatWasMeant() throws Exception {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("VMLAN_HOME", "/Users/me/<VMs> & \"more\"");
        environment.put("PATH", "/opt/homebrew/bin:/usr/bin");
        Path folder = home.resolve("Library/LaunchAgents");
        LaunchAgent agent = new LaunchAgent(folder, "/Users/me/my tools/vmlan", environment, Places.in(home));
        assertThat(agent.enable("web", false)).hasSize(1);
        Path[] files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.toArray(Path[]::new);
        }
        assertThat(files).hasSize(1);
        Map<?, ?> plist = ReadPlist.read(Files.readString(files[0]));
        assertThat(plist.get("ProgramArguments")).isEqualTo(List.of("/Users/me/my tools/vmlan", "start", "web"));
        assertThat(plist.get("EnvironmentVariables")).isEqualTo(environment);
        assertThat(plist.get("RunAtLoad")).isEqualTo(true);
        assertThat(plist.get("AbandonProcessGroup")).isEqualTo(true);
        assertThat(plist.get("Label") + ".plist")
                .isEqualTo(files[0].getFileName().toString());
        agent.disable("web");
        assertThat(folder).isEmptyDirectory();
        agent.disable("web");
    }
}
