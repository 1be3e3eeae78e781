package vmlan.network.tcp.crowd;

import java.nio.ByteBuffer;
import vmlan.packet.TcpHeader;

/// A segment that came to a guest of a test.
public record Segment(
        int sourcePort, int destinationPort, int sequence, int acknowledgement, int flags, int window, int length) {
    /// @return null when the frame is none: ARP, ICMP
    static Segment of(ByteBuffer frame, int offset) {
        if (frame.getShort(offset + 12) != 0x0800 || frame.get(offset + 23) != 6) {
            return null;
        }
        int at = offset + 34;
        int headerLength = (frame.get(at + 12) & 0xf0) >>> 2;
        return new Segment(
                frame.getShort(at) & 0xffff,
                frame.getShort(at + 2) & 0xffff,
                frame.getInt(at + 4),
                frame.getInt(at + 8),
                frame.get(at + 13) & 0x3f,
                frame.getShort(at + 14) & 0xffff,
                (frame.getShort(offset + 16) & 0xffff) - 20 - headerLength);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    boolean isSynAck() {
        return has(TcpHeader.SYN) && has(TcpHeader.ACK);
    }
}
