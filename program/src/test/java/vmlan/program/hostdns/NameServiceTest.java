package vmlan.program.hostdns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import vmlan.network.dns.DomainServer;
import vmlan.network.dns.LocalNames;
import vmlan.packet.IpAddress;
import vmlan.program.FreePorts;

@Timeout(60)
class NameServiceTest {
    /// RFC 1035 §4.1: id 0x1234, recursion desired, one question: web.vmlan.internal, A, IN.
    private static final byte[] WEB = question("web", "vmlan", "internal");

    private static final byte[] ELSEWHERE = question("example", "com");

    private int port;

    @BeforeEach
    void aFreePort() throws IOException {
        port = FreePorts.first(1);
    }

    private static byte[] question(String... labels) {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : labels) {
            bytes.write(label.length());
            bytes.writeBytes(label.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        bytes.writeBytes(new byte[] {0, 0, 1, 0, 1});
        return bytes.toByteArray();
    }

    /// Knows one guest, whose address says which service answered.
    private static NameService service(AtomicReference<OptionalInt> wanted, String address, BlockingQueue<String> log) {
        LocalNames names = new LocalNames() {
            @Override
            public List<IpAddress> addressesOf(String name) {
                return name.equals("web") ? List.of(IpAddress.parse(address)) : null;
            }

            @Override
            public List<String> namesOf(IpAddress asked) {
                return List.of();
            }
        };
        return new NameService(wanted::get, () -> new DomainServer("vmlan.internal", names), log::add);
    }

    private byte[] byDatagram(byte[] question) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(30_000);
            socket.send(new DatagramPacket(question, question.length, InetAddress.ofLiteral("127.0.0.1"), port));
            DatagramPacket answer = new DatagramPacket(new byte[4096], 4096);
            socket.receive(answer);
            return java.util.Arrays.copyOf(answer.getData(), answer.getLength());
        }
    }

    private static int rcode(byte[] answer) {
        return answer[3] & 15;
    }

    private static int lastByte(byte[] answer) {
        return answer[answer.length - 1] & 0xff;
    }

    @Test
    void guestsAreAnsweredOverBothAndTheRestIsRefused() throws Exception {
        BlockingQueue<String> log = new LinkedBlockingQueue<>();
        try (NameService service = service(new AtomicReference<>(OptionalInt.of(port)), "192.168.64.7", log)) {
            assertThat(log.poll(30, TimeUnit.SECONDS)).contains("127.0.0.1:" + port);
            assertThat(lastByte(byDatagram(WEB))).isEqualTo(7);
            assertThat(rcode(byDatagram(ELSEWHERE))).as("REFUSED").isEqualTo(5);
            assertThat(rcode(byDatagram(question("nobody", "vmlan", "internal"))))
                    .as("NXDOMAIN")
                    .isEqualTo(3);
            try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                DataInputStream in = new DataInputStream(socket.getInputStream());
                for (int i = 0; i < 2; i++) {
                    out.writeShort(WEB.length);
                    out.write(WEB);
                    assertThat(lastByte(in.readNBytes(in.readUnsignedShort()))).isEqualTo(7);
                }
                out.writeShort(3);
                out.write(new byte[3]);
                assertThat(in.read()).as("no question: the end").isEqualTo(-1);
            }
        }
    }

    @Test
    void anotherTakesOverFromOneThatWent() throws Exception {
        BlockingQueue<String> log = new LinkedBlockingQueue<>();
        AtomicReference<OptionalInt> wanted = new AtomicReference<>(OptionalInt.of(port));
        try (NameService first = service(wanted, "192.168.64.1", log)) {
            assertThat(log.poll(30, TimeUnit.SECONDS)).isNotNull();
            try (NameService second = service(wanted, "192.168.65.2", log)) {
                assertThat(lastByte(byDatagram(WEB))).isEqualTo(1);
                assertThat(log.poll(3 * NameService.RETRY.toMillis(), TimeUnit.MILLISECONDS))
                        .as("it tried, and did not get the port")
                        .isNull();
                first.close();
                assertThat(log.poll(30, TimeUnit.SECONDS)).isNotNull();
                assertThat(lastByte(byDatagram(WEB))).isEqualTo(2);
            }
        }
    }

    @Test
    void nothingIsHeldBeforeItIsInstalledNorAfterItWasRemoved() throws Exception {
        BlockingQueue<String> log = new LinkedBlockingQueue<>();
        AtomicReference<OptionalInt> wanted = new AtomicReference<>(OptionalInt.empty());
        try (NameService service = service(wanted, "192.168.64.1", log)) {
            assertThat(log.poll(300, TimeUnit.MILLISECONDS)).isNull();
            wanted.set(OptionalInt.of(port));
            service.lookAgain();
            assertThat(log.poll(30, TimeUnit.SECONDS)).isNotNull();
            wanted.set(OptionalInt.empty());
            service.lookAgain();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            boolean free = false;
            while (!free && System.nanoTime() < deadline) {
                try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
                    free = true;
                } catch (IOException e) {
                    Thread.onSpinWait();
                }
            }
            assertThat(free).isTrue();
        }
    }

    @Test
    void aSocketThatKeepsFailingIsTriedAgainInPeace() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        long start = System.nanoTime();
        try (DatagramSocket socket = new DatagramSocket() {
            @Override
            public void receive(DatagramPacket packet) throws IOException {
                if (tries.incrementAndGet() == 4) {
                    close();
                }
                throw new IOException("No buffer space available");
            }
        }) {
            assertThat(NameService.received(socket, new DatagramPacket(new byte[9], 9)))
                    .isFalse();
        }
        assertThat(tries).hasValue(4);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(3 * NameService.PAUSE.toNanos());
    }
}
