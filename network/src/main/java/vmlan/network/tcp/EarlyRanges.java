package vmlan.network.tcp;

/// Which bytes came too early, as ranges of sequence numbers, the one that changed last first: so they are to be
/// told (RFC 2018 §4), and so one search finds what a segment touches.
///
/// Trust: a guest can make as many as it likes, so there are [#MAX] at most; a segment that would make another
/// is dropped, as if it had been lost.
final class EarlyRanges {
    /// A window of 1 MiB in segments of 1460 bytes has 718; with every tenth lost there are 72. More than that
    /// many is not worth the search, and 32 cover the last losses.
    static final int MAX = 32;

    private static final int[] NONE = {};

    private int[] lefts = NONE;
    private int[] rights = NONE;
    private int count;

    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    int left(int index) {
        return lefts[index];
    }

    int right(int index) {
        return rights[index];
    }

    /// Whether a range may be added.
    boolean hasRoom(int left, int right) {
        if (count < MAX) {
            return true;
        }
        for (int i = 0; i < count; i++) {
            if (touches(i, left, right)) {
                return true;
            }
        }
        return false;
    }

    private boolean touches(int index, int left, int right) {
        return left - rights[index] <= 0 && lefts[index] - right <= 0;
    }

    /// Adds a range and joins those that it touches.
    void add(int left, int right) {
        if (lefts.length == 0) {
            lefts = new int[MAX];
            rights = new int[MAX];
        }
        int from = left;
        int to = right;
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (touches(i, left, right)) {
                from = lefts[i] - from < 0 ? lefts[i] : from;
                to = rights[i] - to > 0 ? rights[i] : to;
            } else {
                lefts[kept] = lefts[i];
                rights[kept++] = rights[i];
            }
        }
        System.arraycopy(lefts, 0, lefts, 1, kept);
        System.arraycopy(rights, 0, rights, 1, kept);
        lefts[0] = from;
        rights[0] = to;
        count = kept + 1;
    }

    /// Removes the ranges that the bytes in order have reached.
    ///
    /// @param next up to where all is in order
    /// @return up to where it is with what was here
    int reach(int next) {
        int reached = next;
        for (int i = 0; i < count; i++) {
            // no two ranges touch each other, so one look at each is enough unless the end has moved
            if (lefts[i] - reached <= 0) {
                reached = rights[i] - reached > 0 ? rights[i] : reached;
                count--;
                System.arraycopy(lefts, i + 1, lefts, i, count - i);
                System.arraycopy(rights, i + 1, rights, i, count - i);
                i = -1;
            }
        }
        return reached;
    }

    void clear() {
        count = 0;
    }
}
