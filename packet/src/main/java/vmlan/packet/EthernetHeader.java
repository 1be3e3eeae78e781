package vmlan.packet;

import java.nio.ByteBuffer;

/// A window over an Ethernet II frame without its check sequence (IEEE 802.3 §3.1.1).
public final class EthernetHeader {
    public static final int LENGTH = 14;
    /// The least that a frame carries after its header; shorter ones are padded with zeros (IEEE 802.3
    /// §4.2.3.3).
    public static final int MIN_PAYLOAD = 46;

    public static final int TYPE_OFFSET = 12;

    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    public static final int TYPE_IPV6 = 0x86dd;
    /// A customer's VLAN tag, four bytes in front of the type (IEEE 802.1Q-2018 §9.5).
    public static final int TYPE_VLAN = 0x8100;
    /// A provider's.
    public static final int TYPE_SERVICE_VLAN = 0x88a8;

    public static final int TAG_LENGTH = 4;

    private static final long MAC_MASK = 0xffff_ffff_ffffL;

    private ByteBuffer buffer;
    private int offset;
    private int length;

    /// A window that is aimed at nothing yet.
    public EthernetHeader() {}

    /// Aims the window; false when the bytes are too few to be a frame.
    public boolean aim(ByteBuffer frames, int frameOffset, int frameLength) {
        buffer = frames;
        offset = frameOffset;
        length = frameLength;
        return frameLength >= LENGTH;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    public long destination() {
        return destination(buffer, offset);
    }

    public long source() {
        return source(buffer, offset);
    }

    public int type() {
        return buffer.getShort(offset + 12) & 0xffff;
    }

    public boolean isToGroup() {
        return MacAddress.isGroup(destination());
    }

    public int payloadOffset() {
        return offset + LENGTH;
    }

    public int payloadLength() {
        return length - LENGTH;
    }

    /// The destination's bits in one read, for the switch, which looks at nothing else.
    public static long destination(ByteBuffer buffer, int offset) {
        return buffer.getLong(offset) >>> 16;
    }

    /// The source's bits in one read.
    public static long source(ByteBuffer buffer, int offset) {
        return buffer.getLong(offset + 4) & MAC_MASK;
    }

    /// The type, or the protocol of a tag in front of it.
    public static int type(ByteBuffer buffer, int offset) {
        return buffer.getShort(offset + TYPE_OFFSET) & 0xffff;
    }

    public static void writeDestination(ByteBuffer buffer, int offset, long mac) {
        buffer.putShort(offset, (short) (mac >>> 32));
        buffer.putInt(offset + 2, (int) mac);
    }

    public static void writeSource(ByteBuffer buffer, int offset, long mac) {
        buffer.putShort(offset + 6, (short) (mac >>> 32));
        buffer.putInt(offset + 8, (int) mac);
    }

    public static void write(ByteBuffer buffer, int offset, long destination, long source, int type) {
        buffer.putLong(offset, (destination << 16) | (source >>> 32));
        buffer.putInt(offset + 8, (int) source);
        buffer.putShort(offset + 12, (short) type);
    }

    /// The group address that carries an IPv4 multicast (RFC 1112 §6.4).
    public static long ipv4Group(int address) {
        return 0x0100_5e00_0000L | (address & 0x7f_ffff);
    }

    /// The group address that carries an IPv6 multicast (RFC 2464 §7).
    public static long ipv6Group(long addressLow) {
        return 0x3333_0000_0000L | (addressLow & 0xffff_ffffL);
    }
}
