package vmlan.host.linux;

import vmlan.network.outside.OutsideError;

/// Failures that were noted down, to be told when nobody is in the middle of sending.
///
/// Trust: whoever sends ICMP errors makes them; too many are forgotten.
final class Failures {
    /// A power of two. A burst of datagrams that nobody takes fills it; more news at once is of no use to a guest.
    static final int ROOM = 256;

    private final NativeSocket[] sockets = new NativeSocket[ROOM];
    private final OutsideError[] reasons = new OutsideError[ROOM];
    private final int[] mtus = new int[ROOM];
    private final int[] numbers = new int[ROOM];
    private final long[] highs = new long[ROOM];
    private final long[] lows = new long[ROOM];
    private final long[] offenderHighs = new long[ROOM];
    private final long[] offenderLows = new long[ROOM];
    private int first;
    private int count;
    private int taken;
    private long forgotten;

    /// @param number the destination's UDP port, or a sequence number
    void add(NativeSocket socket, OutsideError why, int mtu, long high, long low, int number) {
        add(socket, why, mtu, high, low, number, 0, 0);
    }

    void add(
            NativeSocket socket,
            OutsideError why,
            int mtu,
            long high,
            long low,
            int number,
            long offenderHigh,
            long offenderLow) {
        if (count == ROOM) {
            forgotten++;
            return;
        }
        int entry = (first + count) & (ROOM - 1);
        count++;
        sockets[entry] = socket;
        reasons[entry] = why;
        mtus[entry] = mtu;
        numbers[entry] = number;
        highs[entry] = high;
        lows[entry] = low;
        offenderHighs[entry] = offenderHigh;
        offenderLows[entry] = offenderLow;
    }

    /// How many were not told for want of room.
    long forgotten() {
        return forgotten;
    }

    /// Takes the oldest entry out; it can be read until something is added. There must be one.
    ///
    /// @return whose it is
    NativeSocket take() {
        NativeSocket socket = sockets[first];
        sockets[first] = null;
        taken = first;
        first = (first + 1) & (ROOM - 1);
        count--;
        return socket;
    }

    int count() {
        return count;
    }

    OutsideError why() {
        return reasons[taken];
    }

    int mtu() {
        return mtus[taken];
    }

    int number() {
        return numbers[taken];
    }

    long high() {
        return highs[taken];
    }

    long low() {
        return lows[taken];
    }

    long offenderHigh() {
        return offenderHighs[taken];
    }

    long offenderLow() {
        return offenderLows[taken];
    }
}
