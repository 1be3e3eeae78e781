package vmlan.packet;

import java.nio.ByteBuffer;

/// A window over a UDP datagram (RFC 768).
public final class UdpHeader {
    public static final int LENGTH = 8;

    private ByteBuffer buffer;
    private int offset;
    private int length;

    /// A window that is aimed at nothing yet.
    public UdpHeader() {}

    /// Aims the window; false when the datagram's length contradicts itself or `available`.
    public boolean aim(ByteBuffer frames, int datagramOffset, int available) {
        buffer = frames;
        offset = datagramOffset;
        if (available < LENGTH) {
            return false;
        }
        length = frames.getShort(datagramOffset + 4) & 0xffff;
        return length >= LENGTH && length <= available;
    }

    public int sourcePort() {
        return buffer.getShort(offset) & 0xffff;
    }

    public int destinationPort() {
        return buffer.getShort(offset + 2) & 0xffff;
    }

    public int length() {
        return length;
    }

    /// Over IPv4 a sender may leave it out (RFC 768); over IPv6 it may not (RFC 8200 §8.1).
    public boolean hasChecksum() {
        return buffer.getShort(offset + 6) != 0;
    }

    /// Sums the whole datagram.
    ///
    /// @param pseudoHeader with the datagram's own [#length]
    public boolean checksumIsRight(long pseudoHeader) {
        return Checksum.isRight(Checksum.add(pseudoHeader, buffer, offset, length));
    }

    /// One of the words that the checksum covers has changed (RFC 1624 §3). A datagram without checksum
    /// stays so.
    public void replace(int before, int after) {
        if (hasChecksum()) {
            int checksum = Checksum.replace(buffer.getShort(offset + 6) & 0xffff, before, after);
            buffer.putShort(offset + 6, (short) (checksum == 0 ? 0xffff : checksum));
        }
    }

    public int payloadOffset() {
        return offset + LENGTH;
    }

    public int payloadLength() {
        return length - LENGTH;
    }

    /// Writes the header in front of a payload that lies there already, with the checksum over both.
    ///
    /// @param pseudoHeader for protocol UDP and `LENGTH + payloadLength`
    public static void write(
            ByteBuffer buffer, int offset, int sourcePort, int destinationPort, int payloadLength, long pseudoHeader) {
        int length = LENGTH + payloadLength;
        buffer.putInt(offset, (sourcePort << 16) | destinationPort);
        buffer.putInt(offset + 4, length << 16);
        buffer.putShort(offset + 6, (short) Checksum.finishUdp(Checksum.add(pseudoHeader, buffer, offset, length)));
    }
}
