package vmlan.network.tcp;

/// The time that a segment and its acknowledgement take, and how long to wait for one (RFC 6298).
final class RoundTrip {
    static final long MILLISECOND = 1_000_000L;
    static final long SECOND = 1_000_000_000L;
    /// RFC 6298 §2.1.
    static final long INITIAL = SECOND;
    /// RFC 6298 §5.7: when the SYN was lost.
    private static final long AFTER_LOST_SYN = 3 * SECOND;
    /// RFC 6298 §2.4 wants a second. The guest is near, and delays acknowledgements by 40 ms (Linux
    /// TCP_DELACK_MIN) or 200 ms at most; Linux's own least is this too (TCP_RTO_MIN).
    private static final long MIN = 200 * MILLISECOND;
    /// RFC 6298 §2.5.
    private static final long MAX = 60 * SECOND;

    private long smoothed;
    private long variation;
    private long timeout = INITIAL;
    private int backoff;

    void sample(long nanos) {
        if (smoothed == 0) {
            smoothed = Math.max(1, nanos);
            variation = nanos / 2;
        } else {
            variation += (Math.abs(smoothed - nanos) - variation) / 4;
            smoothed = Math.max(1, smoothed + (nanos - smoothed) / 8);
        }
        timeout = Math.clamp(smoothed + Math.max(MILLISECOND, 4 * variation), MIN, MAX);
    }

    void synWasLost() {
        if (smoothed == 0) {
            timeout = AFTER_LOST_SYN;
        }
        backoff = 0;
    }

    /// Doubled for each time it passed in vain (RFC 6298 §5.5).
    long timeout() {
        return Math.min(MAX, timeout << Math.min(backoff, 16));
    }

    void backOff() {
        backoff++;
    }

    int backoff() {
        return backoff;
    }

    void progress() {
        backoff = 0;
    }
}
