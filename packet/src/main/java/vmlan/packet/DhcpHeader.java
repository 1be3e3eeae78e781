package vmlan.packet;

import java.nio.ByteBuffer;

/// A window over the fixed part of a DHCPv4 message (RFC 2131 §2), for those who only pass it on.
public final class DhcpHeader {
    /// Up to the options.
    public static final int LENGTH = 236;
    /// In the flags: answer by broadcast (RFC 2131 §4.1).
    public static final int BROADCAST = 0x8000;

    /// Hardware type Ethernet, with six bytes.
    static final int ETHERNET_6 = 0x0106;

    private ByteBuffer buffer;
    private int offset;

    /// A window that is aimed at nothing yet.
    public DhcpHeader() {}

    /// Aims the window; false when the bytes are too few or not for Ethernet.
    public boolean aim(ByteBuffer frames, int messageOffset, int available) {
        buffer = frames;
        offset = messageOffset;
        return available >= LENGTH && (frames.getShort(messageOffset + 1) & 0xffff) == ETHERNET_6;
    }

    /// [DhcpMessage#REQUEST] or [DhcpMessage#REPLY].
    public int operation() {
        return buffer.get(offset) & 0xff;
    }

    public int flags() {
        return buffer.getShort(offset + 10) & 0xffff;
    }

    public void writeFlags(int flags) {
        buffer.putShort(offset + 10, (short) flags);
    }

    /// chaddr.
    public long clientMac() {
        return buffer.getLong(offset + 28) >>> 16;
    }
}
