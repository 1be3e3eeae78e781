package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import vmlan.host.FrameReceiver;
import vmlan.network.DropReason;

/// Frames are received and sent without an object for each, on the device's thread and on the loop.
class AllocationTest {
    private static final int BATCHES = 500;
    private static final int FRAMES = 64;
    /// In some runs the device's thread allocates 40 bytes three times a batch of 64 frames: as often as it calls
    /// the kernel, so probably for the memory of errno, where the compiler leaves it. Ten times are let pass.
    private static final long CALLS_BYTES = BATCHES * 10L * 40;
    /// Until the compilers are done: they need a processor, too, and the thread calls the kernel once for many frames,
    /// so
    /// that it takes long until they have seen enough.
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(200);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final class Counter implements FrameReceiver {
        volatile long received;
        volatile long lost;
        private volatile long awaited;
        private volatile Thread waiter;

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate")
        public void received(ByteBuffer buffer, int offset, int length, boolean fromHost, long now) {
            received++;
            if (received == awaited) {
                LockSupport.unpark(waiter);
            }
        }

        void expect(int frames) {
            waiter = Thread.currentThread();
            awaited = received + frames;
        }

        void await() {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (received < awaited) {
                assertThat(System.nanoTime()).as("lost " + lost).isLessThan(deadline);
                LockSupport.parkNanos(this, TimeUnit.SECONDS.toNanos(1));
            }
        }

        @Override
        public void batchEnd() {}

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate")
        public void dropped(DropReason reason, long count) {
            lost += count;
        }

        @Override
        public void failed(Exception cause) {
            throw new AssertionError(cause);
        }
    }

    private static long threadId(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .findFirst()
                .orElseThrow()
                .threadId();
    }

    private interface Batch {
        void run() throws Exception;
    }

    /// Sends batches and waits for each; the bytes that the thread allocated meanwhile, the least of some
    /// tries, until the compilers are done.
    private long allocated(long thread, Counter counter, Batch batch, long enough) throws Exception {
        long least = Long.MAX_VALUE;
        for (long begin = System.nanoTime(); least > enough && System.nanoTime() - begin < MOST_NANOS; ) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int j = 0; j < BATCHES; j++) {
                counter.expect(FRAMES);
                batch.run();
                counter.await();
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        return least;
    }

    @Test
    void receivingFromACableAllocatesNothing() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, false, List.of());
            RunningLoop loop = new RunningLoop();
            Counter counter = new Counter();
            NicDevice device = loop.call(() -> new NicDevice(loop.loop, opened, counter, new PlainCopy(false)));
            int remote = PacketSocket.open();
            try {
                PacketSocket.bind(remote, Interfaces.index("lan0"), 0);
                PacketSocket.enlargeSendBuffer(remote);
                loop.run(() -> {
                    device.want(TestNic.wanted(List.of(TestNic.GUEST)));
                    device.start();
                });
                SendQueue queue = new SendQueue(remote, 0, counter::dropped);
                ByteBuffer frame =
                        ByteBuffer.wrap(TestPackets.ethernet(TestNic.GUEST, TestNic.REMOTE, 0x88b5, new byte[1000]));
                Batch batch = () -> {
                    for (int i = 0; i < FRAMES; i++) {
                        queue.add(frame, 0, frame.capacity());
                    }
                    queue.flush();
                };
                assertThat(allocated(threadId("vmlan-nic-en0"), counter, batch, CALLS_BYTES))
                        .as("the device's thread")
                        .isLessThanOrEqualTo(CALLS_BYTES);
                assertThat(allocated(loop.thread.threadId(), counter, batch, 0))
                        .as("the loop's thread")
                        .isZero();
            } finally {
                Libc.close(remote);
                loop.run(device::close);
                loop.close();
            }
        });
    }

    @Test
    void sendingAllocatesNothing() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, false);
            RunningLoop loop = new RunningLoop();
            Counter counter = new Counter();
            NicDevice device = loop.call(() -> new NicDevice(loop.loop, opened, counter, new PlainCopy(false)));
            try {
                ByteBuffer frame =
                        ByteBuffer.wrap(TestPackets.ethernet(TestNic.REMOTE, TestNic.GUEST, 0x88b5, new byte[1000]));
                long least = loop.call(() -> {
                    long fewest = Long.MAX_VALUE;
                    for (long begin = System.nanoTime(); fewest != 0 && System.nanoTime() - begin < MOST_NANOS; ) {
                        long before = threads.getCurrentThreadAllocatedBytes();
                        for (int j = 0; j < BATCHES * FRAMES; j++) {
                            device.toLan(frame, 0, frame.capacity());
                            device.toHost(frame, 0, frame.capacity());
                            if (j % FRAMES == 0) {
                                device.flush();
                            }
                        }
                        fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
                    }
                    return fewest;
                });
                assertThat(least).isZero();
            } finally {
                loop.run(device::close);
                loop.close();
            }
        });
    }

    @Test
    void aTapAllocatesNothingEitherWay() throws Exception {
        NetworkNamespace.run(() -> {
            Tap tap = Tap.open(Tap.Wish.withoutAddresses("vmlan-test", TestNic.OWN, 1500));
            RunningLoop loop = new RunningLoop();
            Counter counter = new Counter();
            TapDevice device = loop.call(() -> new TapDevice(loop.loop, tap, counter));
            int host = PacketSocket.open();
            try {
                loop.run(device::start);
                PacketSocket.bind(host, tap.ifIndex(), 0);
                SendQueue queue = new SendQueue(host, 0, counter::dropped);
                ByteBuffer frame =
                        ByteBuffer.wrap(TestPackets.ethernet(TestNic.GUEST, TestNic.OWN, 0x88b5, new byte[1000]));
                Batch batch = () -> {
                    for (int i = 0; i < FRAMES; i++) {
                        queue.add(frame, 0, frame.capacity());
                    }
                    queue.flush();
                };
                assertThat(allocated(threadId("vmlan-tap-vmlan-test"), counter, batch, 0))
                        .isZero();
                long least = loop.call(() -> {
                    long fewest = Long.MAX_VALUE;
                    for (long begin = System.nanoTime(); fewest != 0 && System.nanoTime() - begin < MOST_NANOS; ) {
                        long before = threads.getCurrentThreadAllocatedBytes();
                        for (int j = 0; j < BATCHES * FRAMES; j++) {
                            device.send(frame, 0, frame.capacity());
                        }
                        fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
                    }
                    return fewest;
                });
                assertThat(least).as("sending").isZero();
            } finally {
                Libc.close(host);
                loop.run(device::close);
                loop.close();
            }
        });
    }
}
