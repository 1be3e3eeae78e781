package vmlan.program.autostart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// With a launchctl that agrees or does not, and a network of which only is known what was done with it.
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class NetworkHandoverTest {
    private static final String NETWORK = "bridged-en0";

    @TempDir
    private Path root;

    private final List<String> done = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private Path launchctl;

    @BeforeEach
    void makeAMachine() throws Exception {
        Path setup = Files.createDirectories(root.resolve("ada/setup"));
        for (String script : List.of("network-daemon.sh", "open-network.sh")) {
            Files.copy(Path.of("../setup", script).toRealPath(), setup.resolve(script));
        }
        Files.createFile(root.resolve("ada/vmlan"));
        Files.createDirectories(root.resolve("Library/LaunchDaemons"));
        launchctl = Files.createDirectories(root.resolve("bin")).resolve("launchctl");
        launchctl("[ \"$1\" != print ]");
    }

    private void launchctl(String script) throws Exception {
        Files.writeString(launchctl, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(launchctl, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private NetworkHandover handover(boolean mac, Network network, Duration limit) throws Failure {
        Path checkout = root.resolve("ada");
        Map<String, String> environment = Map.of("HOME", checkout.toString());
        NetworkDaemons daemons = new NetworkDaemons(
                Places.in(root.resolve("home")),
                root,
                new NetworkDaemons.Machine(
                        mac, 54321, 20, checkout.resolve("vmlan"), List.of(checkout.resolve("setup")), environment),
                false);
        return new NetworkHandover(daemons, network, limit);
    }

    /// One that launchd's process serves after so many looks; never, where that is negative.
    private final class Network implements NetworkHandover.Served {
        private final boolean ran;
        private final boolean startFails;
        private int looks;

        Network(boolean ran, boolean startFails, int looks) {
            this.ran = ran;
            this.startFails = startFails;
            this.looks = looks;
        }

        @Override
        public boolean isServed() {
            return looks-- == 0;
        }

        @Override
        public boolean stop() {
            done.add("stop");
            return ran;
        }

        @Override
        public void start() throws Failure {
            done.add("start");
            if (startFails) {
                throw Failure.world("no rights", "type sudo");
            }
        }
    }

    private List<String> handOver(Network network, Duration limit) throws Failure {
        return handover(true, network, limit).toLaunchd(NETWORK, notes::add);
    }

    @Test
    void itIsWaitedForUntilLaunchdsProcessServes() throws Exception {
        assertThat(handOver(new Network(true, false, 3), Duration.ofSeconds(50)))
                .anySatisfy(line -> assertThat(line).contains("starts with the machine"));
        assertThat(done).containsExactly("stop");
        assertThat(notes).isEmpty();
    }

    @Test
    void whereLaunchdsProcessDoesNotServeItsLogIsNamed() {
        assertThatThrownBy(() -> handOver(new Network(true, false, -1), Duration.ZERO))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.what()).contains("does not serve it after 0 s");
                    assertThat(failure.remedy()).contains("cat /var/log/vmlan-network-bridged-en0.54321.log");
                });
        assertThat(done).containsExactly("stop");
    }

    @Test
    void whatLaunchdRefusesLeavesTheNetworkRunning() throws Exception {
        launchctl("[ \"$1\" = enable ]");
        assertThatThrownBy(() -> handOver(new Network(true, false, -1), Duration.ZERO))
                .hasMessageContaining("launchd was not told");
        assertThat(done).containsExactly("stop", "start");
    }

    @Test
    void whatDidNotRunIsNotStarted() throws Exception {
        launchctl("[ \"$1\" = enable ]");
        assertThatThrownBy(() -> handOver(new Network(false, false, -1), Duration.ZERO))
                .hasMessageContaining("launchd was not told");
        assertThat(done).containsExactly("stop");
    }

    @Test
    void whereItDoesNotStartAgainThatIsSaidToo() throws Exception {
        launchctl("[ \"$1\" = enable ]");
        assertThatThrownBy(() -> handOver(new Network(true, true, -1), Duration.ZERO))
                .hasMessageContaining("launchd was not told");
        assertThat(notes).containsExactly("the network bridged-en0, which ran, is stopped: no rights; type sudo");
    }

    @Test
    void whatCannotBeIsSeenBeforeAnythingIsStopped() {
        assertThatThrownBy(() -> handover(false, new Network(true, false, 0), Duration.ZERO)
                        .toLaunchd(NETWORK, notes::add))
                .hasMessageContaining("which this host does not have");
        assertThat(done).isEmpty();
    }
}
