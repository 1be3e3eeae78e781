package vmlan.network.ip;

import java.util.Arrays;
import vmlan.network.SwitchPort;

/// How often something may happen for each port, as a token bucket (RFC 4443 §2.4 (f)).
///
/// Kept per port is the time at which the bucket will be full again; it says the same as a count of tokens
/// and the time of the last one.
public final class RateLimit {
    private final long intervalNanos;
    private final long burstNanos;
    /// By [SwitchPort#index].
    private long[] fullAt = new long[8];

    private boolean[] known = new boolean[8];

    public RateLimit(int perSecond, int burst) {
        intervalNanos = 1_000_000_000L / perSecond;
        burstNanos = intervalNanos * burst;
    }

    public boolean allows(SwitchPort port, long now) {
        int index = port.index();
        if (index >= fullAt.length) {
            fullAt = Arrays.copyOf(fullAt, Math.max(index + 1, 2 * fullAt.length));
            known = Arrays.copyOf(known, fullAt.length);
        }
        if (!known[index] || fullAt[index] - now < 0) {
            known[index] = true;
            fullAt[index] = now;
        }
        if (fullAt[index] + intervalNanos - now > burstNanos) {
            return false;
        }
        fullAt[index] += intervalNanos;
        return true;
    }
}
