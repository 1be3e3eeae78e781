package vmlan.program.autostart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What launchd is told, whole, as files beside this class: a change of them is seen.
class NetworkDaemonTest {
    /// @param name of the file
    record Machine(String name, NetworkDaemon daemon, String checkout, String state, Map<String, String> places) {
        private Path launcher() {
            return Path.of(checkout, "vmlan");
        }

        private Path undo() {
            return Path.of(state, "networks", daemon.network(), "undo.json");
        }

        private String text() {
            return daemon.text(launcher(), undo(), places);
        }

        private String golden() throws IOException {
            try (InputStream file = NetworkDaemonTest.class.getResourceAsStream(name + ".plist")) {
                return new String(file.readAllBytes(), StandardCharsets.UTF_8);
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Machine> machines() {
        String support = "/Users/ada/Library/Application Support/vmlan/state";
        return List.of(
                new Machine(
                        "apple-silicon",
                        new NetworkDaemon("bridged-en0", 501, 20, null),
                        "/Users/ada/vmlan",
                        support,
                        places("TMPDIR", "/var/folders/zz/ada0001/T/")),
                // a checkout of root's
                new Machine(
                        "intel",
                        new NetworkDaemon("host", 502, 20, null),
                        "/usr/local/opt/vmlan",
                        support,
                        places("TMPDIR", "/var/folders/zz/ada0001/T/")),
                // what XML and the shell could stumble over
                new Machine(
                        "odd-paths",
                        new NetworkDaemon("lab", 501, 20, "/Users/ada/VMs & <more>"),
                        "/Users/ada/R&D/it's \"here\" $HOME",
                        "/Users/ada/VMs & <more>/state",
                        places("VMLAN_HOME", "/Users/ada/VMs & <more>")));
    }

    private static Map<String, String> places(String variable, String value) {
        Map<String, String> places = new LinkedHashMap<>();
        places.put("HOME", "/Users/ada");
        places.put(variable, value);
        return places;
    }

    @ParameterizedTest
    @MethodSource("machines")
    void theFileIsAsItWas(Machine machine) throws Exception {
        assertThat(machine.text()).isEqualTo(machine.golden());
    }

    @ParameterizedTest
    @MethodSource("machines")
    void anXmlParserReadsWhatWasMeant(Machine machine) throws Exception {
        Map<?, ?> plist = ReadPlist.read(machine.text());
        assertThat(plist.keySet().stream().map(Object::toString))
                .containsExactly(
                        "Label",
                        "ProgramArguments",
                        "EnvironmentVariables",
                        "RunAtLoad",
                        "KeepAlive",
                        "ProcessType",
                        "StandardErrorPath");
        assertThat(plist.get("Label")).isEqualTo(machine.daemon().label());
        assertThat(plist.get("ProgramArguments"))
                .isEqualTo(List.of(
                        "/bin/sh",
                        machine.checkout() + "/setup/open-network.sh",
                        machine.launcher().toString(),
                        machine.daemon().network(),
                        machine.undo().toString()));
        Map<String, String> environment = new LinkedHashMap<>(machine.places());
        environment.put("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
        environment.put("VMLAN_OWNER", machine.daemon().uid() + ":20");
        environment.put("VMLAN_NO_BUILD", "1");
        environment.put("VMLAN_IDLE_SECONDS", "never");
        assertThat(plist.get("EnvironmentVariables")).isEqualTo(environment);
        assertThat(plist.get("RunAtLoad")).isEqualTo(true);
        assertThat(plist.get("KeepAlive")).isEqualTo(Map.of("SuccessfulExit", false));
        assertThat(plist.get("StandardErrorPath"))
                .isEqualTo("/var/log/" + machine.daemon().label() + ".log");
    }

    @Test
    void usersAndHomesHaveDaemonsOfTheirOwn() {
        NetworkDaemon plain = new NetworkDaemon("lab", 501, 20, null);
        NetworkDaemon other = new NetworkDaemon("lab", 502, 20, null);
        NetworkDaemon home = new NetworkDaemon("lab", 501, 20, "/elsewhere");
        assertThat(List.of(plain.label(), other.label(), home.label())).doesNotHaveDuplicates();
        assertThat(plain.networkOf(plain.label())).contains("lab");
        assertThat(home.networkOf(home.label())).contains("lab");
        assertThat(plain.networkOf(other.label())).isEmpty();
        assertThat(plain.networkOf(home.label())).isEmpty();
        assertThat(plain.networkOf("vmlan-network-.501")).isEmpty();
        assertThat(plain.networkOf("com.apple.501")).isEmpty();
    }

    @Test
    void whatXmlCannotSayIsNotWritten() {
        NetworkDaemon daemon = new NetworkDaemon("lab", 501, 20, null);
        assertThatThrownBy(() -> daemon.text(Path.of("/a\u0007b/vmlan"), Path.of("/undo"), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
