package vmlan.tests.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import vmlan.program.files.Fields;
import vmlan.tests.lan.Evidence;
import vmlan.tests.real.Await;

/// A host that wakes after hours, as far as a test can have one: its process sees a clock of ours that jumps, and the
/// far end of a connection is gone without a word.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class WakeTest {
    private static final int ALIVE = 7200;
    private static final int GONE = 7201;
    private static final long SLEPT_SECONDS = 8 * 3600;
    /// Four probes, five seconds apart, after five seconds at most until the clocks are looked at; and what a
    /// busy machine adds to it. Without the wake it would be hours.
    private static final Duration SOON = Duration.ofSeconds(120);

    private static void uptime(Path file, double seconds) throws IOException {
        // In place: the process has this very file mounted.
        Files.writeString(file, String.format(Locale.ROOT, "%.2f 1.00\n", seconds), StandardCharsets.US_ASCII);
    }

    private static Fields show(GuestOutside world) throws Exception {
        return world.network().api("GET", "/v1/network", null);
    }

    private static Socket connect(GuestOutside world, int port) throws Exception {
        return world.internet().call(Place.GUEST, () -> {
            Socket socket = new Socket();
            socket.setSoTimeout((int) SOON.toMillis());
            socket.connect(Family.IPV4.server(port), GuestOutside.READ_MILLIS);
            return socket;
        });
    }

    @Test
    void afterASleepWhatIsDeadIsFoundSoonAndTheRestGoesOn() throws Exception {
        Path[] clock = new Path[1];
        try (GuestOutside world = GuestOutside.create(internet -> {
                    clock[0] = internet.folder().resolve("uptime");
                    uptime(clock[0], 1_000);
                    internet.mount(Place.HOST, "/proc/uptime", clock[0]);
                });
                Listener stays = Listener.open(world.internet(), Place.INTERNET, new InetSocketAddress(ALIVE));
                Listener goes = Listener.open(world.internet(), Place.INTERNET, new InetSocketAddress(GONE));
                Socket alive = connect(world, ALIVE);
                Socket aliveEnd = stays.accept();
                Socket dead = connect(world, GONE);
                Socket deadEnd = goes.accept()) {
            assertThat(show(world).object("hostChanges").number("wakes")).isZero();
            // A router that has forgotten it, and says nothing.
            world.internet().in(Place.INTERNET, "nft", """
                    table inet gone {
                      chain in {
                        type filter hook input priority 0
                        tcp dport %d drop
                      }
                    }
                    """.formatted(GONE));

            uptime(clock[0], 1_000 + SLEPT_SECONDS);
            Fields woken = Await.until(
                    "the wake",
                    SharedNetwork.LIMIT,
                    () -> Optional.of(show(world).object("hostChanges"))
                            .filter(changes -> changes.number("wakes") == 1),
                    () -> show(world).values().toString());
            assertThat(woken.text("last")).startsWith("the host slept for 7 h 59 min");
            assertThat(woken.number("flowsReset"))
                    .as("nobody's address is gone")
                    .isZero();
            assertThatThrownBy(() -> dead.getInputStream().read())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("reset");
            assertThat(deadEnd.isConnected()).isTrue();

            aliveEnd.getOutputStream().write('s');
            assertThat(alive.getInputStream().read()).isEqualTo('s');
            alive.getOutputStream().write('c');
            assertThat(aliveEnd.getInputStream().read()).isEqualTo('c');
            assertThat(show(world).object("hostChanges").number("wakes")).isEqualTo(1);
        }
    }
}
