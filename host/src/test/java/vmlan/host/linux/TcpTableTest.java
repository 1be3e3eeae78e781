package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import vmlan.network.outside.StreamEnds;
import vmlan.packet.IpAddress;

/// Connections that nobody answers any more, as the kernel's table has them.
class TcpTableTest {
    private static Set<StreamEnds> parse(String... lines) {
        Set<StreamEnds> found = new HashSet<>();
        for (String line : lines) {
            TcpTable.add(found, line);
        }
        return found;
    }

    @Test
    void thoseThatWereRepeatedOftenAreFoundInBothFamilies() {
        String rest = "  1000        0 12345 2 0000000000000000 100 0 0 10 -1";
        assertThat(parse(
                        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
                        "   0: 0A0200C0:9C4C 016433C6:1B58 01 00000024:00000000 01:00000A1F 00000006" + rest,
                        "   1: 0A0200C0:9C4D 016433C6:1B58 01 00000024:00000000 01:00000A1F 00000005" + rest,
                        "   2: 0A0200C0:9C4E 016433C6:1B58 02 00000024:00000000 01:00000A1F 00000006" + rest,
                        "   3: B80D0120000000000000000001000000:9C4F 0000000000000000FFFF0000016433C6:0050 08"
                                + " 00000001:00000000 01:00000A1F 0000000F" + rest))
                .containsExactlyInAnyOrder(
                        new StreamEnds(IpAddress.parse("192.0.2.10"), 40012, IpAddress.parse("198.51.100.1"), 7000),
                        new StreamEnds(IpAddress.parse("2001:db8::1"), 40015, IpAddress.parse("198.51.100.1"), 80));
    }

    @Test
    void linesOfAnotherFormAreNone() {
        assertThat(parse("", "x", "0: 1 2 3 4 5 6 7", "0: zz:1 zz:2 01 0:0 0:0 00000009", "0: 0A:1 0A:2 01 0:0 0:0 9"))
                .isEmpty();
    }

    @Test
    void whatTheKernelRepeatsInVainIsTold() throws Exception {
        NetworkNamespace.run(() -> {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                    Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                    Socket far = server.accept();
                    RunningLoop loop = new RunningLoop()) {
                LinuxOutside outside = new LinuxOutside(loop.loop);
                LinkedBlockingQueue<Set<StreamEnds>> told = new LinkedBlockingQueue<>();
                loop.run(() -> outside.findUnanswered((found, now) -> told.add(found)));
                assertThat(told.poll(60, TimeUnit.SECONDS)).isEmpty();
                NetworkNamespace.ip("link set lo down");
                client.getOutputStream().write(1);
                StreamEnds ends = new StreamEnds(
                        IpAddress.parse("127.0.0.1"),
                        client.getLocalPort(),
                        IpAddress.parse("127.0.0.1"),
                        far.getLocalPort());
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                Set<StreamEnds> found;
                do {
                    assertThat(deadline - System.nanoTime())
                            .as("time, with " + Files.readString(Path.of("/proc/thread-self/net/tcp")))
                            .isPositive();
                    TimeUnit.MILLISECONDS.sleep(250);
                    loop.run(() -> outside.findUnanswered((each, now) -> told.add(each)));
                    found = told.poll(60, TimeUnit.SECONDS);
                } while (!found.contains(ends));
                assertThat(found).containsExactly(ends);
                NetworkNamespace.ip("link set lo up");
            }
        });
    }
}
