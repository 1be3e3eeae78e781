package vmlan.packet;

import java.nio.ByteBuffer;

/// A window over an ICMP (RFC 792) or ICMPv6 (RFC 4443) message: both begin with type, code, checksum and
/// four bytes whose meaning the type gives.
public final class IcmpHeader {
    public static final int LENGTH = 8;

    public static final int ECHO_REPLY = 0;
    public static final int UNREACHABLE = 3;
    public static final int ECHO = 8;
    public static final int TIME_EXCEEDED = 11;

    /// Codes of [#UNREACHABLE] (RFC 792, RFC 1122 §3.2.2.1).
    public static final int NET_UNREACHABLE = 0;

    public static final int HOST_UNREACHABLE = 1;
    public static final int PROTOCOL_UNREACHABLE = 2;
    public static final int PORT_UNREACHABLE = 3;
    /// Its last two bytes are the MTU (RFC 1191 §4).
    public static final int FRAGMENTATION_NEEDED = 4;
    /// RFC 1812 §5.2.7.1.
    public static final int PROHIBITED = 13;

    /// Code of [#TIME_EXCEEDED] and [#V6_TIME_EXCEEDED].
    public static final int REASSEMBLY_TIME_EXCEEDED = 1;

    public static final int V6_UNREACHABLE = 1;
    public static final int V6_PACKET_TOO_BIG = 2;
    public static final int V6_TIME_EXCEEDED = 3;
    public static final int V6_PARAMETER_PROBLEM = 4;
    public static final int V6_ECHO = 128;
    public static final int V6_ECHO_REPLY = 129;
    public static final int ROUTER_SOLICITATION = 133;
    public static final int ROUTER_ADVERTISEMENT = 134;
    public static final int NEIGHBOUR_SOLICITATION = 135;
    public static final int NEIGHBOUR_ADVERTISEMENT = 136;
    public static final int REDIRECT = 137;

    /// Codes of [#V6_UNREACHABLE] (RFC 4443 §3.1).
    public static final int NO_ROUTE = 0;

    public static final int V6_PROHIBITED = 1;
    public static final int BEYOND_SCOPE = 2;
    public static final int ADDRESS_UNREACHABLE = 3;
    public static final int V6_PORT_UNREACHABLE = 4;

    /// Code of [#V6_PARAMETER_PROBLEM] (RFC 4443 §3.4).
    public static final int UNKNOWN_NEXT_HEADER = 1;

    private ByteBuffer buffer;
    private int offset;
    private int length;

    /// A window that is aimed at nothing yet.
    public IcmpHeader() {}

    /// Aims the window; false when the message is shorter than its header.
    public boolean aim(ByteBuffer frames, int messageOffset, int messageLength) {
        buffer = frames;
        offset = messageOffset;
        length = messageLength;
        return messageLength >= LENGTH;
    }

    /// Sums the whole message.
    ///
    /// @param pseudoHeader zero for ICMP, [Ipv6Header#pseudoHeader] for ICMPv6 (RFC 4443 §2.3)
    public boolean checksumIsRight(long pseudoHeader) {
        return Checksum.isRight(Checksum.add(pseudoHeader, buffer, offset, length));
    }

    public int type() {
        return buffer.get(offset) & 0xff;
    }

    public int code() {
        return buffer.get(offset + 1) & 0xff;
    }

    public int checksum() {
        return buffer.getShort(offset + 2) & 0xffff;
    }

    public void writeChecksum(int checksum) {
        buffer.putShort(offset + 2, (short) checksum);
    }

    /// Identifier and sequence number of an echo.
    public int identifier() {
        return buffer.getShort(offset + 4) & 0xffff;
    }

    public int sequence() {
        return buffer.getShort(offset + 6) & 0xffff;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /// Whether a message of this type reports an error, so must not be answered by one (RFC 1122 §3.2.2).
    public static boolean isError(int type) {
        // unreachable, source quench, redirect, time exceeded, parameter problem
        return type == UNREACHABLE || type == 4 || type == 5 || type == TIME_EXCEEDED || type == 12;
    }

    /// The same for ICMPv6: the high bit tells (RFC 4443 §2.1), and redirects count too (§2.4 (e.2)).
    public static boolean isV6Error(int type) {
        return type < 128 || type == REDIRECT;
    }

    /// Writes type, code and the four bytes behind the checksum; the checksum is zero until
    /// [#writeChecksum].
    public static void write(ByteBuffer buffer, int offset, int type, int code, int rest) {
        buffer.putInt(offset, (type << 24) | (code << 16));
        buffer.putInt(offset + 4, rest);
    }

    /// Fills in the checksum of a message that is otherwise complete.
    ///
    /// @param pseudoHeader as for [#checksumIsRight]
    public static void writeChecksum(ByteBuffer buffer, int offset, int length, long pseudoHeader) {
        buffer.putShort(offset + 2, (short) 0);
        buffer.putShort(offset + 2, (short) Checksum.finish(Checksum.add(pseudoHeader, buffer, offset, length)));
    }
}
