package vmlan.tests.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.program.message.Failure;
import vmlan.tests.lan.Evidence;

/// Ports of a guest on its host, by the control API, which is what the commands use.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class PublishTest {
    private static final int HOST_PORT = 18080;
    private static final int GUEST_PORT = 8080;
    private static final long COUNT = 10 * Bytes.MEGABYTE;

    private static GuestOutside world;

    @BeforeAll
    static void create() throws Exception {
        world = GuestOutside.create();
    }

    @AfterAll
    static void close() throws Exception {
        world.close();
    }

    @AfterEach
    void unpublish() throws Exception {
        world.network().api("DELETE", "/v1/publications/" + GuestOutside.VM, Map.of());
    }

    private static void publish(String... rules) throws Failure {
        world.network().api("PUT", "/v1/publications/" + GuestOutside.VM, Map.of("rules", List.of(rules)));
    }

    private static InetSocketAddress everywhere(int port) {
        return new InetSocketAddress("::", port);
    }

    @ParameterizedTest
    @EnumSource
    void theHostReachesThePortOfItsGuest(Family family) throws Exception {
        publish(HOST_PORT + ":" + GUEST_PORT);
        AtomicReference<String> sum = new AtomicReference<>();
        world.converse(
                Place.GUEST,
                everywhere(GUEST_PORT),
                server -> {
                    assertThat(Bytes.receive(server.getInputStream()).count()).isEqualTo(COUNT);
                    sum.set(Bytes.send(server.getOutputStream(), 1, COUNT));
                },
                Place.HOST,
                family.loopback(HOST_PORT),
                client -> {
                    Bytes.send(client.getOutputStream(), 2, COUNT);
                    client.shutdownOutput();
                    assertThat(Bytes.receive(client.getInputStream()).sum()).isEqualTo(sum.get());
                });
    }

    @ParameterizedTest
    @EnumSource
    void aHalfThatTheGuestHasClosedLeavesTheOtherOpen(Family family) throws Exception {
        publish(HOST_PORT + ":" + GUEST_PORT);
        AtomicReference<Bytes.Received> received = new AtomicReference<>();
        world.converse(
                Place.GUEST,
                everywhere(GUEST_PORT),
                server -> {
                    server.shutdownOutput();
                    received.set(Bytes.receive(server.getInputStream()));
                },
                Place.HOST,
                family.loopback(HOST_PORT),
                client -> {
                    assertThat(client.getInputStream().read()).isEqualTo(-1);
                    Bytes.send(client.getOutputStream(), 3, Bytes.MEGABYTE);
                    client.shutdownOutput();
                });
        assertThat(received.get().count()).isEqualTo(Bytes.MEGABYTE);
    }

    /// The client does not know in which family the guest listens, and has not to.
    @ParameterizedTest
    @EnumSource
    void whereTheGuestRefusesOneFamilyTheOtherIsTried(Family listens) throws Exception {
        publish(HOST_PORT + ":" + GUEST_PORT);
        String address =
                listens == Family.IPV4 ? world.guest().ipv4() : world.guest().ipv6();
        for (Family dials : Family.values()) {
            world.converse(
                    Place.GUEST,
                    Family.address(address, GUEST_PORT),
                    server -> server.getOutputStream().write('x'),
                    Place.HOST,
                    dials.loopback(HOST_PORT),
                    client -> assertThat(client.getInputStream().read()).isEqualTo('x'));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoIsRefusedByTheGuestHasTheConnectionTakenAway(Family family) throws Exception {
        publish(HOST_PORT + ":" + GUEST_PORT);
        world.internet().call(Place.HOST, () -> {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(GuestOutside.READ_MILLIS);
                socket.connect(family.loopback(HOST_PORT));
                try {
                    assertThat(socket.getInputStream().read()).isEqualTo(-1);
                } catch (IOException e) {
                    assertThat(e).hasMessageContaining("reset");
                }
            }
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource
    void datagramsGoThereAndBack(Family family) throws Exception {
        publish(HOST_PORT + ":" + GUEST_PORT + "/udp");
        DatagramSocket server = world.internet().call(Place.GUEST, () -> new DatagramSocket(everywhere(GUEST_PORT)));
        CompletableFuture<Void> served = world.internet().begin(Place.GUEST, () -> {
            try (server) {
                server.setSoTimeout(GuestOutside.READ_MILLIS);
                DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
                server.receive(packet);
                server.send(packet);
            }
            return null;
        });
        world.internet().call(Place.HOST, () -> {
            try (DatagramSocket client = new DatagramSocket()) {
                client.setSoTimeout(GuestOutside.READ_MILLIS);
                client.connect(family.loopback(HOST_PORT));
                byte[] bytes = "question".getBytes(StandardCharsets.US_ASCII);
                client.send(new DatagramPacket(bytes, bytes.length));
                DatagramPacket answer = new DatagramPacket(new byte[2000], 2000);
                client.receive(answer);
                assertThat(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII))
                        .isEqualTo("question");
            }
            return null;
        });
        NamespaceThreads.await(served);
    }

    @Test
    void othersReachItOnlyWhereAnAddressWasSaid() throws Exception {
        publish(HOST_PORT + ":" + GUEST_PORT);
        InetSocketAddress host = Family.address(TestInternet.HOST4, HOST_PORT);
        assertThat(world.refusal(Place.INTERNET, host)).hasMessageContaining("refused");
        publish("0.0.0.0:" + (HOST_PORT + 1) + ":" + GUEST_PORT);
        world.converse(
                Place.GUEST,
                everywhere(GUEST_PORT),
                server -> server.getOutputStream().write('x'),
                Place.INTERNET,
                Family.address(TestInternet.HOST4, HOST_PORT + 1),
                client -> assertThat(client.getInputStream().read()).isEqualTo('x'));
    }

    @Test
    void anUnpublishedPortIsClosed() throws Exception {
        publish(HOST_PORT + ":" + GUEST_PORT);
        world.network()
                .api(
                        "DELETE",
                        "/v1/publications/" + GuestOutside.VM,
                        Map.of("rules", List.of(HOST_PORT + ":" + GUEST_PORT)));
        for (Family family : Family.values()) {
            assertThat(world.refusal(Place.HOST, family.loopback(HOST_PORT))).hasMessageContaining("refused");
        }
    }

    @Test
    void aPortInUseIsSaidToBeSo() throws Exception {
        try (Listener taken = Listener.open(world.internet(), Place.HOST, Family.IPV4.loopback(HOST_PORT))) {
            assertThat(taken.port()).isEqualTo(HOST_PORT);
            assertThatThrownBy(() -> publish(HOST_PORT + ":" + GUEST_PORT))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining(Integer.toString(HOST_PORT))
                    .hasMessageContaining("in use");
        }
        assertThat(world.refusal(Place.HOST, Family.IPV6.loopback(HOST_PORT)))
                .as("the other family is not left open")
                .hasMessageContaining("refused");
    }

    @Test
    void aPortBelow1024NeedsARightAndTheMessageSaysSo() {
        assertThatThrownBy(() -> publish("80:" + GUEST_PORT))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("80")
                .hasMessageContaining("1024");
    }
}
