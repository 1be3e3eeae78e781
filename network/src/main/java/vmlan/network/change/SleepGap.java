package vmlan.network.change;

/// Finds that the host was asleep by two clocks, of which one stands still meanwhile.
///
/// A process that was stopped and goes on, or a machine that was busy, lets neither of them stand: no gap. Where the
/// other clock is the wall's, somebody who sets it forward looks like sleep, so that what follows from a sleep must do
/// no harm; what sets it back, and what moves it slowly, counts for nothing.
public final class SleepGap {
    private final long leastNanos;
    private long last;
    private boolean known;

    /// @param leastNanos what is less is no sleep
    public SleepGap(long leastNanos) {
        this.leastNanos = leastNanos;
    }

    /// @param aheadNanos how much the clock that goes on is ahead of the one that stands still in sleep
    /// @return how long the host slept since this was last asked, or 0
    public long slept(long aheadNanos) {
        long gap = known ? aheadNanos - last : 0;
        known = true;
        last = aheadNanos;
        return gap >= leastNanos ? gap : 0;
    }
}
