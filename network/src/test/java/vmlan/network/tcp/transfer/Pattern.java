package vmlan.network.tcp.transfer;

import java.nio.ByteBuffer;

/// An endless stream of bytes of which each is known by its position, so that one that is lost, repeated or
/// moved is found at once, and no copy has to be kept.
public final class Pattern {
    private final long seed;

    public Pattern(long seed) {
        this.seed = seed;
    }

    /// Fills a buffer from its position to its limit; the first byte is the stream's at `at`.
    public void fill(ByteBuffer buffer, long at) {
        long position = at;
        while (buffer.hasRemaining()) {
            if ((position & 7) == 0 && buffer.remaining() >= Long.BYTES) {
                buffer.putLong(word(position >>> 3));
                position += Long.BYTES;
            } else {
                buffer.put(value(position++));
            }
        }
    }

    /// Compares a buffer from its position to its limit, which it empties.
    ///
    /// @return the place in the stream of the first byte that is not as it must be, or -1
    public long difference(ByteBuffer buffer, long at) {
        long position = at;
        while (buffer.hasRemaining()) {
            if ((position & 7) == 0 && buffer.remaining() >= Long.BYTES) {
                long difference = buffer.getLong() ^ word(position >>> 3);
                if (difference != 0) {
                    return position + (Long.numberOfLeadingZeros(difference) >>> 3);
                }
                position += Long.BYTES;
            } else if (buffer.get() != value(position)) {
                return position;
            } else {
                position++;
            }
        }
        return -1;
    }

    private byte value(long position) {
        return (byte) (word(position >>> 3) >>> (56 - 8 * (position & 7)));
    }

    /// SplittableRandom's mixing function.
    private long word(long index) {
        long z = seed + index * 0x9e37_79b9_7f4a_7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return z ^ (z >>> 31);
    }
}
