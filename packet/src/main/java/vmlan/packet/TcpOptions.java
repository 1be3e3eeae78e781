package vmlan.packet;

import java.nio.ByteBuffer;

/// The options of a TCP segment, read once into fields and valid until the next [#read]; and how to write them.
///
/// Trust: the bytes come from a guest. Each step of the walk is at least one byte within the header, whose
/// length was checked; a length that contradicts itself ends the walk, and what came before holds (RFC 9293
/// §3.1, MUST-7). An option whose length is not its own is passed over.
public final class TcpOptions {
    /// The longest there can be: a data offset of 15 words, less the header.
    public static final int MAX_LENGTH = 40;

    public static final int MSS_LENGTH = 4;
    /// With a NOP in front, so that what follows stays aligned; so are the next two.
    public static final int WINDOW_SCALE_LENGTH = 4;

    public static final int SACK_PERMITTED_LENGTH = 4;
    /// RFC 7323 appendix A.
    public static final int TIMESTAMPS_LENGTH = 12;

    /// What SACK costs besides its blocks, and each of them (RFC 2018 §3).
    public static final int SACK_LENGTH = 4;

    public static final int SACK_BLOCK_LENGTH = 8;
    /// So many fit into 40 bytes (RFC 2018 §3).
    public static final int MAX_SACK_BLOCKS = 4;

    private static final int END = 0;
    private static final int NOP = 1;
    private static final int MSS = 2;
    private static final int WINDOW_SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK = 5;
    private static final int TIMESTAMPS = 8;
    /// NOP, NOP, kind 8, length 10: what most segments of a connection with timestamps have and nothing else.
    private static final int ALIGNED_TIMESTAMPS = 0x0101_080a;

    private final int[] sackLeft = new int[MAX_SACK_BLOCKS];
    private final int[] sackRight = new int[MAX_SACK_BLOCKS];
    private int sackBlocks;
    private int mss;
    private int windowScale;
    private boolean sackPermitted;
    private boolean hasTimestamps;
    private int timestamp;
    private int timestampEcho;

    /// Without any option yet.
    public TcpOptions() {
        clear();
    }

    private void clear() {
        sackBlocks = 0;
        mss = 0;
        windowScale = -1;
        sackPermitted = false;
        hasTimestamps = false;
    }

    /// Reads what lies between the fixed header and the data.
    public TcpOptions read(ByteBuffer buffer, int offset, int length) {
        clear();
        if (length == TIMESTAMPS_LENGTH && buffer.getInt(offset) == ALIGNED_TIMESTAMPS) {
            timestamps(buffer, offset + 2);
            return this;
        }
        int end = offset + length;
        int at = offset;
        while (at < end) {
            int kind = buffer.get(at);
            if (kind == END) {
                break;
            }
            if (kind == NOP) {
                at++;
                continue;
            }
            int size = at + 1 < end ? buffer.get(at + 1) & 0xff : 0;
            if (size < 2 || size > end - at) {
                break;
            }
            option(buffer, at, kind, size);
            at += size;
        }
        return this;
    }

    private void option(ByteBuffer buffer, int at, int kind, int size) {
        switch (kind) {
            case MSS -> mss = size == 4 ? buffer.getShort(at + 2) & 0xffff : mss;
            case WINDOW_SCALE -> windowScale = size == 3 ? buffer.get(at + 2) & 0xff : windowScale;
            case SACK_PERMITTED -> sackPermitted |= size == 2;
            case TIMESTAMPS -> {
                if (size == 10) {
                    timestamps(buffer, at);
                }
            }
            case SACK -> {
                if (size % SACK_BLOCK_LENGTH == 2) {
                    sackBlocks = Math.min(MAX_SACK_BLOCKS, size / SACK_BLOCK_LENGTH);
                    for (int i = 0; i < sackBlocks; i++) {
                        sackLeft[i] = buffer.getInt(at + 2 + i * SACK_BLOCK_LENGTH);
                        sackRight[i] = buffer.getInt(at + 6 + i * SACK_BLOCK_LENGTH);
                    }
                }
            }
            default -> {} // unknown ones are ignored (RFC 9293 §3.1, MUST-6)
        }
    }

    private void timestamps(ByteBuffer buffer, int at) {
        hasTimestamps = true;
        timestamp = buffer.getInt(at + 2);
        timestampEcho = buffer.getInt(at + 6);
    }

    /// 0 when it was not said.
    public int mss() {
        return mss;
    }

    /// -1 when it was not said; may be more than the 14 that RFC 7323 §2.3 allows.
    public int windowScale() {
        return windowScale;
    }

    public boolean sackPermitted() {
        return sackPermitted;
    }

    public boolean hasTimestamps() {
        return hasTimestamps;
    }

    /// TSval; means something only with [#hasTimestamps].
    public int timestamp() {
        return timestamp;
    }

    /// TSecr.
    public int timestampEcho() {
        return timestampEcho;
    }

    public int sackBlocks() {
        return sackBlocks;
    }

    /// The first sequence number of a block.
    public int sackLeft(int block) {
        return sackLeft[block];
    }

    /// The sequence number behind a block.
    public int sackRight(int block) {
        return sackRight[block];
    }

    public static void writeMss(ByteBuffer buffer, int offset, int mss) {
        buffer.putInt(offset, (MSS << 24) | (MSS_LENGTH << 16) | mss);
    }

    public static void writeWindowScale(ByteBuffer buffer, int offset, int shift) {
        buffer.putInt(offset, (NOP << 24) | (WINDOW_SCALE << 16) | (3 << 8) | shift);
    }

    public static void writeSackPermitted(ByteBuffer buffer, int offset) {
        buffer.putInt(offset, (NOP << 24) | (NOP << 16) | (SACK_PERMITTED << 8) | 2);
    }

    public static void writeTimestamps(ByteBuffer buffer, int offset, int value, int echo) {
        buffer.putInt(offset, ALIGNED_TIMESTAMPS);
        buffer.putInt(offset + 4, value);
        buffer.putInt(offset + 8, echo);
    }

    /// Writes what stands in front of the blocks.
    public static void writeSack(ByteBuffer buffer, int offset, int blocks) {
        buffer.putInt(offset, (NOP << 24) | (NOP << 16) | (SACK << 8) | (2 + blocks * SACK_BLOCK_LENGTH));
    }

    public static void writeSackBlock(ByteBuffer buffer, int offset, int block, int left, int right) {
        buffer.putInt(offset + SACK_LENGTH + block * SACK_BLOCK_LENGTH, left);
        buffer.putInt(offset + SACK_LENGTH + block * SACK_BLOCK_LENGTH + 4, right);
    }
}
