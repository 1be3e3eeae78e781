package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import vmlan.host.BindFailure;
import vmlan.host.TcpListener;
import vmlan.packet.IpAddress;

/// TCP ports of the host.
class TcpListenerTest {
    private static TcpListener listen(RunningLoop loop, String address, int tcpPort, BlockingQueue<SocketChannel> taken)
            throws Exception {
        IpAddress at = IpAddress.parse(address);
        return loop.call(() -> new TcpListener(loop.loop, at.high(), at.low(), tcpPort, taken::add));
    }

    @Test
    void connectionsOfBothFamiliesAreTaken() throws Exception {
        NetworkNamespace.run(() -> {
            try (RunningLoop loop = new RunningLoop()) {
                BlockingQueue<SocketChannel> taken = new LinkedBlockingQueue<>();
                for (String address : new String[] {"127.0.0.1", "::1"}) {
                    TcpListener listener = listen(loop, address, 0, taken);
                    try (Socket client = new Socket(InetAddress.ofLiteral(address), listener.tcpPort())) {
                        SocketChannel connection = taken.poll(60, TimeUnit.SECONDS);
                        assertThat(connection.socket().getPort()).isEqualTo(client.getLocalPort());
                        connection.close();
                    }
                    int tcpPort = listener.tcpPort();
                    loop.run(listener::close);
                    loop.run(() -> {});
                    assertThatThrownBy(() -> new Socket(InetAddress.ofLiteral(address), tcpPort))
                            .hasMessageContaining("refused");
                }
            }
        });
    }

    @Test
    void whyAPortCannotBeHadIsSaid() throws Exception {
        NetworkNamespace.run(() -> {
            try (RunningLoop loop = new RunningLoop()) {
                BlockingQueue<SocketChannel> taken = new LinkedBlockingQueue<>();
                listen(loop, "127.0.0.1", 8080, taken);
                assertThatThrownBy(() -> listen(loop, "127.0.0.1", 8080, taken))
                        .isInstanceOfSatisfying(
                                BindFailure.class, e -> assertThat(e.reason()).isEqualTo(BindFailure.Reason.IN_USE))
                        .hasMessage("127.0.0.1:8080: in use");
                listen(loop, "::1", 8080, taken);
                assertThatThrownBy(() -> listen(loop, "::1", 8080, taken)).hasMessage("[0:0:0:0:0:0:0:1]:8080: in use");
                assertThatThrownBy(() -> listen(loop, "192.0.2.1", 8080, taken))
                        .hasMessage("192.0.2.1:8080: this host has no such address");
            }
        });
    }

    @Test
    void aTakerThatThrowsLosesOneConnection() throws Exception {
        NetworkNamespace.run(() -> {
            BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
            try (RunningLoop loop = new RunningLoop(failures::add)) {
                IpAddress at = IpAddress.parse("127.0.0.1");
                TcpListener listener = loop.call(() -> new TcpListener(loop.loop, at.high(), at.low(), 0, taken -> {
                    throw new IllegalStateException("on purpose");
                }));
                for (int i = 0; i < 2; i++) {
                    try (Socket client = new Socket(InetAddress.ofLiteral("127.0.0.1"), listener.tcpPort())) {
                        assertThat(client.getInputStream().read()).isEqualTo(-1);
                        assertThat(failures.poll(60, TimeUnit.SECONDS)).hasMessage("on purpose");
                    }
                }
            }
        });
    }
}
