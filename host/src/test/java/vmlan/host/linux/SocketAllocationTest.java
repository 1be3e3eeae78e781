package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.host.BoundDatagrams;
import vmlan.host.HostOutside;
import vmlan.host.HostSockets;
import vmlan.network.outside.DatagramEvents;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;

/// Datagrams are received and sent without an object for each, on the loop and on the thread that waits for sockets.
class SocketAllocationTest {
    private static final int BATCHES = 300;
    private static final int DATAGRAMS = 32;
    /// Until the compilers are done: they, too, need a processor, so that it is no number of tries.
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(200);
    private static final long LOOPBACK = IpAddress.mapped(0x7f000001);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final class Counter implements DatagramEvents {
        volatile long received;
        private volatile long awaited;
        private volatile Thread waiter;

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate")
        public void received(long high, long low, int udpPort, ByteBuffer buffer, int offset, int length, long now) {
            received++;
            if (received == awaited) {
                LockSupport.unpark(waiter);
            }
        }

        @Override
        public void failed(OutsideError why, int mtu, long high, long low, int udpPort, long now) {
            throw new AssertionError(why);
        }

        void expect(int datagrams) {
            waiter = Thread.currentThread();
            awaited = received + datagrams;
        }

        void await() {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (received < awaited) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                LockSupport.parkNanos(this, TimeUnit.SECONDS.toNanos(1));
            }
        }
    }

    private static HostSockets open(RunningLoop loop, DatagramsTest.Kind kind) throws Exception {
        return loop.call(
                () -> kind == DatagramsTest.Kind.NATIVE ? new LinuxOutside(loop.loop) : new HostOutside(loop.loop));
    }

    @ParameterizedTest
    @EnumSource
    void receiving(DatagramsTest.Kind kind) throws Exception {
        NetworkNamespace.run(() -> {
            try (RunningLoop loop = new RunningLoop();
                    DatagramSocket far = new DatagramSocket()) {
                HostSockets sockets = open(loop, kind);
                Counter counter = new Counter();
                BoundDatagrams near = (BoundDatagrams) loop.call(() -> sockets.datagrams(true, counter));
                DatagramPacket packet = new DatagramPacket(
                        new byte[1000],
                        1000,
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), near.udpPort()));
                long least = Long.MAX_VALUE;
                long leastWaiting = Long.MAX_VALUE;
                Thread waiting = Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("vmlan-sockets"))
                        .findFirst()
                        .orElse(loop.thread);
                long begin = System.nanoTime();
                while ((least != 0 || leastWaiting != 0) && System.nanoTime() - begin < MOST_NANOS) {
                    long before = threads.getThreadAllocatedBytes(loop.thread.threadId());
                    long beforeWaiting = threads.getThreadAllocatedBytes(waiting.threadId());
                    for (int j = 0; j < BATCHES; j++) {
                        counter.expect(DATAGRAMS);
                        for (int k = 0; k < DATAGRAMS; k++) {
                            far.send(packet);
                        }
                        counter.await();
                    }
                    least = Math.min(least, threads.getThreadAllocatedBytes(loop.thread.threadId()) - before);
                    leastWaiting =
                            Math.min(leastWaiting, threads.getThreadAllocatedBytes(waiting.threadId()) - beforeWaiting);
                }
                assertThat(least).as("the loop").isZero();
                assertThat(leastWaiting).as("the thread that waits").isZero();
                loop.run(sockets::close);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void sending(DatagramsTest.Kind kind) throws Exception {
        NetworkNamespace.run(() -> {
            try (RunningLoop loop = new RunningLoop();
                    DatagramSocket far =
                            new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
                HostSockets sockets = open(loop, kind);
                int udpPort = far.getLocalPort();
                ByteBuffer data = ByteBuffer.allocateDirect(1000);
                long least = loop.call(() -> {
                    BoundDatagrams near = (BoundDatagrams) sockets.datagrams(true, new Counter());
                    long fewest = Long.MAX_VALUE;
                    for (long begin = System.nanoTime(); fewest != 0 && System.nanoTime() - begin < MOST_NANOS; ) {
                        long before = threads.getCurrentThreadAllocatedBytes();
                        for (int j = 0; j < BATCHES * DATAGRAMS; j++) {
                            near.send(0, LOOPBACK, udpPort, data, 0, 1000, false);
                            if (j % DATAGRAMS == 0) {
                                near.flush();
                            }
                        }
                        fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
                    }
                    return fewest;
                });
                assertThat(least).isZero();
                loop.run(sockets::close);
            }
        });
    }
}
