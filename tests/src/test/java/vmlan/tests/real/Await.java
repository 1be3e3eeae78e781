package vmlan.tests.real;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Waits for what another process does and nobody tells us about.
public final class Await {
    private Await() {}

    public interface Look<T> {
        Optional<T> look() throws Exception;
    }

    public interface Evidence {
        String show() throws Exception;
    }

    /// @param evidence what to show when it does not come
    public static <T> T until(String what, Duration limit, Look<T> look, Evidence evidence) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (true) {
                Optional<T> seen = look.look();
                if (seen.isPresent()) {
                    return seen.get();
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError("waited " + limit + " for " + what + "; there is:\n" + evidence.show());
                }
                TimeUnit.MILLISECONDS.sleep(25);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("while waiting for " + what, e);
        }
    }
}
