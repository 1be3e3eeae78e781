package vmlan.packet;

import java.nio.ByteBuffer;

/// A window over the options of a neighbour discovery message (RFC 4861 §4.6).
public final class NdOptions {
    public static final int SOURCE_LINK_LAYER = 1;
    public static final int TARGET_LINK_LAYER = 2;
    public static final int PREFIX = 3;
    public static final int MTU = 5;
    /// RFC 8106 §5.1.
    public static final int DNS_SERVER = 25;
    /// RFC 8106 §5.2.
    public static final int DNS_SEARCH = 31;
    /// The MAC of a message that has no such option.
    public static final long ABSENT = -1;

    private static final long MAC_MASK = 0xffff_ffff_ffffL;

    private long sourceMac;
    private long targetMac;

    /// A window that is aimed at nothing yet.
    public NdOptions() {}

    /// Walks the options; false when one has length zero, which drops the whole packet (RFC 4861 §4.6), or
    /// passes the end. The walk takes eight bytes a step at least, so it ends.
    public boolean aim(ByteBuffer buffer, int offset, int length) {
        sourceMac = ABSENT;
        targetMac = ABSENT;
        int at = offset;
        int end = offset + length;
        while (at < end) {
            if (end - at < 8) {
                return false;
            }
            int size = (buffer.get(at + 1) & 0xff) * 8;
            if (size == 0 || size > end - at) {
                return false;
            }
            int type = buffer.get(at) & 0xff;
            if (size == 8 && type == SOURCE_LINK_LAYER) {
                sourceMac = buffer.getLong(at) & MAC_MASK;
            } else if (size == 8 && type == TARGET_LINK_LAYER) {
                targetMac = buffer.getLong(at) & MAC_MASK;
            }
            at += size;
        }
        return true;
    }

    /// The sender's MAC as it says, or [#ABSENT].
    public long sourceMac() {
        return sourceMac;
    }

    /// The target's MAC as the sender says, or [#ABSENT].
    public long targetMac() {
        return targetMac;
    }

    /// The length in bytes of an option in a message that a window could be aimed at.
    public static int size(ByteBuffer buffer, int offset) {
        return (buffer.get(offset + 1) & 0xff) * 8;
    }

    /// Whether an option in such a message holds a MAC.
    public static boolean isMac(ByteBuffer buffer, int offset) {
        int type = buffer.get(offset) & 0xff;
        return (type == SOURCE_LINK_LAYER || type == TARGET_LINK_LAYER) && size(buffer, offset) == 8;
    }

    /// The MAC in such an option.
    public static long mac(ByteBuffer buffer, int offset) {
        return buffer.getLong(offset) & MAC_MASK;
    }

    /// Writes a link-layer address option, eight bytes.
    public static void writeMac(ByteBuffer buffer, int offset, int type, long mac) {
        buffer.putLong(offset, ((long) type << 56) | (1L << 48) | mac);
    }
}
