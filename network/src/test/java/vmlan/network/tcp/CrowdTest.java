package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import vmlan.network.tcp.crowd.Call;
import vmlan.network.tcp.crowd.Caller;
import vmlan.network.tcp.crowd.Crowd;
import vmlan.network.tcp.crowd.Manner;

/// Many connections: at once, and one after the other. Half of them are refused or end oddly.
class CrowdTest {
    private static final long SEED = Long.getLong("vmlan.seed", 20_260_101);
    private static final int GUESTS = 10;
    /// After which everything has ended by itself: more than RFC 9293's R2 for a guest that is gone.
    private static final double LONG_SECONDS = 3600;

    private static final long MEBI = 1 << 20;
    /// Memory for all: these guests send nothing twice.
    private static final TcpSettings SETTINGS = new TcpSettings(1500, 600, 6000, MEBI, 128 * MEBI, 1024 * MEBI);

    private record Memory(long heap, long direct) {
        static Memory now() {
            // What one collection leaves may be what a second one takes; and what another thread takes in between, a
            // buffer of its own at once, is not asked for.
            long heap = Long.MAX_VALUE;
            for (int i = 0; i < 3; i++) {
                System.gc();
                heap = Math.min(
                        heap,
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
            }
            long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
            return new Memory(heap, direct);
        }

        @Override
        public String toString() {
            return "%.1f MiB heap, %.1f MiB direct".formatted(heap / (double) MEBI, direct / (double) MEBI);
        }
    }

    private static Manner manner(SplittableRandom random) {
        if (random.nextBoolean()) {
            return random.nextBoolean() ? Manner.GUEST_ENDS : Manner.OUTSIDE_ENDS;
        }
        List<Manner> all = List.of(Manner.values());
        Manner manner = all.get(random.nextInt(all.size()));
        return manner.isOdd() ? manner : Manner.RESET;
    }

    private static void assertNothingIsLeft(Crowd crowd) {
        TcpCounters counters = crowd.stack().counters();
        assertThat(counters.flows()).as("flows").isZero();
        assertThat(counters.dialling()).as("dialling").isZero();
        assertThat(counters.timeWaits()).as("in TIME-WAIT").isZero();
        assertThat(counters.bufferedBytes()).as("buffered bytes").isZero();
        assertThat(crowd.streams()).as("the host's sockets").isZero();
    }

    private static void assertEnded(List<Call> calls) {
        calls.forEach(call -> {
            assertThat(call.isOver() || call.manner() == Manner.HALF_OPEN || call.manner() == Manner.FORBIDDEN)
                    .as("%s has ended", call)
                    .isTrue();
            switch (call.manner()) {
                case GUEST_ENDS, OUTSIDE_ENDS -> {
                    assertThat(call.received()).as("%s", call).isEqualTo(500);
                    assertThat(call.stream().written()).as("%s", call).isEqualTo(300);
                    assertThat(call.isReset()).as("%s", call).isFalse();
                    assertThat(call.stream().isOver()).as("%s", call).isTrue();
                    assertThat(call.stream().wasReset()).isFalse();
                }
                case REFUSED, NOBODY_THERE, BROKEN, BROKEN_WHILE_WRITTEN ->
                    assertThat(call.isReset()).as("told of " + call.manner()).isTrue();
                case RESET, RESET_WHILE_DIALLED, END_THEN_RESET, SYN_THEN_RESET ->
                    assertThat(call.stream().wasReset() || call.stream().isOver())
                            .as("the host's socket after " + call.manner())
                            .isTrue();
                default -> {}
            }
        });
    }

    @Test
    void fiveThousandAtOnceAreServedAndLeaveNothingBehind() {
        SplittableRandom random = new SplittableRandom(SEED);
        Crowd crowd = new Crowd(SETTINGS, GUESTS);
        Memory before = Memory.now();
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            calls.add(crowd.guest(i % GUESTS).call(Manner.GUEST_ENDS));
            if (i % 50 == 0) {
                crowd.connects(false);
                crowd.settle();
            }
        }
        crowd.settle();
        assertThat(crowd.stack().counters().dialling()).isEqualTo(5000);
        assertThat(calls).noneMatch(Call::isEstablished);
        Memory dialling = Memory.now();
        crowd.connects(true);
        crowd.settle();
        crowd.pass(5);
        assertThat(crowd.stack().counters().opened()).isEqualTo(5000);
        assertEnded(calls);
        calls.clear();

        Memory during = rush(crowd, random);
        Memory after = Memory.now();
        rush(crowd, random);
        Memory end = Memory.now();
        System.out.printf(
                "before %s; 5,000 dialled %s; others in the middle %s; after %s; after others %s%n",
                before, dialling, during, after, end);
        // The stack keeps what it once needed, for the next rush.
        assertThat(during.direct() - before.direct()).as("at the most").isLessThan(5000 * 16 * 1024);
        assertThat(after.heap() - before.heap())
                .as("heap: %s to %s", before, after)
                .isLessThan(4 * MEBI);
        assertThat(end.heap() - after.heap()).as("heap: %s to %s", after, end).isLessThan(MEBI);
        assertThat(end.direct() - after.direct())
                .as("direct: %s to %s", after, end)
                .isLessThan(2 * MEBI);
    }

    /// Five thousand at once, until they are over.
    ///
    /// @return what they took in the middle
    private static Memory rush(Crowd crowd, SplittableRandom random) {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            calls.add(crowd.guest(i % GUESTS).call(manner(random)));
        }
        crowd.settle();
        Memory during = Memory.now();
        assertThat(crowd.fault()).isEmpty();
        assertThat(crowd.stack().counters().memoryShortages()).isZero();
        crowd.pass(LONG_SECONDS);
        assertEnded(calls);
        assertNothingIsLeft(crowd);
        for (int i = 0; i < GUESTS; i++) {
            crowd.guest(i).forgetAll();
        }
        return during;
    }

    @Test
    void aHundredThousandInARowLeaveMemoryFlat() {
        SplittableRandom random = new SplittableRandom(SEED);
        Crowd crowd = new Crowd(SETTINGS, GUESTS);
        Memory warm = null;
        List<Call> calls = new ArrayList<>();
        int most = 0;
        for (int i = 1; i <= 100_000; i++) {
            Caller guest = crowd.guest(random.nextInt(GUESTS));
            Call call = guest.call(manner(random));
            calls.add(call);
            crowd.settle();
            crowd.pass(0.05);
            if (i % 500 == 0) {
                crowd.pass(5);
                most = Math.max(most, crowd.stack().counters().flows());
                assertEnded(calls);
                calls.clear();
                for (int j = 0; j < GUESTS; j++) {
                    crowd.guest(j).forgetAll();
                }
            }
            if (i == 20_000) {
                warm = Memory.now();
            }
        }
        Memory end = Memory.now();
        TcpCounters counters = crowd.stack().counters();
        System.out.printf("after 20,000 %s; after 100,000 %s; %d flows at most; %s%n", warm, end, most, counters);
        crowd.pass(LONG_SECONDS);
        assertNothingIsLeft(crowd);
        assertThat(counters.limited()).as("refused for want of room").isZero();
        assertThat(end.heap() - warm.heap()).as("heap: %s to %s", warm, end).isLessThan(2 * MEBI);
        assertThat(end.direct() - warm.direct())
                .as("direct: %s to %s", warm, end)
                .isLessThan(2 * MEBI);
    }
}
