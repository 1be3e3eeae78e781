package vmlan.packet;

import java.nio.ByteBuffer;

/// A window over an ARP packet for IPv4 on Ethernet (RFC 826).
public final class ArpHeader {
    public static final int LENGTH = 28;
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    /// Hardware type Ethernet, protocol IPv4, address lengths 6 and 4.
    private static final long ETHERNET_IPV4 = 0x0001_0800_0604L;

    private static final long MAC_MASK = 0xffff_ffff_ffffL;

    private ByteBuffer buffer;
    private int offset;

    /// A window that is aimed at nothing yet.
    public ArpHeader() {}

    /// Aims the window; false for anything but a whole request or reply for IPv4 on Ethernet.
    public boolean aim(ByteBuffer frames, int packetOffset, int available) {
        buffer = frames;
        offset = packetOffset;
        return available >= LENGTH
                && frames.getLong(packetOffset) >>> 16 == ETHERNET_IPV4
                && (operation() == REQUEST || operation() == REPLY);
    }

    public int operation() {
        return buffer.getShort(offset + 6) & 0xffff;
    }

    public long senderMac() {
        return buffer.getLong(offset + 6) & MAC_MASK;
    }

    public int senderAddress() {
        return buffer.getInt(offset + 14);
    }

    public long targetMac() {
        return buffer.getLong(offset + 16) & MAC_MASK;
    }

    public int targetAddress() {
        return buffer.getInt(offset + 24);
    }

    public void writeSenderMac(long mac) {
        buffer.putShort(offset + 8, (short) (mac >>> 32));
        buffer.putInt(offset + 10, (int) mac);
    }

    public void writeTargetMac(long mac) {
        buffer.putShort(offset + 18, (short) (mac >>> 32));
        buffer.putInt(offset + 20, (int) mac);
    }

    public static void write(
            ByteBuffer buffer,
            int offset,
            int operation,
            long senderMac,
            int senderAddress,
            long targetMac,
            int targetAddress) {
        buffer.putLong(offset, (ETHERNET_IPV4 << 16) | operation);
        buffer.putLong(offset + 8, (senderMac << 16) | (senderAddress >>> 16));
        buffer.putShort(offset + 16, (short) senderAddress);
        buffer.putShort(offset + 18, (short) (targetMac >>> 32));
        buffer.putInt(offset + 20, (int) targetMac);
        buffer.putInt(offset + 24, targetAddress);
    }
}
