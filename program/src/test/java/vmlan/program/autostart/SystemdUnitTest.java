package vmlan.program.autostart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SystemdUnitTest {
    @TempDir
    private Path folder;

    @Test
    void theUnitOfAVm() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("VMLAN_HOME", "/srv/100% \"my\" VMs\\x");
        environment.put("PATH", "/usr/bin:/bin");
        assertThat(SystemdUnit.text("web", "/opt/my $tools/vmlan", environment)).isEqualTo("""
                        # Written by: vmlan autostart web
                        [Unit]
                        Description=VM web of vmlan

                        [Service]
                        Type=oneshot
                        RemainAfterExit=yes
                        KillMode=process
                        Environment="VMLAN_HOME=/srv/100%% \\"my\\" VMs\\\\x"
                        Environment="PATH=/usr/bin:/bin"
                        ExecStart=:/usr/bin/env "/opt/my $tools/vmlan" start web
                        ExecStop=:/usr/bin/env "/opt/my $tools/vmlan" stop web
                        TimeoutStartSec=600
                        TimeoutStopSec=90

                        [Install]
                        WantedBy=default.target
                        """);
    }

    @Test
    void anotherHomeHasOtherUnits() {
        assertThat(SystemdUnit.name("web", null)).isEqualTo("vmlan-web.service");
        assertThat(SystemdUnit.name("web", "/a")).matches("vmlan-web\\.[0-9a-f]{8}\\.service");
        assertThat(SystemdUnit.name("web", "/a")).isNotEqualTo(SystemdUnit.name("web", "/b"));
    }

    @Test
    void controlCharactersAreEscaped() {
        assertThat(SystemdUnit.quoted("a\nb\t\u007f")).isEqualTo("\"a\\x0ab\\x09\\x7f\"");
    }

    /// systemd's own opinion, of a launcher whose path has all that it could stumble over.
    @Test
    @EnabledOnOs(OS.LINUX)
    void systemdFindsNothingWrong() throws Exception {
        Path tools = Files.createDirectory(folder.resolve("my $HOME 100% \"tools\" a\\b"));
        Path launcher = Files.createFile(
                tools.resolve("vmlan"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path unit = folder.resolve(SystemdUnit.name("web", "/a"));
        Files.writeString(unit, SystemdUnit.text("web", launcher.toString(), Map.of("VMLAN_HOME", "/srv/100% a")));
        assertThat(verify(unit)).isEqualTo("0 ");

        Files.writeString(unit, Files.readString(unit).replace("/usr/bin/env", "/nowhere/env"));
        assertThat(verify(unit)).as("that it looks at all").contains("/nowhere/env");
    }

    /// Its status and what it says.
    private String verify(Path unit) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("systemd-analyze", "--user", "verify", unit.toString());
        builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + said;
    }
}
