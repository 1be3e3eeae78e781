package vmlan.host.macos;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Blocks, called by the simulator's queues.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlocksTest {
    private static final FunctionDescriptor CALL = FunctionDescriptor.ofVoid(
            Symbols.POINTER, Symbols.POINTER, Symbols.INT, Symbols.INT, Symbols.POINTER, Symbols.LONG);

    private final SimulatedMac mac = SimulatedMac.reset();
    private final Blocks blocks = mac.framework().blocks();

    /// Has a queue call a block some milliseconds later, and gives the block's memory back at once.
    @SuppressWarnings("EnumOrdinal") // as in sim.h
    private void call(
            MemorySegment queue, Blocks.Callback callback, Blocks.Shape shape, int status, MemorySegment object) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = callback.block(shape, arena);
            mac.call("sim_call", CALL, queue, block, shape.ordinal(), status, object, 5L);
            block.fill((byte) 0xee);
        }
    }

    private record Called(int status, long object, boolean isDaemon) {}

    @Test
    void aBlockOfEachShapeIsCalledWithWhatItTakes() throws Exception {
        MemorySegment queue = mac.framework().calls().queue("test");
        MemorySegment object = mac.framework().xpc().dictionary();
        for (Blocks.Shape shape : Blocks.Shape.values()) {
            CompletableFuture<Called> called = new CompletableFuture<>();
            try (Blocks.Callback callback = blocks.callback((status, with) -> called.complete(
                    new Called(status, with, Thread.currentThread().isDaemon())))) {
                call(queue, callback, shape, 0x8000_0001, shape == Blocks.Shape.STATUS ? MemorySegment.NULL : object);
                Called came = called.get(60, TimeUnit.SECONDS);
                assertThat(came.status()).isEqualTo(shape == Blocks.Shape.OBJECT ? 0 : 0x8000_0001);
                assertThat(came.object()).isEqualTo(shape == Blocks.Shape.STATUS ? 0 : object.address());
                assertThat(came.isDaemon()).as("the process can end").isTrue();
            }
        }
        mac.framework().xpc().release(object);
        mac.framework().calls().releaseQueue(queue);
        mac.expectNothingLeft();
    }

    @Test
    void aCallAfterTheEndDoesNothing() throws Exception {
        MemorySegment queue = mac.framework().calls().queue("test");
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch closed = new CountDownLatch(1);
        long late = blocks.late();
        try (Blocks.Callback first = blocks.callback((status, object) -> awaitQuietly(closed))) {
            call(queue, first, Blocks.Shape.STATUS, 1, MemorySegment.NULL);
            try (Blocks.Callback second = blocks.callback((status, object) -> calls.incrementAndGet())) {
                call(queue, second, Blocks.Shape.STATUS, 1, MemorySegment.NULL);
            }
            // Whoever takes its place is not called in its stead.
            Blocks.Callback[] others = new Blocks.Callback[255];
            for (int i = 0; i < others.length; i++) {
                others[i] = blocks.callback((status, object) -> calls.incrementAndGet());
            }
            closed.countDown();
            SimulatedMac.await("the call", () -> blocks.late() == late + 1);
            for (Blocks.Callback other : others) {
                other.close();
            }
        }
        assertThat(calls).hasValue(0);
        mac.framework().calls().releaseQueue(queue);
        mac.expectNothingLeft();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anExceptionDoesNotLeaveTheCallAndIsToldOnce() throws Exception {
        MemorySegment queue = mac.framework().calls().queue("test");
        VmnetFramework own = mac.open(new VmnetAdvice(true, 15));
        try (Blocks.Callback callback = own.blocks().callback((status, object) -> {
            throw new StackOverflowError("of the test");
        })) {
            for (int i = 0; i < 3; i++) {
                call(queue, callback, Blocks.Shape.STATUS, 1, MemorySegment.NULL);
            }
            SimulatedMac.await("three calls", () -> own.faults() == 3);
        }
        assertThat(mac.faults).singleElement().isInstanceOf(StackOverflowError.class);
        mac.faults.clear();
        mac.framework().calls().releaseQueue(queue);
        mac.expectNothingLeft();
    }

    @Test
    void anExceptionOutOfWhoIsToldDoesNotLeaveTheCallEither() throws Exception {
        MemorySegment queue = mac.framework().calls().queue("test");
        Blocks own = new Blocks(Symbols.open(java.util.List.of(mac.library())), cause -> {
            throw new IllegalStateException("of the test");
        });
        try (Blocks.Callback callback = own.callback((status, object) -> {
            throw new IllegalStateException("of the test");
        })) {
            call(queue, callback, Blocks.Shape.STATUS, 1, MemorySegment.NULL);
            SimulatedMac.await("the call", () -> own.faults() == 2);
        }
        mac.framework().calls().releaseQueue(queue);
        mac.expectNothingLeft();
    }

    @Test
    void callsComeOnManyThreadsWithSmallStacks() throws Exception {
        mac.fault(SimulatedMac.Fault.FRESH_THREADS, 1);
        MemorySegment queue = mac.framework().calls().queue("test");
        CountDownLatch calls = new CountDownLatch(100);
        try (Blocks.Callback callback = blocks.callback((status, object) -> calls.countDown())) {
            for (int i = 0; i < 100; i++) {
                call(queue, callback, Blocks.Shape.STATUS, i, MemorySegment.NULL);
            }
            assertThat(calls.await(60, TimeUnit.SECONDS)).isTrue();
        }
        mac.framework().calls().releaseQueue(queue);
        mac.expectNothingLeft();
    }

    @Test
    void thereAreOnlySoMany() {
        Blocks.Callback[] all = new Blocks.Callback[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = blocks.callback((status, object) -> {});
        }
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> blocks.callback((status, object) -> {})))
                .isInstanceOf(IllegalStateException.class);
        for (Blocks.Callback each : all) {
            each.close();
        }
        blocks.callback((status, object) -> {}).close();
        mac.expectNothingLeft();
    }
}
