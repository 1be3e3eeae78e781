package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import vmlan.host.HostOutside;
import vmlan.host.SocketStream;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEnds;
import vmlan.network.outside.StreamEvents;
import vmlan.packet.IpAddress;

/// Streams against the kernel's own TCP.
class StreamsTest {
    private static OutsideStream connect(RunningLoop loop, String address, int tcpPort, RecordingStream events)
            throws Exception {
        IpAddress to = IpAddress.parse(address);
        return loop.call(() -> {
            events.stream = new HostOutside(loop.loop).connect(to.high(), to.low(), tcpPort, events);
            assertThat(events.events).as("never from within connect").isEmpty();
            return events.stream;
        });
    }

    private static String outcome(String address, int tcpPort) throws Exception {
        try (RunningLoop loop = new RunningLoop()) {
            RecordingStream events = new RecordingStream();
            connect(loop, address, tcpPort, events);
            String outcome = events.next();
            loop.run(() -> {});
            loop.run(() -> {});
            assertThat(events.events).as("once").isEmpty();
            return outcome;
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void whyAConnectFailsIsTold() throws Exception {
        NetworkNamespace.run(() -> {
            assertThat(outcome("127.0.0.1", 9)).as("nobody listens").isEqualTo("failed REFUSED");
            assertThat(outcome("::1", 9)).as("nobody listens").isEqualTo("failed REFUSED");
            assertThat(outcome("198.51.100.1", 9)).as("no route").isEqualTo("failed NET_UNREACHABLE");
            assertThat(outcome("2001:db8::1", 9)).as("no IPv6").isEqualTo("failed NET_UNREACHABLE");
            NetworkNamespace.ip("route add unreachable 198.51.100.1");
            NetworkNamespace.ip("route add prohibit 198.51.100.2");
            NetworkNamespace.ip("route add blackhole 198.51.100.3");
            NetworkNamespace.ip("-6 route add unreachable 2001:db8::1");
            NetworkNamespace.ip("-6 route add prohibit 2001:db8::2");
            NetworkNamespace.ip("-6 route add blackhole 2001:db8::3");
            assertThat(outcome("198.51.100.1", 9)).isEqualTo("failed HOST_UNREACHABLE");
            assertThat(outcome("198.51.100.2", 9)).isEqualTo("failed PROHIBITED");
            assertThat(outcome("198.51.100.3", 9)).isEqualTo("failed HOST_UNREACHABLE");
            assertThat(outcome("2001:db8::1", 9)).isEqualTo("failed HOST_UNREACHABLE");
            assertThat(outcome("2001:db8::2", 9)).isEqualTo("failed PROHIBITED");
            assertThat(outcome("2001:db8::3", 9)).isEqualTo("failed HOST_UNREACHABLE");
        });
    }

    @Test
    void aNeighbourThatIsNotThereIsAHostUnreachable() throws Exception {
        NetworkNamespace.runWithCable(() -> assertThat(outcome("192.0.2.77", 9)).isEqualTo("failed HOST_UNREACHABLE"));
    }

    @Test
    void aFarEndThatIsSilentIsTimedOut() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            Files.writeString(Path.of("/proc/sys/net/ipv4/tcp_syn_retries"), "1");
            NetworkNamespace.ip("neigh add 192.0.2.77 lladdr 02:00:00:00:00:77 dev en0");
            assertThat(outcome("192.0.2.77", 9)).isEqualTo("failed TIMED_OUT");
        });
    }

    @Test
    void withIpv6SwitchedOffThereIsNoNetwork() throws Exception {
        NetworkNamespace.run(() -> {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/disable_ipv6"), "1");
            assertThat(outcome("2001:db8::1", 9)).isEqualTo("failed NET_UNREACHABLE");
            assertThat(outcome("::1", 9)).isEqualTo("failed NET_UNREACHABLE");
        });
    }

    @Test
    void whenAllPortsAreTakenTheHostIsExhausted() throws Exception {
        NetworkNamespace.run(() -> {
            Files.writeString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"), "40000 40001");
            try (ServerSocket server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
                    RunningLoop loop = new RunningLoop()) {
                RecordingStream events = new RecordingStream();
                connect(loop, "127.0.0.1", server.getLocalPort(), events);
                assertThat(events.next()).isEqualTo("connected");
                RecordingStream second = new RecordingStream();
                connect(loop, "127.0.0.1", server.getLocalPort(), second);
                RecordingStream third = new RecordingStream();
                connect(loop, "127.0.0.1", server.getLocalPort(), third);
                assertThat(third.next()).isEqualTo("failed EXHAUSTED");
            }
        });
    }

    @Test
    void bytesGoBothWaysAndEachDirectionEndsAlone() throws Exception {
        NetworkNamespace.run(() -> {
            for (String address : new String[] {"127.0.0.1", "::1"}) {
                try (ServerSocket server = new ServerSocket(0, 10, InetAddress.ofLiteral(address));
                        RunningLoop loop = new RunningLoop()) {
                    RecordingStream events = new RecordingStream();
                    OutsideStream stream = connect(loop, address, server.getLocalPort(), events);
                    assertThat(events.next()).isEqualTo("connected");
                    try (Socket far = server.accept()) {
                        far.setSoTimeout(60_000);
                        far.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
                        loop.run(() -> {});
                        assertThat(events.events).as("not watched").isEmpty();
                        loop.run(() -> stream.watch(true, false));
                        assertThat(events.next()).isEqualTo("read hello");
                        loop.run(() -> {
                            assertThat(stream.write(bytes("good day"))).isEqualTo(8);
                            stream.shutdownOutput();
                        });
                        assertThat(new String(far.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                                .isEqualTo("good day");
                        far.getOutputStream().write("!".getBytes(StandardCharsets.US_ASCII));
                        assertThat(events.next()).isEqualTo("read !");
                        // Urgent data (RFC 6093) is data like any other.
                        far.sendUrgentData('?');
                        assertThat(events.next()).isEqualTo("read ?");
                        far.shutdownOutput();
                        assertThat(events.next()).isEqualTo("end");
                        loop.run(stream::close);
                    }
                }
            }
        });
    }

    @Test
    void aStreamKnowsItsEndsWhenItIsConnected() throws Exception {
        NetworkNamespace.run(() -> {
            for (String address : new String[] {"127.0.0.1", "::1"}) {
                try (ServerSocket server = new ServerSocket(0, 10, InetAddress.ofLiteral(address));
                        RunningLoop loop = new RunningLoop()) {
                    RecordingStream events = new RecordingStream();
                    OutsideStream stream = connect(loop, address, server.getLocalPort(), events);
                    assertThat(events.next()).isEqualTo("connected");
                    try (Socket far = server.accept()) {
                        IpAddress both = IpAddress.parse(address);
                        assertThat(loop.call(stream::endpoints))
                                .isEqualTo(new StreamEnds(both, far.getPort(), both, server.getLocalPort()));
                    }
                    loop.run(stream::close);
                    assertThat(loop.call(stream::endpoints)).isNull();
                }
            }
        });
    }

    /// After a sleep: the far end is gone, and nothing says so.
    @Test
    void aSilentFarEndThatIsGoneIsFoundSoonWhenItIsAskedFor() throws Exception {
        NetworkNamespace.run(() -> {
            try (ServerSocket server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
                    RunningLoop loop = new RunningLoop()) {
                RecordingStream events = new RecordingStream();
                OutsideStream stream = connect(loop, "127.0.0.1", server.getLocalPort(), events);
                assertThat(events.next()).isEqualTo("connected");
                try (Socket far = server.accept()) {
                    loop.run(() -> {
                        stream.watch(true, false);
                        stream.keepAlive(true);
                    });
                    assertThat(events.events.poll(7, TimeUnit.SECONDS))
                            .as("one that answers a probe is left alone")
                            .isNull();
                    assertThat(far.isConnected()).isTrue();
                    long from = System.nanoTime();
                    NetworkNamespace.ip("link set lo down");
                    assertThat(events.events.poll(60, TimeUnit.SECONDS)).isEqualTo("broken");
                    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - from))
                            .as("not before some probes were in vain")
                            .isGreaterThanOrEqualTo(10);
                    NetworkNamespace.ip("link set lo up");
                }
            }
        });
    }

    @Test
    void readinessIsToldAgainAndAgainUntilItIsNoLongerWanted() throws Exception {
        NetworkNamespace.run(() -> {
            try (ServerSocket server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
                    RunningLoop loop = new RunningLoop()) {
                RecordingStream events = new RecordingStream();
                events.reading = false;
                OutsideStream stream = connect(loop, "127.0.0.1", server.getLocalPort(), events);
                // What is asked for while it connects counts from then on.
                loop.run(() -> stream.watch(true, true));
                assertThat(events.next()).isEqualTo("connected");
                assertThat(events.next()).isEqualTo("writable");
                assertThat(events.next()).isEqualTo("writable");
                loop.run(() -> stream.watch(true, false));
                try (Socket far = server.accept()) {
                    events.events.clear();
                    far.getOutputStream().write(1);
                    assertThat(events.next()).isEqualTo("readable");
                    assertThat(events.next()).isEqualTo("readable");
                    loop.run(() -> stream.watch(false, false));
                    events.events.clear();
                    loop.run(() -> {});
                    assertThat(events.events).isEmpty();
                }
                loop.run(stream::close);
            }
        });
    }

    @Test
    void aResetComesAsBrokenAndGoesOutAsOne() throws Exception {
        NetworkNamespace.run(() -> {
            try (ServerSocket server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
                    RunningLoop loop = new RunningLoop()) {
                RecordingStream events = new RecordingStream();
                OutsideStream stream = connect(loop, "127.0.0.1", server.getLocalPort(), events);
                assertThat(events.next()).isEqualTo("connected");
                Socket far = server.accept();
                far.setSoLinger(true, 0);
                far.close();
                loop.run(() -> stream.watch(true, false));
                assertThat(events.next()).isEqualTo("broken");
                loop.run(() -> {
                    assertThat(stream.write(bytes("x"))).isEqualTo(OutsideStream.BROKEN);
                    stream.shutdownOutput();
                    stream.close();
                });
                RecordingStream others = new RecordingStream();
                OutsideStream other = connect(loop, "127.0.0.1", server.getLocalPort(), others);
                assertThat(others.next()).isEqualTo("connected");
                try (Socket end = server.accept()) {
                    loop.run(other::reset);
                    assertThatThrownBy(() -> end.getInputStream().read()).hasMessageContaining("reset");
                }
            }
        });
    }

    @Test
    void aClosedStreamTellsNothing() throws Exception {
        NetworkNamespace.run(() -> {
            try (ServerSocket server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
                    RunningLoop loop = new RunningLoop()) {
                RecordingStream connecting = new RecordingStream();
                RecordingStream refused = new RecordingStream();
                loop.run(() -> {
                    HostOutside outside = new HostOutside(loop.loop);
                    outside.connect(0, IpAddress.mapped(0x7f000001), server.getLocalPort(), connecting)
                            .close();
                    outside.connect(0, IpAddress.mapped(0x7f000001), 9, refused).reset();
                    outside.connect(0, IpAddress.mapped(0xc6336401), 9, refused).close();
                });
                for (int i = 0; i < 5; i++) {
                    loop.run(() -> {});
                }
                assertThat(connecting.events).isEmpty();
                assertThat(refused.events).isEmpty();
                RecordingStream events = new RecordingStream();
                OutsideStream stream = connect(loop, "127.0.0.1", server.getLocalPort(), events);
                assertThat(events.next()).isEqualTo("connected");
                loop.run(() -> {
                    stream.watch(true, true);
                    stream.close();
                    assertThat(stream.read(ByteBuffer.allocateDirect(10))).isEqualTo(OutsideStream.BROKEN);
                    stream.watch(false, true);
                });
                loop.run(() -> {});
                assertThat(events.events).isEmpty();
            }
        });
    }

    @Test
    void aUnixDomainSocketIsAStreamToo() throws Exception {
        Path path = Files.createTempDirectory("vmlan-stream").resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                RunningLoop loop = new RunningLoop()) {
            server.bind(UnixDomainSocketAddress.of(path));
            SocketChannel far = SocketChannel.open(UnixDomainSocketAddress.of(path));
            SocketChannel near = server.accept();
            RecordingStream events = new RecordingStream();
            SocketStream stream = loop.call(() -> new SocketStream(loop.loop, near));
            loop.run(() -> {
                events.stream = stream;
                stream.tell(events);
                stream.watch(true, false);
            });
            far.write(bytes("hello"));
            assertThat(events.next()).isEqualTo("read hello");
            loop.run(stream::reset);
            assertThat(far.read(ByteBuffer.allocate(10))).isEqualTo(-1);
            far.close();
        } finally {
            Files.deleteIfExists(path);
            Files.delete(path.getParent());
        }
    }

    /// Throws at the first news, and hands on what follows.
    private static final class Throwing implements StreamEvents {
        private final StreamEvents after;
        private boolean hasThrown;

        private Throwing(StreamEvents after) {
            this.after = after;
        }

        @Override
        public void connected(long now) {}

        @Override
        public void failed(OutsideError why, long now) {}

        @Override
        public void readable(long now) {
            if (!hasThrown) {
                hasThrown = true;
                throw new IllegalStateException("on purpose");
            }
            after.readable(now);
        }

        @Override
        public void writable(long now) {}
    }

    @Test
    void aHandlerThatThrowsLosesItsStreamAndIsToldSo() throws Exception {
        NetworkNamespace.run(() -> {
            try (ServerSocket server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
                    RunningLoop loop = new RunningLoop(failure -> {})) {
                RecordingStream events = new RecordingStream();
                OutsideStream stream = connect(loop, "127.0.0.1", server.getLocalPort(), events);
                assertThat(events.next()).isEqualTo("connected");
                try (Socket far = server.accept()) {
                    RecordingStream after = new RecordingStream();
                    after.stream = stream;
                    loop.run(() -> {
                        ((SocketStream) stream).tell(new Throwing(after));
                        stream.watch(true, false);
                    });
                    far.getOutputStream().write(1);
                    assertThat(after.next()).isEqualTo("broken");
                    assertThatThrownBy(() -> far.getInputStream().read()).hasMessageContaining("reset");
                }
            }
        });
    }

    @Test
    void readingAndWritingAllocateNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        NetworkNamespace.run(() -> {
            try (ServerSocket server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
                    RunningLoop loop = new RunningLoop()) {
                RecordingStream events = new RecordingStream();
                OutsideStream stream = connect(loop, "127.0.0.1", server.getLocalPort(), events);
                assertThat(events.next()).isEqualTo("connected");
                Socket far = server.accept();
                Thread echo = Thread.ofPlatform().start(() -> {
                    try (far) {
                        far.getInputStream().transferTo(far.getOutputStream());
                    } catch (IOException e) {
                        // It ends with the test.
                    }
                });
                ByteBuffer buffer = ByteBuffer.allocateDirect(16 << 10);
                long least = loop.call(() -> {
                    long fewest = Long.MAX_VALUE;
                    // Until the compilers are done: they, too, need a processor, so that it is no number of tries.
                    long most = TimeUnit.SECONDS.toNanos(200);
                    for (long begin = System.nanoTime(); fewest != 0 && System.nanoTime() - begin < most; ) {
                        long before = threads.getCurrentThreadAllocatedBytes();
                        for (int j = 0; j < 2000; j++) {
                            buffer.clear().limit(1000);
                            stream.write(buffer);
                            stream.watch(true, (j & 1) == 0);
                            buffer.clear();
                            stream.read(buffer);
                        }
                        fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
                    }
                    return fewest;
                });
                assertThat(least).isZero();
                loop.run(stream::reset);
                echo.join(60_000);
            }
        });
    }
}
