package vmlan.host.macos;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import vmlan.host.FrameReceiver;
import vmlan.host.linux.RunningLoop;
import vmlan.network.DropReason;

/// Frames are received and sent without an object for each, on the device's thread and on the loop.
class VmnetAllocationTest {
    private static final int BATCHES = 500;
    private static final int FRAMES = 64;
    /// The compilers may leave an object a call; as of the packet socket's thread ten of 40 bytes are let
    /// pass.
    private static final long CALLS_BYTES = BATCHES * 10L * 40;
    /// Until the compilers are done: they, too, need a processor, so that it is no number of tries.
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(200);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final SimulatedMac mac = SimulatedMac.reset();

    private static final class Counter implements FrameReceiver {
        private volatile long received;

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // the loop's alone
        public void received(ByteBuffer buffer, int offset, int length, boolean fromHost, long now) {
            received++;
        }

        @Override
        public void batchEnd() {}

        @Override
        public void dropped(DropReason reason, long count) {}

        @Override
        public void failed(Exception cause) {
            throw new AssertionError(cause);
        }

        void await(long count) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (received < count) {
                assertThat(System.nanoTime() - deadline).isNegative();
                LockSupport.parkNanos(this, TimeUnit.MICROSECONDS.toNanos(50));
            }
        }
    }

    private static long threadId(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .findFirst()
                .orElseThrow()
                .threadId();
    }

    private static MethodHandle arrive(String library) {
        return Linker.nativeLinker()
                .downcallHandle(
                        java.lang.foreign.SymbolLookup.libraryLookup(library, Arena.global())
                                .find("sim_arrive")
                                .orElseThrow(),
                        FunctionDescriptor.of(Symbols.BOOL, Symbols.POINTER, Symbols.POINTER, Symbols.LONG));
    }

    @Test
    void receivingAllocatesNothing() throws Throwable {
        RunningLoop loop = new RunningLoop();
        VmnetInterface vmnet = VmnetInterface.start(mac.framework(), VmnetSettings.bridged("en0"));
        MemorySegment at = mac.latest();
        Counter counter = new Counter();
        VmnetDevice device = loop.call(() -> new VmnetDevice(loop.loop, vmnet, counter));
        loop.run(device::start);
        MethodHandle arrive = arrive(mac.library());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(1000);
            for (String name : new String[] {"vmlan-vmnet", "loop"}) {
                long thread = name.equals("loop") ? loop.thread.threadId() : threadId(name);
                long enough = name.equals("loop") ? 0 : CALLS_BYTES;
                long least = Long.MAX_VALUE;
                for (long begin = System.nanoTime(); least > enough && System.nanoTime() - begin < MOST_NANOS; ) {
                    long before = threads.getThreadAllocatedBytes(thread);
                    for (int j = 0; j < BATCHES; j++) {
                        long expected = counter.received + FRAMES;
                        for (int k = 0; k < FRAMES; k++) {
                            assertThat((boolean) arrive.invokeExact(at, frame, 1000L))
                                    .isTrue();
                        }
                        counter.await(expected);
                    }
                    least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
                }
                assertThat(least).as(name).isLessThanOrEqualTo(enough);
            }
        } finally {
            loop.run(device::close);
            loop.close();
        }
        mac.expectNothingLeft();
    }

    @Test
    void sendingAllocatesNothing() throws Exception {
        RunningLoop loop = new RunningLoop();
        VmnetInterface vmnet = VmnetInterface.start(mac.framework(), VmnetSettings.bridged("en0"));
        VmnetDevice device = loop.call(() -> new VmnetDevice(loop.loop, vmnet, new Counter()));
        try {
            ByteBuffer frame = ByteBuffer.allocate(1000);
            long least = loop.call(() -> {
                long fewest = Long.MAX_VALUE;
                for (long begin = System.nanoTime(); fewest != 0 && System.nanoTime() - begin < MOST_NANOS; ) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int j = 0; j < BATCHES * FRAMES; j++) {
                        device.toLan(frame, 0, frame.capacity());
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
        mac.expectNothingLeft();
    }
}
