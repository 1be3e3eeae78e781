package vmlan.program.demo;

import java.time.Duration;
import vmlan.program.message.Failure;

/// One proof: what is claimed, and how it is tried.
///
/// @param name the claim, for the user
/// @param limit how long it may take to become true, such as an address that has to come
/// @param repeated whether a try that failed is followed by another until the limit
public record Check(String name, Duration limit, boolean repeated, Attempt attempt) {
    /// One try.
    @FunctionalInterface
    public interface Attempt {
        /// @param limit what is left of the time
        /// @throws Failure what it takes is gone: so the claim does not hold, for that reason
        Outcome run(Duration limit) throws Failure;
    }

    /// A try that failed at once is not followed by the next one at once.
    private static final Duration PAUSE = Duration.ofMillis(200);

    /// A claim that may need time to become true.
    static Check eventually(String name, Duration limit, Attempt attempt) {
        return new Check(name, limit, true, attempt);
    }

    /// A claim that is tried once, such as that there is no answer.
    static Check once(String name, Duration limit, Attempt attempt) {
        return new Check(name, limit, false, attempt);
    }

    /// Tries; never throws, and returns within about the limit.
    public Outcome run() {
        long start = System.nanoTime();
        Outcome last = Outcome.no("there was no time for a try", 0);
        for (Duration left = limit; left.isPositive(); left = limit.minusNanos(System.nanoTime() - start)) {
            try {
                last = attempt.run(left);
            } catch (Failure e) {
                return Outcome.no(e.what(), System.nanoTime() - start);
            }
            if (last.holds() || !repeated) {
                return last;
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Outcome.no("interrupted", System.nanoTime() - start);
            }
        }
        return Outcome.no(last.detail(), System.nanoTime() - start);
    }
}
