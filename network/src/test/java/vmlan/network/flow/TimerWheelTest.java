package vmlan.network.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
    private static final long START = 1_700_000_000_000_000_000L;
    private static final long SECOND = 1_000_000_000L;

    private final TimerWheel<TestFlow> wheel = new TimerWheel<>(START);
    private final List<TestFlow> due = new ArrayList<>();

    private List<TestFlow> tick(long now) {
        due.clear();
        wheel.tick(now, (flow, at) -> due.add(flow));
        return due;
    }

    @Test
    void aFlowIsDueAtItsDeadlineAndNotBefore() {
        TestFlow flow = new TestFlow();
        wheel.set(flow, START + SECOND);
        assertThat(wheel.nanosToTick(START)).isEqualTo(SECOND);
        assertThat(tick(START + SECOND - 1)).isEmpty();
        assertThat(tick(START + SECOND)).containsExactly(flow);
        assertThat(wheel.nanosToTick(START)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aDeadlineThatWasPutOffIsKept() {
        TestFlow flow = new TestFlow();
        wheel.set(flow, START + SECOND);
        wheel.set(flow, START + 2 * SECOND);
        assertThat(tick(START + SECOND)).isEmpty();
        assertThat(tick(START + 2 * SECOND - 1)).isEmpty();
        assertThat(tick(START + 2 * SECOND)).containsExactly(flow);
    }

    @Test
    void aDeadlineThatWasBroughtForwardIsKept() {
        TestFlow flow = new TestFlow();
        wheel.set(flow, START + 3600 * SECOND);
        wheel.set(flow, START + 10_000_000);
        assertThat(wheel.nanosToTick(START)).isEqualTo(10_000_000);
        assertThat(tick(START + 10_000_000)).containsExactly(flow);
    }

    @Test
    void aDeadlineBeyondTheWheelIsKeptToo() {
        TestFlow flow = new TestFlow();
        wheel.set(flow, START + 7200 * SECOND);
        for (long second = 1; second < 7200; second++) {
            assertThat(tick(START + second * SECOND)).isEmpty();
        }
        assertThat(tick(START + 7200 * SECOND)).containsExactly(flow);
    }

    @Test
    void aCancelledFlowIsNotDue() {
        TestFlow flow = new TestFlow();
        wheel.set(flow, START + SECOND);
        wheel.cancel(flow);
        assertThat(wheel.size()).isZero();
        assertThat(tick(START + 2 * SECOND)).isEmpty();
    }

    @Test
    void aHandlerMayCancelAnotherThatIsDueAndSetItselfAnew() {
        TestFlow first = new TestFlow();
        TestFlow second = new TestFlow();
        wheel.set(first, START + SECOND);
        wheel.set(second, START + SECOND);
        wheel.tick(START + SECOND, (flow, now) -> {
            due.add(flow);
            wheel.cancel(second);
            wheel.set(first, now);
        });
        assertThat(due).containsExactly(first);
        assertThat(tick(START + SECOND))
                .as("set in the past: due in the next round")
                .containsExactly(first);
    }

    @Test
    void manyFlowsAreDueExactlyWhenTheyAre() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<TestFlow, Long> expected = new HashMap<>();
        List<TestFlow> flows = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            flows.add(new TestFlow());
        }
        long now = START;
        for (int step = 0; step < 20_000; step++) {
            TestFlow flow = flows.get(random.nextInt(flows.size()));
            if (random.nextInt(4) == 0) {
                wheel.cancel(flow);
                expected.remove(flow);
            } else {
                long deadline = now + (long) (Math.pow(10, random.nextInt(12)) * random.nextDouble());
                wheel.set(flow, deadline);
                expected.put(flow, deadline);
            }
            long at = now + random.nextLong(random.nextInt(100) == 0 ? 20 * SECOND : 3_000_000);
            now = at;
            List<TestFlow> want = expected.entrySet().stream()
                    .filter(entry -> entry.getValue() <= at)
                    .map(Map.Entry::getKey)
                    .toList();
            long earliest =
                    expected.values().stream().mapToLong(value -> value).min().orElse(Long.MAX_VALUE);
            if (earliest != Long.MAX_VALUE) {
                assertThat(wheel.nanosToTick(at)).as("seed %d", seed).isLessThanOrEqualTo(Math.max(0, earliest - at));
            }
            assertThat(tick(at)).as("seed %d step %d", seed, step).containsExactlyInAnyOrderElementsOf(want);
            want.forEach(expected::remove);
            assertThat(wheel.size()).isEqualTo(expected.size());
        }
    }

    @Test
    void itNeverAsksToBeLookedAtWithoutEnd() {
        TestFlow flow = new TestFlow();
        wheel.set(flow, START + 7200 * SECOND);
        wheel.set(flow, START + SECOND);
        wheel.set(flow, START + 100 * SECOND);
        long now = START;
        int looks = 0;
        while (tick(now).isEmpty()) {
            long wait = wheel.nanosToTick(now);
            assertThat(wait).isPositive();
            now += wait;
            looks++;
        }
        assertThat(now).isEqualTo(START + 100 * SECOND);
        assertThat(looks).isLessThan(40);
    }
}
