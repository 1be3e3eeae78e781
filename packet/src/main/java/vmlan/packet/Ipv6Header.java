package vmlan.packet;

import java.nio.ByteBuffer;

/// A window over an IPv6 packet and its extension headers (RFC 8200 §3, §4).
///
/// Trust: the chain of extension headers comes from a guest. Each is at least eight bytes long, so the walk
/// ends within the packet; still it takes [#MAX_EXTENSIONS] at most, more than any sender uses.
public final class Ipv6Header {
    public static final int LENGTH = 40;
    public static final int FRAGMENT_HEADER_LENGTH = 8;
    /// RFC 8200 §4.1 has an order of six headers with one of them twice.
    public static final int MAX_EXTENSIONS = 8;

    private ByteBuffer buffer;
    private int offset;
    private int end;
    private int protocol;
    private int protocolField;
    private int payloadOffset;
    private boolean fragment;
    private boolean laterFragment;
    private int fragmentHeader;

    /// A window that is aimed at nothing yet.
    public Ipv6Header() {}

    /// Aims the window; false when version or lengths contradict each other or `available`, and for a
    /// source route that is not yet used up (RFC 5095 §3).
    public boolean aim(ByteBuffer frames, int packetOffset, int available) {
        buffer = frames;
        offset = packetOffset;
        if (available < LENGTH || (frames.get(packetOffset) & 0xf0) != 0x60) {
            return false;
        }
        end = packetOffset + LENGTH + (frames.getShort(packetOffset + 4) & 0xffff);
        return end <= packetOffset + available && walkExtensions();
    }

    private boolean walkExtensions() {
        protocolField = offset + 6;
        protocol = buffer.get(protocolField) & 0xff;
        payloadOffset = offset + LENGTH;
        fragment = false;
        laterFragment = false;
        for (int count = 0; isExtension(protocol); count++) {
            if (count == MAX_EXTENSIONS || payloadOffset + 8 > end) {
                return false;
            }
            int length = 8;
            if (protocol == IpProtocol.FRAGMENT) {
                int place = buffer.getShort(payloadOffset + 2) & 0xffff;
                if (!fragment) {
                    fragmentHeader = payloadOffset;
                }
                fragment = true;
                laterFragment = place >>> 3 != 0;
            } else {
                length += (buffer.get(payloadOffset + 1) & 0xff) * 8;
                if (protocol == IpProtocol.ROUTING && buffer.get(payloadOffset + 3) != 0) {
                    return false;
                }
            }
            if (payloadOffset + length > end) {
                return false;
            }
            protocolField = payloadOffset;
            protocol = buffer.get(payloadOffset) & 0xff;
            payloadOffset += length;
            if (laterFragment) {
                break; // what follows is the middle of something
            }
        }
        return true;
    }

    private static boolean isExtension(int header) {
        return header == IpProtocol.HOP_BY_HOP
                || header == IpProtocol.ROUTING
                || header == IpProtocol.FRAGMENT
                || header == IpProtocol.DESTINATION_OPTIONS;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    public int offset() {
        return offset;
    }

    public int totalLength() {
        return end - offset;
    }

    public int hopLimit() {
        return buffer.get(offset + 7) & 0xff;
    }

    public int trafficClass() {
        return (buffer.getShort(offset) >>> 4) & 0xff;
    }

    public long sourceHigh() {
        return buffer.getLong(offset + 8);
    }

    public long sourceLow() {
        return buffer.getLong(offset + 16);
    }

    public long destinationHigh() {
        return buffer.getLong(offset + 24);
    }

    public long destinationLow() {
        return buffer.getLong(offset + 32);
    }

    public boolean sourceIsUnspecified() {
        return (sourceHigh() | sourceLow()) == 0;
    }

    public boolean isFragment() {
        return fragment;
    }

    public boolean isLaterFragment() {
        return laterFragment;
    }

    /// Where the fragment header is in the buffer, the first of them; means something only with [#isFragment].
    public int fragmentHeader() {
        return fragmentHeader;
    }

    /// As [Ipv4Header#hasMoreFragments].
    public boolean hasMoreFragments() {
        return (buffer.getShort(fragmentHeader + 2) & 1) != 0;
    }

    /// As [Ipv4Header#fragmentOffset].
    public int fragmentOffset() {
        return buffer.getShort(fragmentHeader + 2) & 0xfff8;
    }

    public int identification() {
        return buffer.getInt(fragmentHeader + 4);
    }

    /// The protocol behind the extension headers.
    public int protocol() {
        return protocol;
    }

    /// Where in the packet [#protocol] is named, for a parameter problem's pointer (RFC 4443 §3.4).
    public int protocolPointer() {
        return protocolField - offset;
    }

    public int payloadOffset() {
        return payloadOffset;
    }

    public int payloadLength() {
        return end - payloadOffset;
    }

    /// The pseudo-header's sum for the payload of this packet.
    public long pseudoHeader() {
        return Checksum.pseudoHeader(
                sourceHigh(), sourceLow(), destinationHigh(), destinationLow(), protocol, payloadLength());
    }

    public static boolean isMulticast(long high) {
        return high >>> 56 == 0xff;
    }

    /// fe80::/10 (RFC 4291 §2.5.6).
    public static boolean isLinkLocal(long high) {
        return high >>> 54 == (0xfe80 >>> 6);
    }

    public static boolean isLoopback(long high, long low) {
        return high == 0 && low == 1;
    }

    public static void write(
            ByteBuffer buffer,
            int offset,
            int trafficClass,
            int hopLimit,
            int protocol,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int payloadLength) {
        buffer.putInt(offset, (6 << 28) | (trafficClass << 20));
        buffer.putShort(offset + 4, (short) payloadLength);
        buffer.put(offset + 6, (byte) protocol);
        buffer.put(offset + 7, (byte) hopLimit);
        buffer.putLong(offset + 8, sourceHigh);
        buffer.putLong(offset + 16, sourceLow);
        buffer.putLong(offset + 24, destinationHigh);
        buffer.putLong(offset + 32, destinationLow);
    }

    /// Writes a fragment header (RFC 8200 §4.5).
    ///
    /// @param fragmentOffset in bytes, a multiple of eight
    /// @param hasMore whether other fragments belong behind it
    public static void writeFragmentHeader(
            ByteBuffer buffer, int offset, int protocol, int identification, int fragmentOffset, boolean hasMore) {
        buffer.putInt(offset, (protocol << 24) | fragmentOffset | (hasMore ? 1 : 0));
        buffer.putInt(offset + 4, identification);
    }

    /// Makes the header of a first fragment that of the whole packet, without extension headers in front.
    public static void makeWhole(ByteBuffer buffer, int offset, int protocol, int payloadLength) {
        buffer.putShort(offset + 4, (short) payloadLength);
        buffer.put(offset + 6, (byte) protocol);
    }
}
