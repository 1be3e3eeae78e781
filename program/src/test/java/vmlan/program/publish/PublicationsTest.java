package vmlan.program.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import vmlan.host.EventLoop;
import vmlan.host.SocketAddresses;
import vmlan.network.Switch;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;
import vmlan.network.tcp.ConnectEvents;
import vmlan.network.tcp.TcpAttachment;
import vmlan.packet.IpAddress;
import vmlan.program.FreePorts;
import vmlan.program.message.Failure;

/// Real sockets of the host on one side; on the other a guest that is played: it echoes at its port 80 and refuses
/// all others.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PublicationsTest {
    private static final int MOST_SOCKETS = 40;

    private final Switch network = new Switch(64, 1_000_000_000L);
    private final TestGuest web = new TestGuest(network, "web");
    private final TestGuest db = new TestGuest(network, "db");
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final EventLoop loop;
    private final Thread thread;
    private Publications publications;

    PublicationsTest() throws IOException {
        loop = new EventLoop(e -> log.add(e.toString()));
        thread = new Thread(() -> loop.run(now -> Long.MAX_VALUE));
        web.has(IpAddress.parse("192.168.64.2"));
        db.has(IpAddress.parse("192.168.64.3"));
    }

    @BeforeEach
    void start() throws Exception {
        thread.start();
        publications = onLoop(this::open);
    }

    private Publications open() {
        GuestDialer dialer = new GuestDialer(
                loop,
                (port, mac, sourceHigh, sourceLow, high, low, tcpPort, events, now) -> connect(tcpPort, events, now),
                IpAddress.parse("192.168.64.1"),
                IpAddress.parse("fd00::1"));
        return new Publications(loop, dialer, (guest, address, hostPort, guestPort) -> null, log::add, MOST_SOCKETS);
    }

    private static void connect(int tcpPort, ConnectEvents events, long now) {
        if (tcpPort == 80) {
            events.accepted(new Echo(), now);
        } else {
            events.failed(OutsideError.REFUSED, now);
        }
    }

    private static final class Echo implements TcpAttachment, StreamEvents {
        private final ByteBuffer buffer = ByteBuffer.allocate(1000);
        private OutsideStream stream;

        @Override
        public StreamEvents attach(OutsideStream attached) {
            stream = attached;
            stream.watch(true, false);
            return this;
        }

        @Override
        public void readable(long now) {
            if (stream.read(buffer.clear()) < 0) {
                stream.close();
            } else {
                stream.write(buffer.flip());
            }
        }

        @Override
        public void connected(long now) {
            throw new AssertionError("it was connected before");
        }

        @Override
        public void failed(OutsideError why, long now) {
            throw new AssertionError("it was connected before");
        }

        @Override
        public void writable(long now) {
            throw new AssertionError("nobody asked");
        }
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        try {
            return loop.call(task).get(50, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    @AfterEach
    void stop() throws Exception {
        onLoop(() -> {
            publications.close();
            return true;
        });
        loop.stop();
        thread.join();
        loop.close();
        assertThat(log).noneMatch(line -> line.contains("Error") || line.contains("Exception"));
    }

    private PublishRule publish(TestGuest guest, String rule) throws Exception {
        return onLoop(() -> publications.add(guest, List.of(PublishRule.parse(rule))))
                .getFirst();
    }

    private List<Map<String, Object>> described() throws Exception {
        return onLoop(() -> publications.describe());
    }

    private static String echoed(String address, int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral(address), port)) {
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void withoutAnAddressBothLoopbacksLeadToTheGuest() throws Exception {
        PublishRule rule = publish(web, "0:80");
        assertThat(rule.hostPort()).as("chosen").isPositive();
        assertThat(echoed("127.0.0.1", rule.hostPort())).isEqualTo("hello");
        assertThat(echoed("::1", rule.hostPort())).isEqualTo("hello");
        Map<String, Object> described = described().getFirst();
        assertThat(described)
                .containsEntry("vm", "web")
                .containsEntry("rule", rule.toString())
                .containsEntry("bound", List.of("127.0.0.1:" + rule.hostPort(), "[::1]:" + rule.hostPort()))
                .containsEntry("problem", null)
                .containsEntry("connections", 2L)
                .containsEntry("failures", 0L);
    }

    @Test
    void everywhereIsBothFamilies() throws Exception {
        PublishRule rule = publish(web, "*:0:80");
        assertThat(echoed("127.0.0.1", rule.hostPort())).isEqualTo("hello");
        assertThat(echoed("::1", rule.hostPort())).isEqualTo("hello");
    }

    @Test
    void aRangeLeadsPortByPort() throws Exception {
        int free = FreePorts.first(2);
        PublishRule rule = publish(web, free + "-" + (free + 1) + ":79-80");
        assertThat(echoed("127.0.0.1", rule.hostPort() + 1)).isEqualTo("hello");
        assertReset(rule.hostPort());
    }

    private static void assertReset(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            assertThatThrownBy(() -> {
                        if (socket.getInputStream().read() < 0) {
                            throw new AssertionError("ended in order");
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void whenTheGuestRefusesTheClientIsReset() throws Exception {
        PublishRule rule = publish(web, "0:81");
        assertReset(rule.hostPort());
        assertThat(described().getFirst()).containsEntry("connections", 1L).containsEntry("failures", 1L);
    }

    @Test
    void aPortThatIsInUseIsSaidWithItsHolderAndNothingIsHalfPublished() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            int port = taken.getLocalPort();
            List<PublishRule> rules =
                    List.of(PublishRule.parse("0:80"), PublishRule.parse("127.0.0.1:" + port + ":80"));
            assertThatThrownBy(() -> onLoop(() -> publications.add(web, rules)))
                    .isInstanceOfSatisfying(NotPublished.class, e -> {
                        Failure failure = e.explained();
                        assertThat(failure.exitCode()).isEqualTo(Failure.WORLD);
                        assertThat(failure.what())
                                .startsWith("127.0.0.1:" + port + " cannot be published: it is in use by ")
                                .contains("(pid " + ProcessHandle.current().pid() + ")");
                    });
            assertThat(described()).isEmpty();
            assertThat(onLoop(publications::sockets)).isZero();
        }
    }

    @Test
    void anAddressThatTheHostHasNotIsSaid() {
        // TEST-NET-1 (RFC 5737)
        assertThatThrownBy(() -> publish(web, "192.0.2.1:0:80"))
                .isInstanceOfSatisfying(
                        NotPublished.class,
                        e -> assertThat(e.explained().what()).contains("this host has no address 192.0.2.1"));
    }

    @Test
    void whatAnotherGuestHasIsSaidByItsName() throws Exception {
        PublishRule rule = publish(web, "0:80");
        assertThatThrownBy(() -> publish(db, rule.toString()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("web has '" + rule + "' published");
    }

    @Test
    void socketsAreBounded() {
        assertThatThrownBy(() -> publish(web, "127.0.0.1:20000-20040:1-41"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this network may open 40 ports");
    }

    @Test
    void whatIsUnpublishedIsClosedAndMayBeHadAgain() throws Exception {
        PublishRule rule = publish(web, FreePorts.first(1) + ":80");
        assertThatThrownBy(() -> onLoop(() -> {
                    publications.remove(web, List.of(rule, PublishRule.parse("1:1")));
                    return true;
                }))
                .hasMessageContaining("web has not published '1:1'; it has: " + rule);
        assertThat(echoed("127.0.0.1", rule.hostPort())).as("all or none").isEqualTo("hello");
        onLoop(() -> {
            publications.remove(web, List.of(rule));
            return true;
        });
        publish(db, rule.toString());
        onLoop(() -> {
            publications.forget(db, loop.now());
            return true;
        });
        assertThat(described()).isEmpty();
        publish(web, rule.toString());
    }

    @Test
    void whatAnEarlierProcessHadIsTriedUntilItIsThere() throws Exception {
        PublishRule rule;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            rule = PublishRule.parse("127.0.0.1:" + taken.getLocalPort() + ":80");
            onLoop(() -> {
                publications.restore(web, List.of(rule));
                return true;
            });
            assertThat(described().getFirst().get("problem")).asString().contains("in use");
            assertThat(onLoop(() -> publications.of(web))).containsExactly(rule);
            assertThat(log).singleElement().asString().contains("is not published now");
        }
        while (described().getFirst().get("problem") != null) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(echoed("127.0.0.1", rule.hostPort())).isEqualTo("hello");
        assertThat(log).anyMatch(line -> line.contains("is published again"));
    }

    /// One of the machine's own; any will do.
    private static IpAddress nonLoopback() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst()
                .map(SocketAddresses::of)
                .orElseThrow(() -> new AssertionError("this machine has no address but the loopback's"));
    }

    private Object problem() throws Exception {
        return onLoop(() -> publications.describe().getFirst().get("problem"));
    }

    /// The kernel keeps the socket, and finds it again when the address is back.
    @Test
    void aPortAtAnAddressThatIsGoneSaysSoUntilItIsBack() throws Exception {
        IpAddress address = IpAddress.parse("127.0.0.1");
        IpAddress mine = nonLoopback();
        onLoop(() -> publications.add(web, List.of(PublishRule.parse(mine + ":0:80"))));
        assertThat(problem()).isNull();
        onLoop(() -> {
            publications.hostChanged(Set.of(address));
            return null;
        });
        assertThat(problem()).isEqualTo("this host has no address " + mine + " now");
        assertThat(log).singleElement().asString().contains("is not published now: this host has no address");
        onLoop(() -> {
            publications.hostChanged(Set.of(address));
            publications.hostChanged(Set.of(address, mine));
            return null;
        });
        assertThat(problem()).isNull();
        assertThat(log).hasSize(2).last().asString().contains("is published again");
        assertThat(onLoop(() -> publications.sockets())).isEqualTo(1);
    }

    @Test
    void loopbackAndAllAddressesAreAlwaysThere() throws Exception {
        onLoop(() -> publications.add(
                web,
                List.of(PublishRule.parse("0:80"), PublishRule.parse("*:0:81"), PublishRule.parse("127.0.0.9:0:82"))));
        onLoop(() -> {
            publications.hostChanged(Set.of());
            return null;
        });
        assertThat(onLoop(() -> publications.describe())).allMatch(each -> each.get("problem") == null);
        assertThat(log).isEmpty();
    }
}
