package vmlan.packet;

import java.nio.ByteBuffer;

/// A window over a TCP segment (RFC 9293 §3.1).
public final class TcpHeader {
    /// Without options.
    public static final int LENGTH = 20;

    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int PSH = 8;
    public static final int ACK = 16;
    /// RFC 3168 §6.1.
    public static final int CWR = 128;

    private ByteBuffer buffer;
    private int offset;
    private int length;
    private int headerLength;

    /// A window that is aimed at nothing yet.
    public TcpHeader() {}

    /// Aims the window; false when the data offset contradicts itself or the segment's length.
    public boolean aim(ByteBuffer frames, int segmentOffset, int segmentLength) {
        buffer = frames;
        offset = segmentOffset;
        length = segmentLength;
        if (segmentLength < LENGTH) {
            return false;
        }
        headerLength = ((frames.get(segmentOffset + 12) & 0xf0) >>> 4) * 4;
        return headerLength >= LENGTH && headerLength <= segmentLength;
    }

    public boolean checksumIsRight(long pseudoHeader) {
        return Checksum.isRight(Checksum.add(pseudoHeader, buffer, offset, length));
    }

    public int sourcePort() {
        return buffer.getShort(offset) & 0xffff;
    }

    public int destinationPort() {
        return buffer.getShort(offset + 2) & 0xffff;
    }

    public int sequence() {
        return buffer.getInt(offset + 4);
    }

    public int acknowledgement() {
        return buffer.getInt(offset + 8);
    }

    public boolean has(int flag) {
        return (buffer.get(offset + 13) & flag) != 0;
    }

    public int flags() {
        return buffer.get(offset + 13) & 0xff;
    }

    /// As it stands there, so not scaled.
    public int window() {
        return buffer.getShort(offset + 14) & 0xffff;
    }

    public int dataOffset() {
        return offset + headerLength;
    }

    public int dataLength() {
        return length - headerLength;
    }

    /// Reads the options.
    public TcpOptions options(TcpOptions into) {
        return into.read(buffer, offset + LENGTH, headerLength - LENGTH);
    }

    /// Of the header with its options.
    public int headerLength() {
        return headerLength;
    }

    /// SEG.LEN: the octets of data, and one each for SYN and FIN (RFC 9293 §3.4).
    public int sequenceLength() {
        return length - headerLength + (has(SYN) ? 1 : 0) + (has(FIN) ? 1 : 0);
    }

    /// Writes a segment without options, data and window: a reset needs no more.
    ///
    /// @param pseudoHeader for protocol TCP and [#LENGTH]
    public static void write(
            ByteBuffer buffer,
            int offset,
            int sourcePort,
            int destinationPort,
            int sequence,
            int acknowledgement,
            int flags,
            long pseudoHeader) {
        buffer.putInt(offset, (sourcePort << 16) | destinationPort);
        buffer.putInt(offset + 4, sequence);
        buffer.putInt(offset + 8, acknowledgement);
        buffer.putInt(offset + 12, ((LENGTH / 4) << 28) | (flags << 16));
        buffer.putInt(offset + 16, 0);
        buffer.putShort(offset + 16, (short) Checksum.finish(Checksum.add(pseudoHeader, buffer, offset, LENGTH)));
    }

    /// Writes a header in front of options and data that are there already, and the checksum over all.
    ///
    /// @param headerLength with the options, a multiple of four
    /// @param pseudoHeader for protocol TCP and the whole length
    public static void write(
            ByteBuffer buffer,
            int offset,
            int headerLength,
            int dataLength,
            int sourcePort,
            int destinationPort,
            int sequence,
            int acknowledgement,
            int flags,
            int window,
            long pseudoHeader) {
        buffer.putInt(offset, (sourcePort << 16) | destinationPort);
        buffer.putInt(offset + 4, sequence);
        buffer.putInt(offset + 8, acknowledgement);
        buffer.putInt(offset + 12, ((headerLength / 4) << 28) | (flags << 16) | window);
        buffer.putInt(offset + 16, 0);
        long sum = Checksum.add(pseudoHeader, buffer, offset, headerLength + dataLength);
        buffer.putShort(offset + 16, (short) Checksum.finish(sum));
    }
}
