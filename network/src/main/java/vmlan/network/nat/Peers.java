package vmlan.network.nat;

import java.util.Arrays;

/// The addresses that a guest has sent to from one UDP port, the last [#LIMIT] of them.
///
/// Trust: a guest may send to any number. That few are enough, because an answer comes within seconds.
final class Peers {
    /// A node of a distributed hash table asks some dozens a second; looking through as many takes less than
    /// a system call.
    static final int LIMIT = 128;

    private long[] high = new long[2];
    private long[] low = new long[2];
    private long[] used = new long[2];
    private long clock;
    private int count;
    /// Where the last one was found.
    private int last;

    void add(long addressHigh, long addressLow) {
        if (!contains(addressHigh, addressLow)) {
            last = place();
            high[last] = addressHigh;
            low[last] = addressLow;
        }
        used[last] = ++clock;
    }

    private int place() {
        if (count < LIMIT) {
            if (count == high.length) {
                high = Arrays.copyOf(high, 2 * count);
                low = Arrays.copyOf(low, 2 * count);
                used = Arrays.copyOf(used, 2 * count);
            }
            return count++;
        }
        int oldest = 0;
        for (int i = 1; i < count; i++) {
            oldest = used[i] < used[oldest] ? i : oldest;
        }
        return oldest;
    }

    boolean contains(long addressHigh, long addressLow) {
        if (last < count && low[last] == addressLow && high[last] == addressHigh) {
            return true;
        }
        for (int i = 0; i < count; i++) {
            if (low[i] == addressLow && high[i] == addressHigh) {
                last = i;
                return true;
            }
        }
        return false;
    }
}
