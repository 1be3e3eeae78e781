package vmlan.host.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.host.EventLoop;
import vmlan.network.dns.DnsServer;
import vmlan.network.dns.DnsServers;
import vmlan.network.dns.DnsUpstream;
import vmlan.network.outside.OutsideError;

/// Sockets that ask, against sockets that are the test's.
class DnsSocketsTest {
    private static final int MOST = 5;

    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();
    private final DnsUpstream.Replies replies = new DnsUpstream.Replies() {
        @Override
        public void came(byte[] message, long now) {
            told.add(message);
        }

        @Override
        public void failed(OutsideError why, long now) {
            told.add(why);
        }
    };
    private EventLoop loop;
    private Thread thread;
    private DnsSockets sockets;

    @BeforeEach
    void begin() throws IOException {
        loop = new EventLoop(Throwable::printStackTrace);
        sockets = new DnsSockets(loop, MOST);
        thread = Thread.ofPlatform().name("loop").start(() -> loop.run(now -> Long.MAX_VALUE));
    }

    @AfterEach
    void end() throws Exception {
        loop.stop();
        thread.join(TimeUnit.SECONDS.toMillis(60));
        loop.close();
    }

    private DnsUpstream.Exchange ask(DnsServer server, byte[] message, boolean tcp) throws Exception {
        return loop.call(() -> sockets.ask(server, message, tcp, replies)).get(60, TimeUnit.SECONDS);
    }

    private int open() throws Exception {
        return loop.call(sockets::open).get(60, TimeUnit.SECONDS);
    }

    private Object told() throws InterruptedException {
        return told.poll(60, TimeUnit.SECONDS);
    }

    private static DnsServer at(String address, int port) {
        return DnsServer.parse(address, port);
    }

    private static DatagramSocket socket(String address) throws SocketException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
    }

    private static DatagramPacket receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        socket.setSoTimeout(60_000);
        socket.receive(packet);
        return packet;
    }

    @Test
    void onlyTheServerIsHeard() throws Exception {
        try (DatagramSocket server = socket("127.0.0.1");
                DatagramSocket other = socket("127.0.0.1")) {
            DnsUpstream.Exchange exchange = ask(at("127.0.0.1", server.getLocalPort()), new byte[] {1, 2}, false);
            DatagramPacket question = receive(server);
            assertThat(question.getLength()).isEqualTo(2);

            other.send(new DatagramPacket(new byte[] {9}, 1, question.getSocketAddress()));
            server.send(new DatagramPacket(new byte[] {3, 4}, 2, question.getSocketAddress()));
            server.send(new DatagramPacket(new byte[] {5}, 1, question.getSocketAddress()));
            assertThat((byte[]) told()).containsExactly(3, 4);
            assertThat((byte[]) told()).containsExactly(5);

            loop.execute(exchange::end);
            assertThat(open()).isZero();
            assertThat(told).isEmpty();
        }
    }

    @Test
    void eachQuestionHasAPortOfItsOwn() throws Exception {
        Set<Integer> ports = new HashSet<>();
        try (DatagramSocket server = socket("::1")) {
            for (int i = 0; i < 30; i++) {
                DnsUpstream.Exchange exchange = ask(at("::1", server.getLocalPort()), new byte[1], false);
                ports.add(receive(server).getPort());
                loop.execute(exchange::end);
            }
        }
        assertThat(ports).hasSizeGreaterThan(25);
    }

    @Test
    void nobodyThereIsToldAtOnceByBothTransports() throws Exception {
        // Below those that the kernel chooses from (ip_local_port_range), so that nobody gets it by chance.
        int port = 1;
        ask(at("127.0.0.1", port), new byte[1], false);
        assertThat(told()).isEqualTo(OutsideError.REFUSED);
        ask(at("127.0.0.1", port), new byte[1], true);
        assertThat(told()).isEqualTo(OutsideError.REFUSED);
        assertThat(open()).isZero();
    }

    @Test
    void aConnectionCarriesALengthInFrontAndItsAnswerMayComeInPieces() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            DnsUpstream.Exchange exchange = ask(at("127.0.0.1", server.getLocalPort()), new byte[] {7, 8, 9}, true);
            try (Socket client = server.accept()) {
                DataInputStream in = new DataInputStream(client.getInputStream());
                assertThat(in.readUnsignedShort()).isEqualTo(3);
                assertThat(in.readNBytes(3)).containsExactly(7, 8, 9);
                client.setTcpNoDelay(true);
                for (byte b : new byte[] {0, 2, 5, 6}) {
                    client.getOutputStream().write(b);
                }
                assertThat((byte[]) told()).containsExactly(5, 6);
                loop.execute(exchange::end);
                assertThat(in.read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void aConnectionThatEndsInTheMiddleHasFailed() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            ask(at("127.0.0.1", server.getLocalPort()), new byte[] {7}, true);
            try (Socket client = server.accept()) {
                client.getInputStream().readNBytes(3);
                client.getOutputStream().write(new byte[] {1, 0, 5});
            }
            assertThat(told()).isInstanceOf(OutsideError.class);
            assertThat(open()).isZero();
        }
    }

    @Test
    void thereAreNoMoreThanAllowed() throws Exception {
        try (DatagramSocket server = socket("127.0.0.1")) {
            DnsServer address = at("127.0.0.1", server.getLocalPort());
            List<DnsUpstream.Exchange> exchanges = new ArrayList<>();
            for (int i = 0; i < MOST; i++) {
                exchanges.add(ask(address, new byte[1], false));
            }
            assertThat(exchanges).doesNotContainNull();
            assertThat(ask(address, new byte[1], false)).isNull();
            loop.execute(exchanges.getFirst()::end);
            loop.execute(exchanges.getFirst()::end);
            assertThat(ask(address, new byte[1], false)).isNotNull();
            assertThat(ask(address, new byte[1], false)).isNull();
        }
    }

    @Test
    void aZoneIsAnInterfaceByNameOrNumber() throws Exception {
        try (DatagramSocket server = socket("::1")) {
            ask(at("::1%lo", server.getLocalPort()), new byte[1], false);
            assertThat(receive(server).getLength()).isEqualTo(1);
        }
        assertThat(ask(at("fe80::1%nowhere0", 53), new byte[1], false)).isNull();
        assertThat(ask(at("192.0.2.1%lo", 53), new byte[1], false)).isNull();
    }

    @Test
    void scutilIsReadInTheBackgroundAndUntilThenTheFileCounts(@TempDir Path folder) throws Exception {
        Path output = folder.resolve("scutil");
        Files.writeString(output, "DNS configuration\n\nresolver #1\n  nameserver[0] : 192.0.2.7\n");
        DnsServers file =
                new ResolvConfServers(Files.writeString(folder.resolve("resolv.conf"), "nameserver 192.0.2.1\n"));
        ScutilServers servers = new ScutilServers(loop, file, List.of("cat", output.toString()));

        assertThat(loop.call(() -> servers.serversOf("a", loop.now())).get(60, TimeUnit.SECONDS))
                .containsExactly(at("192.0.2.1", 53));
        long begin = System.nanoTime();
        List<DnsServer> heard = List.of();
        while (!heard.equals(List.of(at("192.0.2.7", 53))) && System.nanoTime() - begin < 60_000_000_000L) {
            heard = loop.call(() -> servers.serversOf("a", loop.now())).get(60, TimeUnit.SECONDS);
        }
        assertThat(heard).containsExactly(at("192.0.2.7", 53));
        assertThat(loop.call(servers::changes).get(60, TimeUnit.SECONDS)).isEqualTo(2);
    }
}
