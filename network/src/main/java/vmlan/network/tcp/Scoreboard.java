package vmlan.network.tcp;

/// What the guest says it has of what was sent, beyond what it has acknowledged (RFC 6675 §3), as ranges in
/// ascending order.
///
/// Trust: the blocks come from the guest. They are taken only within what was sent; [#MAX] at most are kept,
/// others ignored, which costs a retransmission at worst.
final class Scoreboard {
    static final int MAX = 64;
    /// RFC 6675 §2, DupThresh.
    static final int DUPLICATES = 3;

    private static final int[] NONE = {};

    private int[] lefts = NONE;
    private int[] rights = NONE;
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    void clear() {
        count = 0;
    }

    /// @return whether something in it is new
    boolean add(int left, int right) {
        if (lefts.length == 0) {
            lefts = new int[MAX];
            rights = new int[MAX];
        }
        int at = 0;
        while (at < count && rights[at] - left < 0) {
            at++;
        }
        if (at == count || lefts[at] - right > 0) {
            return insert(at, left, right);
        }
        if (lefts[at] - left <= 0 && rights[at] - right >= 0) {
            return false;
        }
        int from = lefts[at] - left < 0 ? lefts[at] : left;
        int to = right;
        int end = at;
        while (end < count && lefts[end] - right <= 0) {
            to = rights[end] - to > 0 ? rights[end] : to;
            end++;
        }
        lefts[at] = from;
        rights[at] = to;
        System.arraycopy(lefts, end, lefts, at + 1, count - end);
        System.arraycopy(rights, end, rights, at + 1, count - end);
        count -= end - at - 1;
        return true;
    }

    private boolean insert(int at, int left, int right) {
        if (count == MAX) {
            return false;
        }
        System.arraycopy(lefts, at, lefts, at + 1, count - at);
        System.arraycopy(rights, at, rights, at + 1, count - at);
        lefts[at] = left;
        rights[at] = right;
        count++;
        return true;
    }

    /// Forgets what was acknowledged.
    void advance(int una) {
        int gone = 0;
        while (gone < count && rights[gone] - una <= 0) {
            gone++;
        }
        if (gone > 0) {
            System.arraycopy(lefts, gone, lefts, 0, count - gone);
            System.arraycopy(rights, gone, rights, 0, count - gone);
            count -= gone;
        }
        if (count > 0 && lefts[0] - una < 0) {
            lefts[0] = una;
        }
    }

    /// The highest that the guest has, or `una` when it has nothing.
    int highest(int una) {
        return count == 0 ? una : rights[count - 1];
    }

    /// Where, at or behind a sequence number, the next byte is that the guest does not have.
    int nextHole(int from) {
        for (int i = 0; i < count; i++) {
            if (lefts[i] - from > 0) {
                return from;
            }
            if (rights[i] - from > 0) {
                return rights[i];
            }
        }
        return from;
    }

    /// Where a hole that begins here ends.
    int holeEnd(int from, int end) {
        for (int i = 0; i < count; i++) {
            if (lefts[i] - from > 0) {
                return lefts[i];
            }
        }
        return end;
    }

    /// Bytes between two sequence numbers that the guest does not have.
    int missing(int from, int to) {
        if (to - from <= 0) {
            return 0;
        }
        int missing = to - from;
        for (int i = 0; i < count; i++) {
            int left = lefts[i] - from < 0 ? from : lefts[i];
            int right = rights[i] - to > 0 ? to : rights[i];
            if (right - left > 0) {
                missing -= right - left;
            }
        }
        return missing;
    }

    /// Up to where all that is missing counts as lost: what has three ranges above it, or more than two
    /// segments' bytes (RFC 6675 §4, IsLost).
    int lostEdge(int una, int mss) {
        int bytes = 0;
        for (int i = count - 1; i >= 0; i--) {
            bytes += rights[i] - lefts[i];
            if (count - i >= DUPLICATES || bytes > (DUPLICATES - 1) * mss) {
                return lefts[i];
            }
        }
        return una;
    }
}
