package vmlan.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import vmlan.network.change.SleepGap;

/// Two clocks, of which one stands still in sleep.
class SleepClockTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long awake;
    private long always;

    private SleepClock clock() {
        return new SleepClock(() -> awake, () -> always, SECOND);
    }

    @Test
    void aSleepIsTheDifferenceThatTheClocksGet() {
        SleepClock clock = clock();
        SleepGap gap = new SleepGap(clock.leastNanos());
        always = 500 * SECOND;
        awake = 20 * SECOND;
        assertThat(gap.slept(clock.aheadNanos().orElseThrow())).isZero();
        awake += 5 * SECOND;
        always += 5 * SECOND;
        assertThat(gap.slept(clock.aheadNanos().orElseThrow())).isZero();
        awake += 2 * SECOND;
        always += 3_602 * SECOND;
        assertThat(gap.slept(clock.aheadNanos().orElseThrow())).isEqualTo(3_600 * SECOND);
        // stopped for an hour, by SIGSTOP: both go on
        awake += 3_600 * SECOND;
        always += 3_600 * SECOND;
        assertThat(gap.slept(clock.aheadNanos().orElseThrow())).isZero();
    }

    @Test
    void aProcessThatIsStoppedBetweenTheTwoReadingsHasNotSlept() {
        Iterator<Long> times = List.of(10 * SECOND, 40 * SECOND).iterator();
        SleepClock clock = new SleepClock(times::next, () -> 10 * SECOND, SECOND);
        assertThat(clock.aheadNanos()).isEqualTo(OptionalLong.empty());
    }

    @Test
    void aClockThatCannotBeReadTellsNothing() {
        always = Long.MIN_VALUE;
        assertThat(clock().aheadNanos()).isEmpty();
    }

    @Test
    void theKernelsFileIsRead() {
        assertThat(SleepClock.parse("350735.47 234388.90\n")).isEqualTo(350_735_470_000_000L);
        for (String odd : List.of("", "x", "1 2", "-1.00 2.00", "99999999999999999999.00 1.00", "1.5 2.5")) {
            assertThat(SleepClock.parse(odd)).as(odd).isEqualTo(Long.MIN_VALUE);
        }
    }

    /// Whoever is not given the processor for a tenth of a second between two readings is told nothing.
    private static long untilTold(SleepClock clock) {
        OptionalLong ahead = clock.aheadNanos();
        for (long begin = System.nanoTime(); ahead.isEmpty(); ahead = clock.aheadNanos()) {
            assertThat(System.nanoTime() - begin).isLessThan(60 * SECOND);
        }
        return ahead.getAsLong();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theSystemsClocksKeepTheirDistanceWhileNobodySleeps() {
        SleepClock clock = SleepClock.ofSystem();
        long first = untilTold(clock);
        long second = untilTold(clock);
        assertThat(second - first).isBetween(-clock.leastNanos() / 2, clock.leastNanos() / 2);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void oneStartOfTheHostHasOneName() {
        assertThat(HostBoot.id()).isPresent().isEqualTo(HostBoot.id());
    }
}
