package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.host.BindFailure;
import vmlan.host.BoundDatagrams;
import vmlan.host.HostOutside;
import vmlan.host.HostSockets;
import vmlan.network.outside.DatagramEvents;
import vmlan.network.outside.OutsideDatagrams;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;

/// UDP sockets against the kernel's own UDP: native ones and the JDK's.
class DatagramsTest {
    enum Kind {
        NATIVE,
        PORTABLE
    }

    /// A loop with sockets of a kind.
    private static final class Sockets implements AutoCloseable {
        final RunningLoop loop;
        final HostSockets sockets;
        final RecordingDatagrams events = new RecordingDatagrams();

        Sockets(Kind kind) throws Exception {
            this(kind, Throwable::printStackTrace);
        }

        Sockets(Kind kind, Consumer<Throwable> onError) throws Exception {
            loop = new RunningLoop(onError);
            sockets = loop.call(() -> kind == Kind.NATIVE ? new LinuxOutside(loop.loop) : new HostOutside(loop.loop));
        }

        OutsideDatagrams open(boolean ipv4) throws Exception {
            return loop.call(() -> sockets.datagrams(ipv4, events));
        }

        boolean send(OutsideDatagrams from, String to, int udpPort, byte[] data, boolean dontFragment)
                throws Exception {
            IpAddress address = IpAddress.parse(to);
            return loop.call(() -> {
                int known = events.events.size();
                boolean sent = from.send(
                        address.high(), address.low(), udpPort, ByteBuffer.wrap(data), 0, data.length, dontFragment);
                from.flush();
                assertThat(events.events).as("never from within send").hasSize(known);
                return sent;
            });
        }

        String outcome(OutsideDatagrams from, String to, int length, boolean dontFragment) throws Exception {
            send(from, to, 9, new byte[length], dontFragment);
            return events.next();
        }

        @Override
        public void close() throws Exception {
            loop.run(sockets::close);
            loop.close();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String receive(DatagramSocket socket) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[70_000], 70_000);
        socket.setSoTimeout(60_000);
        socket.receive(packet);
        return packet.getLength() > 100
                ? packet.getLength() + " bytes"
                : new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
    }

    private static DatagramSocket far(String address) throws Exception {
        return new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
    }

    @ParameterizedTest
    @EnumSource
    void datagramsGoBothWays(Kind kind) throws Exception {
        NetworkNamespace.run(() -> {
            try (Sockets sockets = new Sockets(kind)) {
                for (String address : new String[] {"127.0.0.1", "::1"}) {
                    try (DatagramSocket one = far(address);
                            DatagramSocket two = far(address)) {
                        OutsideDatagrams datagrams = sockets.open(address.indexOf(':') < 0);
                        sockets.send(datagrams, address, one.getLocalPort(), bytes("hello"), false);
                        sockets.send(datagrams, address, two.getLocalPort(), bytes("good day"), true);
                        sockets.send(datagrams, address, two.getLocalPort(), new byte[0], true);
                        assertThat(receive(one)).isEqualTo("hello");
                        assertThat(receive(two)).isEqualTo("good day");
                        assertThat(receive(two)).isEmpty();
                        int udpPort = ((BoundDatagrams) datagrams).udpPort();
                        InetSocketAddress near = new InetSocketAddress(InetAddress.ofLiteral(address), udpPort);
                        String from = " from " + address + " ";
                        two.send(new DatagramPacket(bytes("and to you"), 10, near));
                        assertThat(sockets.events.next()).isEqualTo("and to you" + from + two.getLocalPort());
                        one.send(new DatagramPacket(new byte[60_000], 60_000, near));
                        assertThat(sockets.events.next()).isEqualTo("60000 bytes" + from + one.getLocalPort());
                        one.send(new DatagramPacket(new byte[0], 0, near));
                        assertThat(sockets.events.next()).isEqualTo(from + one.getLocalPort());
                        sockets.loop.run(datagrams::close);
                        assertThat(sockets.send(datagrams, address, 9, bytes("x"), false))
                                .isFalse();
                    }
                }
            }
        });
    }

    @Test
    void whatIsCollectedGoesOutInOrderAndByTheSocketItWasGivenTo() throws Exception {
        NetworkNamespace.run(() -> {
            try (Sockets sockets = new Sockets(Kind.NATIVE);
                    DatagramSocket one = far("127.0.0.1")) {
                OutsideDatagrams first = sockets.open(true);
                OutsideDatagrams second = sockets.open(true);
                int udpPort = one.getLocalPort();
                long low = IpAddress.mapped(0x7f000001);
                sockets.loop.run(() -> {
                    for (int i = 0; i < 150; i++) {
                        byte[] data = bytes("a" + i);
                        first.send(0, low, udpPort, ByteBuffer.wrap(data), 0, data.length, false);
                    }
                    second.send(0, low, udpPort, ByteBuffer.wrap(bytes("b")), 0, 1, false);
                    first.send(0, low, udpPort, ByteBuffer.wrap(bytes("c")), 0, 1, true);
                    second.close();
                    first.flush();
                });
                for (int i = 0; i < 150; i++) {
                    assertThat(receive(one)).isEqualTo("a" + i);
                }
                assertThat(receive(one)).isEqualTo("b");
                assertThat(receive(one)).isEqualTo("c");
            }
        });
    }

    @Test
    void manyDatagramsOfManySocketsAllArrive() throws Exception {
        NetworkNamespace.run(() -> {
            try (Sockets sockets = new Sockets(Kind.NATIVE);
                    DatagramSocket one = far("127.0.0.1")) {
                for (int i = 0; i < 40; i++) {
                    OutsideDatagrams datagrams = sockets.open(true);
                    InetSocketAddress near = new InetSocketAddress(
                            InetAddress.ofLiteral("127.0.0.1"), ((BoundDatagrams) datagrams).udpPort());
                    for (int j = 0; j < 50; j++) {
                        one.send(new DatagramPacket(new byte[] {'x'}, 1, near));
                    }
                    for (int j = 0; j < 50; j++) {
                        sockets.events.next();
                    }
                    if (i % 2 == 0) {
                        // The next socket has its place in the table.
                        sockets.loop.run(datagrams::close);
                    }
                }
            }
        });
    }

    @Test
    void moreReadySocketsThanTheRingHoldsAreAllRead() throws Exception {
        int count = 1200;
        NetworkNamespace.run(() -> {
            try (Sockets sockets = new Sockets(Kind.NATIVE);
                    DatagramSocket one = far("127.0.0.1")) {
                List<Integer> udpPorts = sockets.loop.call(() -> {
                    List<Integer> opened = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        opened.add(((BoundDatagrams) sockets.sockets.datagrams(true, sockets.events)).udpPort());
                    }
                    return opened;
                });
                CountDownLatch sent = new CountDownLatch(1);
                sockets.loop.loop.execute(() -> {
                    try {
                        sent.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                for (int udpPort : udpPorts) {
                    one.send(new DatagramPacket(bytes("x"), 1, InetAddress.ofLiteral("127.0.0.1"), udpPort));
                }
                sent.countDown();
                for (int i = 0; i < count; i++) {
                    sockets.events.next();
                }
            }
        });
    }

    @Test
    void aHandlerThatThrowsLosesItsSocketAndNoOther() throws Exception {
        NetworkNamespace.run(() -> {
            BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
            try (Sockets sockets = new Sockets(Kind.NATIVE, failures::add);
                    DatagramSocket one = far("127.0.0.1")) {
                BoundDatagrams throwing =
                        (BoundDatagrams) sockets.loop.call(() -> sockets.sockets.datagrams(true, new DatagramEvents() {
                            @Override
                            public void received(
                                    long high,
                                    long low,
                                    int udpPort,
                                    ByteBuffer buffer,
                                    int offset,
                                    int length,
                                    long now) {
                                throw new IllegalStateException("on purpose");
                            }

                            @Override
                            public void failed(OutsideError why, int mtu, long high, long low, int udpPort, long now) {
                                throw new IllegalStateException("on purpose, too");
                            }
                        }));
                BoundDatagrams other = (BoundDatagrams) sockets.open(true);
                InetAddress near = InetAddress.ofLiteral("127.0.0.1");
                one.send(new DatagramPacket(bytes("x"), 1, near, throwing.udpPort()));
                one.send(new DatagramPacket(bytes("y"), 1, near, other.udpPort()));
                assertThat(sockets.events.next()).startsWith("y from");
                assertThat(failures.poll(60, TimeUnit.SECONDS)).hasMessage("on purpose");
                assertThat(sockets.send(throwing, "127.0.0.1", 9, bytes("x"), false))
                        .isFalse();
            }
        });
    }

    @Test
    void whatThisHostRefusesIsTold() throws Exception {
        NetworkNamespace.run(() -> {
            NetworkNamespace.ip("route add unreachable 198.51.100.1");
            NetworkNamespace.ip("route add prohibit 198.51.100.2");
            NetworkNamespace.ip("-6 route add unreachable 2001:db8:1::1");
            NetworkNamespace.ip("-6 route add prohibit 2001:db8:1::2");
            NetworkNamespace.ip("route add blackhole 198.51.100.3");
            NetworkNamespace.command("nft add table inet t");
            NetworkNamespace.command("nft add chain inet t o { type filter hook output priority 0 ; }");
            NetworkNamespace.command("nft add rule inet t o ip daddr 127.0.0.9 drop");
            for (Kind kind : Kind.values()) {
                try (Sockets sockets = new Sockets(kind)) {
                    OutsideDatagrams ipv4 = sockets.open(true);
                    OutsideDatagrams ipv6 = sockets.open(false);
                    assertThat(sockets.outcome(ipv4, "192.0.2.1", 10, false))
                            .isEqualTo("NET_UNREACHABLE to 192.0.2.1 9");
                    assertThat(sockets.outcome(ipv6, "2001:db8::1", 10, false))
                            .isEqualTo("NET_UNREACHABLE to 2001:db8::1 9");
                    assertThat(sockets.outcome(ipv4, "198.51.100.1", 10, false))
                            .isEqualTo("HOST_UNREACHABLE to 198.51.100.1 9");
                    assertThat(sockets.outcome(ipv4, "198.51.100.2", 10, false))
                            .isEqualTo("PROHIBITED to 198.51.100.2 9");
                    assertThat(sockets.outcome(ipv4, "198.51.100.3", 10, false))
                            .isEqualTo("HOST_UNREACHABLE to 198.51.100.3 9");
                    assertThat(sockets.outcome(ipv6, "2001:db8:1::1", 10, false))
                            .isEqualTo("HOST_UNREACHABLE to 2001:db8:1::1 9");
                    assertThat(sockets.outcome(ipv6, "2001:db8:1::2", 10, false))
                            .isEqualTo("PROHIBITED to 2001:db8:1::2 9");
                    assertThat(sockets.outcome(ipv4, "127.0.0.9", 10, false)).isEqualTo("PROHIBITED to 127.0.0.9 9");
                }
            }
        });
    }

    @Test
    void whatTheFarEndAndRoutersRefuseIsTold() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            try (Router router = new Router();
                    Sockets sockets = new Sockets(Kind.NATIVE);
                    DatagramSocket one = far("127.0.0.1")) {
                OutsideDatagrams ipv4 = sockets.open(true);
                OutsideDatagrams ipv6 = sockets.open(false);
                assertThat(sockets.outcome(ipv4, "127.0.0.1", 10, false)).isEqualTo("REFUSED to 127.0.0.1 9");
                assertThat(sockets.outcome(ipv6, "::1", 10, false)).isEqualTo("REFUSED to ::1 9");
                assertThat(sockets.outcome(ipv4, "192.0.2.254", 10, false)).isEqualTo("REFUSED to 192.0.2.254 9");
                assertThat(sockets.outcome(ipv4, "198.51.100.1", 10, false))
                        .isEqualTo("HOST_UNREACHABLE to 198.51.100.1 9");
                assertThat(sockets.outcome(ipv4, "198.51.100.2", 10, false)).isEqualTo("PROHIBITED to 198.51.100.2 9");
                assertThat(sockets.outcome(ipv6, "2001:db8:1::1", 10, false))
                        .isEqualTo("NET_UNREACHABLE to 2001:db8:1::1 9");
                assertThat(sockets.outcome(ipv6, "2001:db8:1::2", 10, false))
                        .isEqualTo("PROHIBITED to 2001:db8:1::2 9");
                // A datagram to somebody else, when errors of an earlier one are about, is sent all the same.
                for (int i = 0; i < 20; i++) {
                    sockets.send(ipv4, "127.0.0.1", 9, bytes("lost"), false);
                    sockets.send(ipv4, "127.0.0.1", one.getLocalPort(), bytes("sent"), false);
                    assertThat(receive(one)).isEqualTo("sent");
                    assertThat(sockets.events.next()).isEqualTo("REFUSED to 127.0.0.1 9");
                }
                // Too long for a link beyond: told by the router, then known to the kernel (RFC 1191, RFC 8201).
                for (int i = 0; i < 2; i++) {
                    assertThat(sockets.outcome(ipv4, "203.0.113.2", 1400, true))
                            .isEqualTo("TOO_BIG 1280 to 203.0.113.2 9");
                    assertThat(sockets.outcome(ipv6, "2001:db8:2::2", 1400, true))
                            .isEqualTo("TOO_BIG 1280 to 2001:db8:2::2 9");
                }
                assertThat(sockets.outcome(ipv4, "192.0.2.254", 2000, true)).isEqualTo("TOO_BIG 1500 to 192.0.2.254 9");
                // In pieces it goes.
                assertThat(sockets.outcome(ipv4, "192.0.2.254", 2000, false)).isEqualTo("REFUSED to 192.0.2.254 9");
                sockets.send(ipv4, "203.0.113.2", 9, new byte[1400], false);
                sockets.send(ipv6, "2001:db8:2::2", 9, new byte[1400], false);
                sockets.loop.run(() -> {});
                assertThat(sockets.events.events).isEmpty();
            }
        });
    }

    @Test
    void aClosedSocketIsToldNothing() throws Exception {
        NetworkNamespace.run(() -> {
            try (Sockets sockets = new Sockets(Kind.NATIVE)) {
                OutsideDatagrams datagrams = sockets.open(true);
                sockets.loop.run(() -> {
                    datagrams.send(0, IpAddress.mapped(0xc0000201), 9, ByteBuffer.allocate(10), 0, 10, false);
                    datagrams.send(0, IpAddress.mapped(0x7f000001), 9, ByteBuffer.allocate(10), 0, 10, false);
                    datagrams.flush();
                    datagrams.close();
                    datagrams.close();
                });
                for (int i = 0; i < 5; i++) {
                    sockets.loop.run(() -> {});
                }
                assertThat(sockets.events.events).isEmpty();
            }
        });
    }

    @Test
    void moreNewsOfFailuresThanThereIsRoomForAreForgotten() throws Exception {
        NetworkNamespace.run(() -> {
            try (Sockets sockets = new Sockets(Kind.NATIVE)) {
                OutsideDatagrams datagrams = sockets.open(true);
                sockets.loop.run(() -> {
                    for (int i = 0; i < Failures.ROOM + 50; i++) {
                        datagrams.send(0, IpAddress.mapped(0xc0000201), 9, ByteBuffer.allocate(10), 0, 10, false);
                    }
                    datagrams.flush();
                });
                for (int i = 0; i < 5; i++) {
                    sockets.loop.run(() -> {});
                }
                assertThat(sockets.events.events).hasSize(Failures.ROOM);
                assertThat(sockets.outcome(datagrams, "192.0.2.1", 10, false))
                        .as("and then it goes on")
                        .isEqualTo("NET_UNREACHABLE to 192.0.2.1 9");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aPublishedPortAnswersFromItsOwnAddress(Kind kind) throws Exception {
        NetworkNamespace.run(() -> {
            try (Sockets sockets = new Sockets(kind)) {
                for (String address : new String[] {"127.0.0.2", "::1"}) {
                    IpAddress at = IpAddress.parse(address);
                    BoundDatagrams bound =
                            sockets.loop.call(() -> sockets.sockets.bind(at.high(), at.low(), 5353, sockets.events));
                    try (DatagramSocket client = new DatagramSocket()) {
                        client.connect(InetAddress.ofLiteral(address), 5353);
                        client.send(new DatagramPacket(bytes("question"), 8));
                        String question = sockets.events.next();
                        assertThat(question).startsWith("question from ").endsWith(" " + client.getLocalPort());
                        String sender = question.split(" ")[2];
                        sockets.send(bound, sender, client.getLocalPort(), bytes("answer"), false);
                        assertThat(receive(client)).isEqualTo("answer");
                    }
                    assertThatThrownBy(() -> sockets.loop.call(
                                    () -> sockets.sockets.bind(at.high(), at.low(), 5353, sockets.events)))
                            .isInstanceOfSatisfying(
                                    BindFailure.class,
                                    e -> assertThat(e.reason()).isEqualTo(BindFailure.Reason.IN_USE));
                    sockets.loop.run(bound::close);
                }
                assertThatThrownBy(() -> sockets.loop.call(
                                () -> sockets.sockets.bind(0, IpAddress.mapped(0xc0000201), 5353, sockets.events)))
                        .hasMessage("192.0.2.1:5353: this host has no such address");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void ofBothFamiliesIsAPortOfTheIpv6Wildcard(Kind kind) throws Exception {
        NetworkNamespace.run(() -> {
            try (Sockets sockets = new Sockets(kind)) {
                BoundDatagrams bound = sockets.loop.call(() -> sockets.sockets.bind(0, 0, 5353, sockets.events));
                for (String address : new String[] {"127.0.0.1", "::1"}) {
                    try (DatagramSocket client = new DatagramSocket()) {
                        client.connect(InetAddress.ofLiteral(address), 5353);
                        client.send(new DatagramPacket(bytes("question"), 8));
                        assertThat(sockets.events.next())
                                .isEqualTo("question from " + address + " " + client.getLocalPort());
                        sockets.send(bound, address, client.getLocalPort(), bytes("answer"), false);
                        assertThat(receive(client)).isEqualTo("answer");
                    }
                }
            }
        });
    }
}
