package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.packet.IpAddress;
import vmlan.program.control.ControlResponse;
import vmlan.program.control.ControlServer;
import vmlan.program.files.Places;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GuestsOfAllNetworksTest {
    @TempDir
    private Path home;

    private static ControlResponse guest(String vm, String address) {
        return ControlResponse.ok(Map.of("ports", List.of(Map.of("vm", vm, "ipv4", address, "ipv6", List.of()))));
    }

    private static ServerSocketChannel listen(Path socket) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        return server;
    }

    @Test
    void aNetworkThatHangsIsAskedOnceAndTheOthersAnswer() throws Exception {
        Places places = Places.in(home);
        BlockingQueue<SocketChannel> connections = new LinkedBlockingQueue<>();
        try (ServerSocketChannel hangs = listen(places.socket("host", "control.sock"));
                ControlServer server = ControlServer.start(
                        places.socket("shared", "control.sock"), request -> guest("web", "10.1.2.3"), line -> {})) {
            Thread.ofVirtual().start(() -> {
                while (hangs.isOpen()) {
                    try {
                        connections.add(hangs.accept());
                    } catch (IOException e) {
                        return;
                    }
                }
            });
            // The one that answers has the time of a busy machine.
            GuestsOfAllNetworks guests = new GuestsOfAllNetworks(places, Duration.ofSeconds(4), Duration.ofHours(1));

            assertThat(guests.ask()).containsEntry("web", List.of(IpAddress.parse("10.1.2.3")));
            assertThat(connections.take()).isNotNull();
            assertThat(connections.take())
                    .as("asked whether it is there, and then")
                    .isNotNull();
            assertThat(guests.ask()).containsKey("web");
            assertThat(connections).as("left in peace").isEmpty();
        }
    }

    @Test
    void ofOneThatFallsSilentCountsWhatItSaidLast() throws Exception {
        Places places = Places.in(home);
        AtomicBoolean isSilent = new AtomicBoolean();
        try (ControlServer server = ControlServer.start(
                places.socket("shared", "control.sock"),
                request -> isSilent.get() ? ControlResponse.error(503, "busy", "wait") : guest("web", "10.1.2.3"),
                line -> {})) {
            GuestsOfAllNetworks guests = new GuestsOfAllNetworks(places, Duration.ofSeconds(50), Duration.ofHours(1));
            assertThat(guests.ask()).containsKey("web");
            isSilent.set(true);
            assertThat(guests.ask()).containsKey("web");
        }
        assertThat(new GuestsOfAllNetworks(places).ask()).isEmpty();
    }
}
