package vmlan.network.ip;

import java.nio.ByteBuffer;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpAddress;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;

/// Tells senders why their packet went nowhere (RFC 792, RFC 4443), within the limits of RFC 1122 §3.2.2, RFC
/// 1812 §4.3.2 and RFC 4443 §2.4 (e), (f): no error about an error, a broadcast, or a fragment other than the
/// first; and not too many.
///
/// An error about a packet that is at hand quotes it as it came. One about a packet of some time ago quotes
/// a header made anew and the first eight bytes behind it, which is what RFC 792 asks for and what a sender
/// needs to find its socket.
public final class IcmpErrors implements ErrorSender {
    /// RFC 1812 §4.3.2.3: as much of the packet as fits in 576 bytes.
    private static final int MAX_QUOTE = 576 - Ipv4Header.LENGTH - IcmpHeader.LENGTH;
    /// RFC 4443 §2.4 (c): as much of the packet as fits in the least MTU.
    private static final int MAX_V6_QUOTE = 1280 - Ipv6Header.LENGTH - IcmpHeader.LENGTH;
    /// RFC 8200 §5: no way carries less, and a host ignores an MTU below it (RFC 8201 §4).
    private static final int MIN_V6_MTU = 1280;

    private static final int QUOTED_PAYLOAD = Long.BYTES;

    private final Outbox out;
    private final RateLimit limit;
    private final int address;
    private final long globalHigh;
    private final long globalLow;
    private final long linkLocalHigh;
    private final long linkLocalLow;

    /// @param address the gateway's own
    /// @param global the gateway's own in the network's prefix
    public IcmpErrors(Outbox out, RateLimit limit, int address, IpAddress global, IpAddress linkLocal) {
        this.out = out;
        this.limit = limit;
        this.address = address;
        globalHigh = global.high();
        globalLow = global.low();
        linkLocalHigh = linkLocal.high();
        linkLocalLow = linkLocal.low();
    }

    /// @param packet came to us alone, with a source that is one host's
    public void send(SwitchPort to, long toMac, Ipv4Header packet, int type, int code, long now) {
        if (!packet.isLaterFragment()) {
            quote4(
                    to,
                    toMac,
                    packet.buffer(),
                    packet.offset(),
                    packet.totalLength(),
                    packet.protocol(),
                    packet.payloadOffset(),
                    type,
                    code,
                    0,
                    now);
        }
    }

    /// @param packet came to us alone, with a source that is one host's
    /// @param rest the four bytes after the checksum, such as a pointer
    public void send(SwitchPort to, long toMac, Ipv6Header packet, int type, int code, int rest, long now) {
        if (!packet.isLaterFragment()) {
            quote6(
                    to,
                    toMac,
                    packet.buffer(),
                    packet.offset(),
                    packet.totalLength(),
                    packet.protocol(),
                    packet.payloadOffset(),
                    type,
                    code,
                    rest,
                    now);
        }
    }

    /// An error about a whole packet of either family that is at hand.
    ///
    /// @param packet came to us alone, with a source that is one host's
    /// @param mtu of the way, with [OutsideError#TOO_BIG], else 0
    public void send(SwitchPort to, long toMac, IpPacket packet, OutsideError why, int mtu, long now) {
        int kind = kind(packet.isIpv4(), why);
        int rest = rest(packet.isIpv4(), why, mtu);
        send(to, toMac, packet, kind >>> 8, kind & 0xff, rest, now);
    }

    /// The same with type and code of the packet's family.
    public void send(SwitchPort to, long toMac, IpPacket packet, int type, int code, int rest, long now) {
        if (packet.isIpv4()) {
            quote4(
                    to,
                    toMac,
                    packet.buffer(),
                    packet.offset(),
                    packet.totalLength(),
                    packet.protocol(),
                    packet.payloadOffset(),
                    type,
                    code,
                    rest,
                    now);
        } else {
            quote6(
                    to,
                    toMac,
                    packet.buffer(),
                    packet.offset(),
                    packet.totalLength(),
                    packet.protocol(),
                    packet.payloadOffset(),
                    type,
                    code,
                    rest,
                    now);
        }
    }

    private void quote4(
            SwitchPort to,
            long toMac,
            ByteBuffer packets,
            int packet,
            int totalLength,
            int protocol,
            int payload,
            int type,
            int code,
            int rest,
            long now) {
        boolean isError = protocol == IpProtocol.ICMP
                && (payload >= packet + totalLength || IcmpHeader.isError(packets.get(payload) & 0xff));
        if (isError || !mayTell(to, now)) {
            return;
        }
        int quote = Math.min(totalLength, MAX_QUOTE);
        int length = IcmpHeader.LENGTH + quote;
        int message = out.reserve(length);
        if (message < 0) {
            return;
        }
        IcmpHeader.write(out.buffer(), message, type, code, rest);
        out.buffer().put(message + IcmpHeader.LENGTH, packets, packet, quote);
        IcmpHeader.writeChecksum(out.buffer(), message, length, 0);
        // the source of the packet is where its error goes: RFC 791 §3.1
        out.sendIpv4(toMac, 0, IpProtocol.ICMP, address, packets.getInt(packet + 12), message, length, now);
    }

    private void quote6(
            SwitchPort to,
            long toMac,
            ByteBuffer packets,
            int packet,
            int totalLength,
            int protocol,
            int payload,
            int type,
            int code,
            int rest,
            long now) {
        // of a fragment other than the first the type is not known; it is not answered at all
        boolean isError = protocol == IpProtocol.ICMPV6
                && (payload >= packet + totalLength || IcmpHeader.isV6Error(packets.get(payload) & 0xff));
        if (isError || !mayTell(to, now)) {
            return;
        }
        int quote = Math.min(totalLength, MAX_V6_QUOTE);
        int length = IcmpHeader.LENGTH + quote;
        int message = out.reserve(length);
        if (message < 0) {
            return;
        }
        long high = packets.getLong(packet + 8);
        long low = packets.getLong(packet + 16);
        long ownHigh = packets.getLong(packet + 24);
        long ownLow = packets.getLong(packet + 32);
        if (!isOwn(ownHigh, ownLow)) {
            ownHigh = ownHighFor(high);
            ownLow = ownLowFor(high);
        }
        IcmpHeader.write(out.buffer(), message, type, code, rest);
        out.buffer().put(message + IcmpHeader.LENGTH, packets, packet, quote);
        out.sendIcmpv6(toMac, Hops.DEFAULT, ownHigh, ownLow, high, low, message, length, now);
    }

    /// "Refused" comes from the remote itself, as through a NAT that passes its error on (RFC 5508 §4.2); all
    /// else from the gateway.
    @Override
    public void unreachable(
            SwitchPort to,
            long toMac,
            OutsideError why,
            int mtu,
            int protocol,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            long first8,
            long now) {
        boolean isRemotes = why == OutsideError.REFUSED;
        relay(
                to,
                toMac,
                why,
                mtu,
                isRemotes ? destinationHigh : 0,
                isRemotes ? destinationLow : 0,
                protocol,
                sourceHigh,
                sourceLow,
                destinationHigh,
                destinationLow,
                first8,
                now);
    }

    /// As [#unreachable], about something that a router on the way has said.
    ///
    /// @param offenderHigh the router's address, which becomes the error's source; zeros, or an address of
    /// the other family, for the gateway's own
    public void relay(
            SwitchPort to,
            long toMac,
            OutsideError why,
            int mtu,
            long offenderHigh,
            long offenderLow,
            int protocol,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            long first8,
            long now) {
        boolean ipv4 = IpAddress.isIpv4(sourceHigh, sourceLow);
        int kind = kind(ipv4, why);
        quoteMadeAnew(
                to,
                toMac,
                kind,
                rest(ipv4, why, mtu),
                offenderHigh,
                offenderLow,
                protocol,
                sourceHigh,
                sourceLow,
                destinationHigh,
                destinationLow,
                first8,
                now);
    }

    private void quoteMadeAnew(
            SwitchPort to,
            long toMac,
            int kind,
            int rest,
            long offenderHigh,
            long offenderLow,
            int protocol,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            long first8,
            long now) {
        boolean ipv4 = IpAddress.isIpv4(sourceHigh, sourceLow);
        int header = ipv4 ? Ipv4Header.LENGTH : Ipv6Header.LENGTH;
        int length = IcmpHeader.LENGTH + header + QUOTED_PAYLOAD;
        if (!mayTell(to, now)) {
            return;
        }
        int message = out.reserve(length);
        if (message < 0) {
            return;
        }
        ByteBuffer buffer = out.buffer();
        int quote = message + IcmpHeader.LENGTH;
        IcmpHeader.write(buffer, message, kind >>> 8, kind & 0xff, rest);
        buffer.putLong(quote + header, first8);
        boolean known = (offenderHigh | offenderLow) != 0 && IpAddress.isIpv4(offenderHigh, offenderLow) == ipv4;
        if (ipv4) {
            Ipv4Header.write(
                    buffer, quote, 0, Hops.DEFAULT, protocol, (int) sourceLow, (int) destinationLow, QUOTED_PAYLOAD);
            IcmpHeader.writeChecksum(buffer, message, length, 0);
            int from = known ? (int) offenderLow : address;
            out.sendIpv4(toMac, 0, IpProtocol.ICMP, from, (int) sourceLow, message, length, now);
        } else {
            Ipv6Header.write(
                    buffer,
                    quote,
                    0,
                    Hops.DEFAULT,
                    protocol,
                    sourceHigh,
                    sourceLow,
                    destinationHigh,
                    destinationLow,
                    QUOTED_PAYLOAD);
            long fromHigh = known ? offenderHigh : ownHighFor(sourceHigh);
            long fromLow = known ? offenderLow : ownLowFor(sourceHigh);
            out.sendIcmpv6(toMac, Hops.DEFAULT, fromHigh, fromLow, sourceHigh, sourceLow, message, length, now);
        }
    }

    /// Pieces of a packet of which the others did not come in time (RFC 792, RFC 8200 §4.5).
    public void reassemblyTimeExceeded(
            SwitchPort to,
            long toMac,
            int protocol,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            long first8,
            long now) {
        boolean ipv4 = IpAddress.isIpv4(sourceHigh, sourceLow);
        int type = ipv4 ? IcmpHeader.TIME_EXCEEDED : IcmpHeader.V6_TIME_EXCEEDED;
        quoteMadeAnew(
                to,
                toMac,
                (type << 8) | IcmpHeader.REASSEMBLY_TIME_EXCEEDED,
                0,
                0,
                0,
                protocol,
                sourceHigh,
                sourceLow,
                destinationHigh,
                destinationLow,
                first8,
                now);
    }

    private boolean mayTell(SwitchPort to, long now) {
        if (limit.allows(to, now)) {
            return true;
        }
        to.drop(DropReason.RATE);
        return false;
    }

    private boolean isOwn(long high, long low) {
        return (high == globalHigh && low == globalLow) || (high == linkLocalHigh && low == linkLocalLow);
    }

    /// RFC 6724 §5, rule 2: the same scope.
    private long ownHighFor(long high) {
        return high == linkLocalHigh ? linkLocalHigh : globalHigh;
    }

    private long ownLowFor(long high) {
        return high == linkLocalHigh ? linkLocalLow : globalLow;
    }

    /// Type and code. What the host has no room for is "host unreachable", too: silence would leave the
    /// guest waiting for minutes, and the error is a soft one for established connections (RFC 1122
    /// §4.2.3.9).
    private static int kind(boolean ipv4, OutsideError why) {
        if (ipv4) {
            return switch (why) {
                case REFUSED -> (IcmpHeader.UNREACHABLE << 8) | IcmpHeader.PORT_UNREACHABLE;
                case NET_UNREACHABLE -> (IcmpHeader.UNREACHABLE << 8) | IcmpHeader.NET_UNREACHABLE;
                case HOST_UNREACHABLE, TIMED_OUT, EXHAUSTED ->
                    (IcmpHeader.UNREACHABLE << 8) | IcmpHeader.HOST_UNREACHABLE;
                case PROHIBITED -> (IcmpHeader.UNREACHABLE << 8) | IcmpHeader.PROHIBITED;
                case TOO_BIG -> (IcmpHeader.UNREACHABLE << 8) | IcmpHeader.FRAGMENTATION_NEEDED;
                case HOP_LIMIT -> IcmpHeader.TIME_EXCEEDED << 8;
            };
        }
        return switch (why) {
            case REFUSED -> (IcmpHeader.V6_UNREACHABLE << 8) | IcmpHeader.V6_PORT_UNREACHABLE;
            case NET_UNREACHABLE -> (IcmpHeader.V6_UNREACHABLE << 8) | IcmpHeader.NO_ROUTE;
            case HOST_UNREACHABLE, TIMED_OUT, EXHAUSTED ->
                (IcmpHeader.V6_UNREACHABLE << 8) | IcmpHeader.ADDRESS_UNREACHABLE;
            case PROHIBITED -> (IcmpHeader.V6_UNREACHABLE << 8) | IcmpHeader.V6_PROHIBITED;
            case TOO_BIG -> IcmpHeader.V6_PACKET_TOO_BIG << 8;
            case HOP_LIMIT -> IcmpHeader.V6_TIME_EXCEEDED << 8;
        };
    }

    private static int rest(boolean ipv4, OutsideError why, int mtu) {
        if (why != OutsideError.TOO_BIG) {
            return 0;
        }
        return ipv4 ? Math.min(mtu, 0xffff) : Math.max(mtu, MIN_V6_MTU);
    }
}
