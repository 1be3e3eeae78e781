package vmlan.network.tcp.transfer;

import java.nio.ByteBuffer;
import vmlan.packet.EthernetHeader;
import vmlan.packet.TcpHeader;

/// A segment in a line, for finding out what went wrong.
public final class SegmentText {
    private static final String[] FLAGS = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};

    private SegmentText() {}

    /// Whether a frame belongs to a connection with this port.
    public static boolean concerns(ByteBuffer frame, int offset, int tcpPort) {
        int at = offset + headers(frame, offset);
        return (frame.getShort(at) & 0xffff) == tcpPort || (frame.getShort(at + 2) & 0xffff) == tcpPort;
    }

    private static boolean isIpv4(ByteBuffer frame, int offset) {
        return EthernetHeader.type(frame, offset) == EthernetHeader.TYPE_IPV4;
    }

    private static int headers(ByteBuffer frame, int offset) {
        return isIpv4(frame, offset) ? 34 : 54;
    }

    /// Of a frame with TCP over IPv4 or IPv6 without options of theirs.
    public static String of(ByteBuffer frame, int offset) {
        int at = offset + headers(frame, offset);
        int total = isIpv4(frame, offset)
                ? (frame.getShort(offset + 16) & 0xffff) - 20
                : frame.getShort(offset + 18) & 0xffff;
        int headerLength = (frame.get(at + 12) & 0xf0) >>> 2;
        StringBuilder text = new StringBuilder();
        text.append("%5d > %5d ".formatted(frame.getShort(at) & 0xffff, frame.getShort(at + 2) & 0xffff));
        for (int bit = 0; bit < 8; bit++) {
            if (((frame.get(at + 13) >>> bit) & 1) != 0) {
                text.append(FLAGS[bit]).append(' ');
            }
        }
        text.append("seq %08x ack %08x win %d len %d"
                .formatted(
                        frame.getInt(at + 4),
                        frame.getInt(at + 8),
                        frame.getShort(at + 14) & 0xffff,
                        total - headerLength));
        options(text, frame, at + TcpHeader.LENGTH, at + headerLength);
        return text.toString();
    }

    private static void options(StringBuilder text, ByteBuffer frame, int from, int end) {
        for (int at = from; at < end && frame.get(at) != 0; ) {
            int kind = frame.get(at);
            if (kind == 1) {
                at++;
                continue;
            }
            int length = frame.get(at + 1) & 0xff;
            switch (kind) {
                case 2 -> text.append(" mss ").append(frame.getShort(at + 2) & 0xffff);
                case 3 -> text.append(" scale ").append(frame.get(at + 2));
                case 4 -> text.append(" sackok");
                case 5 -> {
                    for (int block = at + 2; block < at + length; block += 8) {
                        text.append(" sack %08x-%08x".formatted(frame.getInt(block), frame.getInt(block + 4)));
                    }
                }
                case 8 -> text.append(" ts %08x %08x".formatted(frame.getInt(at + 2), frame.getInt(at + 6)));
                default -> text.append(" option ").append(kind);
            }
            at += Math.max(2, length);
        }
    }
}
