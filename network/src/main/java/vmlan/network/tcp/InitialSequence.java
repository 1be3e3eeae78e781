package vmlan.network.tcp;

import java.util.random.RandomGenerator;

/// Initial sequence numbers (RFC 6528 §3): a clock of 4 µs plus a keyed hash of the connection's addresses and
/// ports, so that they go up for one pair of ends and cannot be guessed for another. The hash is SipHash-2-4
/// (Aumasson and Bernstein, 2012).
final class InitialSequence {
    private final long key0;
    private final long key1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    InitialSequence(RandomGenerator random) {
        key0 = random.nextLong();
        key1 = random.nextLong();
    }

    int next(TcpFlow flow, long now) {
        // 2^12 ns are 4.1 µs
        return (int) (now >>> 12) + (int) hash(flow, 0);
    }

    /// Where a flow's timestamps begin (RFC 7323 §5.4), for the same reasons.
    int timestampOffset(TcpFlow flow) {
        return (int) hash(flow, 1);
    }

    private long hash(TcpFlow flow, long purpose) {
        v0 = key0 ^ 0x736f6d6570736575L;
        v1 = key1 ^ 0x646f72616e646f6dL;
        v2 = key0 ^ 0x6c7967656e657261L;
        v3 = key1 ^ 0x7465646279746573L;
        word(flow.guestHigh());
        word(flow.guestLow());
        word(flow.remoteHigh());
        word(flow.remoteLow());
        // with the switch port in it: another guest's numbers under the same addresses say nothing of this one's
        word(((long) flow.guestPort() << 16) | flow.remotePort());
        word((40L << 56) | purpose);
        v2 ^= 0xff;
        for (int i = 0; i < 4; i++) {
            round();
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void word(long word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }

    private void round() {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
    }
}
