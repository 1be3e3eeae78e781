package vmlan.packet;

import java.nio.ByteBuffer;

/// A window over an IPv4 packet (RFC 791 §3.1). What lies behind its total length is Ethernet padding, not
/// payload.
public final class Ipv4Header {
    /// Without options.
    public static final int LENGTH = 20;

    private static final int DONT_FRAGMENT = 0x4000;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int OFFSET_MASK = 0x1fff;

    private ByteBuffer buffer;
    private int offset;
    private int headerLength;
    private int totalLength;

    /// A window that is aimed at nothing yet.
    public Ipv4Header() {}

    /// Aims the window; false when version or lengths contradict each other or `available`.
    public boolean aim(ByteBuffer frames, int packetOffset, int available) {
        buffer = frames;
        offset = packetOffset;
        if (available < LENGTH) {
            return false;
        }
        int first = frames.get(packetOffset) & 0xff;
        headerLength = (first & 0xf) * 4;
        totalLength = frames.getShort(packetOffset + 2) & 0xffff;
        return first >>> 4 == 4 && headerLength >= LENGTH && totalLength >= headerLength && totalLength <= available;
    }

    public boolean checksumIsRight() {
        return Checksum.isRight(Checksum.add(0, buffer, offset, headerLength));
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    public int offset() {
        return offset;
    }

    public int headerLength() {
        return headerLength;
    }

    public int totalLength() {
        return totalLength;
    }

    public int typeOfService() {
        return buffer.get(offset + 1) & 0xff;
    }

    public boolean isFragment() {
        return (buffer.getShort(offset + 6) & (MORE_FRAGMENTS | OFFSET_MASK)) != 0;
    }

    public boolean dontFragment() {
        return (buffer.getShort(offset + 6) & DONT_FRAGMENT) != 0;
    }

    /// A fragment other than the first, so one whose payload does not begin with a header.
    public boolean isLaterFragment() {
        return (buffer.getShort(offset + 6) & OFFSET_MASK) != 0;
    }

    /// Whether other fragments belong behind this one.
    public boolean hasMoreFragments() {
        return (buffer.getShort(offset + 6) & MORE_FRAGMENTS) != 0;
    }

    /// Where in the whole packet's payload this one's belongs, in bytes.
    public int fragmentOffset() {
        return (buffer.getShort(offset + 6) & OFFSET_MASK) * 8;
    }

    public int identification() {
        return buffer.getShort(offset + 4) & 0xffff;
    }

    public int timeToLive() {
        return buffer.get(offset + 8) & 0xff;
    }

    public int protocol() {
        return buffer.get(offset + 9) & 0xff;
    }

    public int source() {
        return buffer.getInt(offset + 12);
    }

    public int destination() {
        return buffer.getInt(offset + 16);
    }

    public int payloadOffset() {
        return offset + headerLength;
    }

    public int payloadLength() {
        return totalLength - headerLength;
    }

    /// The pseudo-header's sum for the payload of this packet.
    public long pseudoHeader() {
        return Checksum.pseudoHeader(source(), destination(), protocol(), payloadLength());
    }

    /// 224.0.0.0/4 (RFC 5771 §3).
    public static boolean isMulticast(int address) {
        return address >>> 28 == 0xe;
    }

    /// 127.0.0.0/8 (RFC 1122 §3.2.1.3).
    public static boolean isLoopback(int address) {
        return address >>> 24 == 127;
    }

    /// Writes a header without options in front of a payload. The identification is zero, as it may be for
    /// a packet that is never fragmented (RFC 6864 §4.1).
    public static void write(
            ByteBuffer buffer,
            int offset,
            int typeOfService,
            int timeToLive,
            int protocol,
            int source,
            int destination,
            int payloadLength) {
        buffer.put(offset, (byte) 0x45);
        buffer.put(offset + 1, (byte) typeOfService);
        buffer.putShort(offset + 2, (short) (LENGTH + payloadLength));
        buffer.putInt(offset + 4, DONT_FRAGMENT);
        buffer.put(offset + 8, (byte) timeToLive);
        buffer.put(offset + 9, (byte) protocol);
        buffer.putInt(offset + 12, source);
        buffer.putInt(offset + 16, destination);
        writeChecksum(buffer, offset, LENGTH);
    }

    /// Writes a header without options in front of a fragment's payload.
    ///
    /// @param fragmentOffset in bytes, a multiple of eight
    /// @param hasMore whether other fragments belong behind it
    public static void writeFragment(
            ByteBuffer buffer,
            int offset,
            int timeToLive,
            int protocol,
            int source,
            int destination,
            int payloadLength,
            int identification,
            int fragmentOffset,
            boolean hasMore) {
        write(buffer, offset, 0, timeToLive, protocol, source, destination, payloadLength);
        int place = fragmentOffset / 8 | (hasMore ? MORE_FRAGMENTS : 0);
        buffer.putInt(offset + 4, (identification << 16) | place);
        writeChecksum(buffer, offset, LENGTH);
    }

    /// Makes the header of a first fragment that of the whole packet, without options.
    public static void makeWhole(ByteBuffer buffer, int offset, int payloadLength) {
        buffer.put(offset, (byte) 0x45);
        buffer.putShort(offset + 2, (short) (LENGTH + payloadLength));
        buffer.putShort(offset + 6, (short) 0);
        writeChecksum(buffer, offset, LENGTH);
    }

    private static void writeChecksum(ByteBuffer buffer, int offset, int headerLength) {
        buffer.putShort(offset + 10, (short) 0);
        buffer.putShort(offset + 10, (short) Checksum.finish(Checksum.add(0, buffer, offset, headerLength)));
    }
}
