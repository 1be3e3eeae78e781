package vmlan.network.ip;

import java.nio.ByteBuffer;
import vmlan.packet.Checksum;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;

/// A packet of either family, seen as one kind: a window over a frame, valid until the handler returns.
public final class IpPacket {
    /// RFC 791 §3.1.
    private static final int IPV4_PROTOCOL = 9;

    private ByteBuffer buffer;
    private int offset;
    private int totalLength;
    private int payloadOffset;
    private int payloadLength;
    private boolean ipv4;
    private boolean fragment;
    private boolean dontFragment;
    private int protocol;
    private int protocolPointer;
    private int trafficClass;
    private int hopLimit;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;

    /// A window that is aimed at nothing yet.
    public IpPacket() {}

    /// Takes over what a checked header says.
    public IpPacket aim(Ipv4Header header) {
        buffer = header.buffer();
        offset = header.offset();
        totalLength = header.totalLength();
        payloadOffset = header.payloadOffset();
        payloadLength = header.payloadLength();
        ipv4 = true;
        fragment = header.isFragment();
        dontFragment = header.dontFragment();
        protocol = header.protocol();
        protocolPointer = IPV4_PROTOCOL;
        trafficClass = header.typeOfService();
        hopLimit = header.timeToLive();
        sourceHigh = 0;
        sourceLow = IpAddress.mapped(header.source());
        destinationHigh = 0;
        destinationLow = IpAddress.mapped(header.destination());
        return this;
    }

    /// Takes over what a checked header says.
    public IpPacket aim(Ipv6Header header) {
        buffer = header.buffer();
        offset = header.offset();
        totalLength = header.totalLength();
        payloadOffset = header.payloadOffset();
        payloadLength = header.payloadLength();
        ipv4 = false;
        fragment = header.isFragment();
        dontFragment = true;
        protocol = header.protocol();
        protocolPointer = header.protocolPointer();
        trafficClass = header.trafficClass();
        hopLimit = header.hopLimit();
        sourceHigh = header.sourceHigh();
        sourceLow = header.sourceLow();
        destinationHigh = header.destinationHigh();
        destinationLow = header.destinationLow();
        return this;
    }

    /// The packet has come in fragments, so it may go on in fragments, also over IPv6.
    public IpPacket reassembled() {
        dontFragment = false;
        return this;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    public int offset() {
        return offset;
    }

    public int totalLength() {
        return totalLength;
    }

    public int payloadOffset() {
        return payloadOffset;
    }

    public int payloadLength() {
        return payloadLength;
    }

    public boolean isIpv4() {
        return ipv4;
    }

    public boolean isFragment() {
        return fragment;
    }

    /// So for IPv6, where routers do not fragment (RFC 8200 §4.5), unless it was [#reassembled].
    public boolean dontFragment() {
        return dontFragment;
    }

    public int protocol() {
        return protocol;
    }

    /// Where in the packet [#protocol] is named.
    public int protocolPointer() {
        return protocolPointer;
    }

    public int trafficClass() {
        return trafficClass;
    }

    public int hopLimit() {
        return hopLimit;
    }

    public long sourceHigh() {
        return sourceHigh;
    }

    public long sourceLow() {
        return sourceLow;
    }

    public long destinationHigh() {
        return destinationHigh;
    }

    public long destinationLow() {
        return destinationLow;
    }

    /// The pseudo-header's sum for a payload of this length in this packet.
    public long pseudoHeader(int length) {
        return ipv4
                ? Checksum.pseudoHeader((int) sourceLow, (int) destinationLow, protocol, length)
                : Checksum.pseudoHeader(sourceHigh, sourceLow, destinationHigh, destinationLow, protocol, length);
    }
}
