package vmlan.tests.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.tests.lan.Evidence;

/// UDP of a guest to the internet.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class UdpTest {
    private static final int PORT = 7100;
    private static final int CLOSED_PORT = 7199;

    private static GuestOutside world;

    @BeforeAll
    static void create() throws Exception {
        world = GuestOutside.create();
    }

    @AfterAll
    static void close() throws Exception {
        world.close();
    }

    /// Sends back what comes, as often as it is told, and gives who sent the last one.
    private static CompletableFuture<InetSocketAddress> echo(Family family, int port, int times) throws Exception {
        DatagramSocket server = world.internet().call(Place.INTERNET, () -> socket(family.server(port)));
        return world.internet().begin(Place.INTERNET, () -> {
            try (server) {
                DatagramPacket packet = new DatagramPacket(new byte[65536], 65536);
                for (int i = 0; i < times; i++) {
                    packet.setLength(65536);
                    server.receive(packet);
                    server.send(packet);
                }
                return (InetSocketAddress) packet.getSocketAddress();
            }
        });
    }

    private static DatagramSocket socket(InetSocketAddress local) throws SocketException {
        DatagramSocket socket = local == null ? new DatagramSocket() : new DatagramSocket(local);
        socket.setSoTimeout(GuestOutside.READ_MILLIS);
        return socket;
    }

    @ParameterizedTest
    @EnumSource
    void datagramsOfAllSizesComeBackAsTheyWere(Family family) throws Exception {
        int[] sizes = {0, 1, 1400, 1472, 1473, 4000, 60_000};
        CompletableFuture<InetSocketAddress> server = echo(family, PORT, sizes.length);
        world.internet().call(Place.GUEST, () -> {
            try (DatagramSocket client = socket(null)) {
                // not connected: Java sends no empty datagrams then
                Random random = new Random(1);
                for (int size : sizes) {
                    byte[] bytes = new byte[size];
                    random.nextBytes(bytes);
                    client.send(new DatagramPacket(bytes, size, family.server(PORT)));
                    DatagramPacket answer = new DatagramPacket(new byte[65536], 65536);
                    try {
                        client.receive(answer);
                    } catch (SocketTimeoutException e) {
                        throw new AssertionError(
                                "no answer to a datagram of " + size + "; "
                                        + world.network().show().values(),
                                e);
                    }
                    assertThat(Arrays.copyOf(answer.getData(), answer.getLength()))
                            .as("a datagram of " + size)
                            .isEqualTo(bytes);
                }
            }
            return null;
        });
        NamespaceThreads.await(server);
    }

    @ParameterizedTest
    @EnumSource
    void aClosedPortIsAnErrorAtTheSocket(Family family) throws Exception {
        world.internet().call(Place.GUEST, () -> {
            try (DatagramSocket client = socket(null)) {
                client.connect(family.server(CLOSED_PORT));
                client.send(new DatagramPacket(new byte[10], 10));
                long from = System.nanoTime();
                Assertions.assertThatThrownBy(() -> client.receive(new DatagramPacket(new byte[10], 10)))
                        .isInstanceOf(PortUnreachableException.class);
                assertThat(java.time.Duration.ofNanos(System.nanoTime() - from)).isLessThan(GuestOutside.AT_ONCE);
            }
            return null;
        });
    }

    /// RFC 4787, REQ-1: a mapping does not depend on whom the guest speaks to.
    @ParameterizedTest
    @EnumSource
    void twoServersSeeTheSamePortOfOneSocket(Family family) throws Exception {
        CompletableFuture<InetSocketAddress> first = echo(family, PORT + 1, 1);
        CompletableFuture<InetSocketAddress> second = echo(family, PORT + 2, 1);
        world.internet().call(Place.GUEST, () -> {
            try (DatagramSocket client = socket(null)) {
                for (int port : new int[] {PORT + 1, PORT + 2}) {
                    client.send(new DatagramPacket(new byte[] {1}, 1, family.server(port)));
                    client.receive(new DatagramPacket(new byte[10], 10));
                }
            }
            return null;
        });
        assertThat(NamespaceThreads.await(first)).isEqualTo(NamespaceThreads.await(second));
    }
}
