package vmlan.network.gateway;

import java.nio.ByteBuffer;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.ip.Hops;
import vmlan.network.ip.Outbox;
import vmlan.packet.Checksum;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;
import vmlan.packet.TcpHeader;

/// Refuses TCP connections to the gateway, which listens on no port (RFC 9293 §3.10.7.1, state CLOSED), so
/// that a guest learns it at once. A reset is no longer than what it answers, so it needs no limit.
final class TcpReset {
    private final TcpHeader tcp = new TcpHeader();
    private final Outbox out;

    TcpReset(Outbox out) {
        this.out = out;
    }

    void accept(SwitchPort from, long sourceMac, Ipv4Header packet, long now) {
        if (!isToBeAnswered(
                from, packet.buffer(), packet.payloadOffset(), packet.payloadLength(), packet.pseudoHeader())) {
            return;
        }
        int segment = out.reserve(TcpHeader.LENGTH);
        if (segment >= 0) {
            int source = packet.destination();
            int destination = packet.source();
            write(segment, Checksum.pseudoHeader(source, destination, IpProtocol.TCP, TcpHeader.LENGTH));
            out.sendIpv4(sourceMac, 0, IpProtocol.TCP, source, destination, segment, TcpHeader.LENGTH, now);
        }
    }

    void accept(SwitchPort from, long sourceMac, Ipv6Header packet, long now) {
        if (!isToBeAnswered(
                from, packet.buffer(), packet.payloadOffset(), packet.payloadLength(), packet.pseudoHeader())) {
            return;
        }
        int segment = out.reserve(TcpHeader.LENGTH);
        if (segment >= 0) {
            long sourceHigh = packet.destinationHigh();
            long sourceLow = packet.destinationLow();
            long high = packet.sourceHigh();
            long low = packet.sourceLow();
            write(segment, Checksum.pseudoHeader(sourceHigh, sourceLow, high, low, IpProtocol.TCP, TcpHeader.LENGTH));
            out.sendIpv6(
                    sourceMac,
                    0,
                    Hops.DEFAULT,
                    IpProtocol.TCP,
                    sourceHigh,
                    sourceLow,
                    high,
                    low,
                    segment,
                    TcpHeader.LENGTH,
                    now);
        }
    }

    private boolean isToBeAnswered(SwitchPort from, ByteBuffer buffer, int offset, int length, long pseudoHeader) {
        if (!tcp.aim(buffer, offset, length)) {
            from.drop(DropReason.MALFORMED);
            return false;
        }
        if (!tcp.checksumIsRight(pseudoHeader)) {
            from.drop(DropReason.CHECKSUM);
            return false;
        }
        return !tcp.has(TcpHeader.RST);
    }

    private void write(int segment, long pseudoHeader) {
        boolean acknowledges = tcp.has(TcpHeader.ACK);
        TcpHeader.write(
                out.buffer(),
                segment,
                tcp.destinationPort(),
                tcp.sourcePort(),
                acknowledges ? tcp.acknowledgement() : 0,
                acknowledges ? 0 : tcp.sequence() + tcp.sequenceLength(),
                acknowledges ? TcpHeader.RST : TcpHeader.RST | TcpHeader.ACK,
                pseudoHeader);
    }
}
