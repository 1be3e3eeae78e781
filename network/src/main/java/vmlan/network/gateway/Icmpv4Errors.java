package vmlan.network.gateway;

import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;

/// Tells senders why their IPv4 packet went nowhere (RFC 792), within the limits of RFC 1122 §3.2.2 and RFC
/// 1812 §4.3.2: no error about an error, a broadcast, or a fragment other than the first; and not too many.
final class Icmpv4Errors {
    /// RFC 1812 §4.3.2.3: as much of the packet as fits in 576 bytes.
    private static final int MAX_QUOTE = 576 - Ipv4Header.LENGTH - IcmpHeader.LENGTH;

    private final Outbox out;
    private final int address;
    private final RateLimit limit;

    Icmpv4Errors(Outbox out, int address, RateLimit limit) {
        this.out = out;
        this.address = address;
        this.limit = limit;
    }

    /// @param packet came to us alone, with a source that is one host's
    void send(SwitchPort to, long toMac, Ipv4Header packet, int type, int code, long now) {
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
        int destination = packet.source();
        IcmpHeader.write(out.buffer(), message, type, code, 0);
        out.buffer().put(message + IcmpHeader.LENGTH, packet.buffer(), packet.offset(), quote);
        IcmpHeader.writeChecksum(out.buffer(), message, length, 0);
        out.sendIpv4(toMac, 0, IpProtocol.ICMP, address, destination, message, length, now);
    }

    private static boolean isError(Ipv4Header packet) {
        return packet.protocol() == IpProtocol.ICMP
                && (packet.payloadLength() < 1
                        || IcmpHeader.isError(packet.buffer().get(packet.payloadOffset()) & 0xff));
    }
}
