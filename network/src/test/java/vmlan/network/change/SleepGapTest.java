package vmlan.network.change;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Two clocks: `ahead` is how much the one that goes on in sleep is before the one that does not.
class SleepGapTest {
    private static final long SECOND = 1_000_000_000L;

    private final SleepGap gap = new SleepGap(SECOND);

    @Test
    void whereTheClocksStandAtFirstIsNoSleep() {
        assertThat(gap.slept(123_456 * SECOND)).isZero();
        assertThat(gap.slept(123_456 * SECOND)).isZero();
    }

    @Test
    void sleepIsFoundOnce() {
        gap.slept(0);
        assertThat(gap.slept(3_600 * SECOND)).isEqualTo(3_600 * SECOND);
        assertThat(gap.slept(3_600 * SECOND)).isZero();
        assertThat(gap.slept(3_605 * SECOND)).isEqualTo(5 * SECOND);
    }

    @Test
    void whatMovesSlowlyOrBackIsNoSleep() {
        gap.slept(0);
        for (int i = 1; i < 1_000; i++) {
            assertThat(gap.slept(i * SECOND / 100)).isZero();
        }
        assertThat(gap.slept(-100 * SECOND)).isZero();
        assertThat(gap.slept(-100 * SECOND)).isZero();
        assertThat(gap.slept(-98 * SECOND)).as("from where it is then").isEqualTo(2 * SECOND);
    }
}
