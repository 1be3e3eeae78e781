package vmlan.network.gateway;

import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv6Header;

/// Tells senders why their IPv6 packet went nowhere, within the limits of RFC 4443 §2.4 (e) and (f).
final class Icmpv6Errors {
    /// RFC 4443 §2.4 (c): as much of the packet as fits in the least MTU.
    private static final int MAX_QUOTE = 1280 - Ipv6Header.LENGTH - IcmpHeader.LENGTH;

    private final Outbox out;
    private final Ipv6Own own;
    private final RateLimit limit;

    Icmpv6Errors(Outbox out, Ipv6Own own, RateLimit limit) {
        this.out = out;
        this.own = own;
        this.limit = limit;
    }

    /// @param packet came to us alone, with a source that is one host's
    /// @param rest the four bytes after the checksum, such as a pointer
    void send(SwitchPort to, long toMac, Ipv6Header packet, int type, int code, int rest, long now) {
        if (packet.isLaterFragment() || isError(packet)) {
            return;
        }
        if (!limit.allows(to, now)) {
            to.drop(DropReason.RATE);
            return;
        }
        int quote = Math.min(packet.totalLength(), MAX_QUOTE);
        int length = IcmpHeader.LENGTH + quote;
        int message = out.reserve(length);
        if (message < 0) {
            return;
        }
        long high = packet.sourceHigh();
        long low = packet.sourceLow();
        boolean wasToUs = own.isAddress(packet.destinationHigh(), packet.destinationLow());
        long sourceHigh = wasToUs ? packet.destinationHigh() : own.sourceHighFor(high);
        long sourceLow = wasToUs ? packet.destinationLow() : own.sourceLowFor(high);
        IcmpHeader.write(out.buffer(), message, type, code, rest);
        out.buffer().put(message + IcmpHeader.LENGTH, packet.buffer(), packet.offset(), quote);
        out.sendIcmpv6(toMac, Hops.DEFAULT, sourceHigh, sourceLow, high, low, message, length, now);
    }

    /// Of a fragment other than the first the type is not known; it is not answered at all, see [#send].
    private static boolean isError(Ipv6Header packet) {
        return packet.protocol() == IpProtocol.ICMPV6
                && (packet.payloadLength() < 1
                        || IcmpHeader.isV6Error(packet.buffer().get(packet.payloadOffset()) & 0xff));
    }
}
