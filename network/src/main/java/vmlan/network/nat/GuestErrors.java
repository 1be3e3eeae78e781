package vmlan.network.nat;

import java.nio.ByteBuffer;
import vmlan.network.SwitchPort;
import vmlan.network.ip.IpPacket;
import vmlan.network.outside.OutsideError;
import vmlan.network.tcp.TcpStack;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpAddress;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;

/// ICMP errors of guests about what was sent to them. The packet that they quote says whose they are; it may be
/// cut off behind its first eight bytes of payload (RFC 792), so it is read here by hand.
///
/// Trust: a guest may quote anything. What it can name is a flow of its own port.
final class GuestErrors {
    private final UdpNat udp;
    private final TcpStack tcp;

    GuestErrors(UdpNat udp, TcpStack tcp) {
        this.udp = udp;
        this.tcp = tcp;
    }

    /// @param icmp aimed at an error in `packet`
    /// @return whether it is about a flow that the NAT has
    boolean accept(SwitchPort from, IpPacket packet, IcmpHeader icmp, long now) {
        ByteBuffer buffer = packet.buffer();
        int quote = icmp.offset() + IcmpHeader.LENGTH;
        int length = icmp.length() - IcmpHeader.LENGTH;
        int rest = buffer.getInt(icmp.offset() + 4);
        if (packet.isIpv4()) {
            OutsideError why = why4(icmp.type(), icmp.code());
            return why != null && quoted4(from, why, rest & 0xffff, buffer, quote, length, now);
        }
        OutsideError why = why6(icmp.type(), icmp.code());
        return why != null && quoted6(from, why, rest, buffer, quote, length, now);
    }

    private boolean quoted4(
            SwitchPort from, OutsideError why, int mtu, ByteBuffer buffer, int quote, int length, long now) {
        if (length < Ipv4Header.LENGTH) {
            return false;
        }
        int headerLength = (buffer.get(quote) & 0xf) * 4;
        boolean isWhole = headerLength >= Ipv4Header.LENGTH && length >= headerLength + Long.BYTES;
        boolean isFirst = (buffer.getShort(quote + 6) & 0x1fff) == 0;
        if (!isWhole || !isFirst || (buffer.get(quote) & 0xf0) != 0x40) {
            return false;
        }
        return quoted(
                from,
                why,
                mtu,
                buffer.get(quote + 9) & 0xff,
                0,
                IpAddress.mapped(buffer.getInt(quote + 12)),
                0,
                IpAddress.mapped(buffer.getInt(quote + 16)),
                buffer,
                quote + headerLength,
                now);
    }

    private boolean quoted6(
            SwitchPort from, OutsideError why, int mtu, ByteBuffer buffer, int quote, int length, long now) {
        if (length < Ipv6Header.LENGTH + Long.BYTES || (buffer.get(quote) & 0xf0) != 0x60) {
            return false;
        }
        int protocol = buffer.get(quote + 6) & 0xff;
        int payload = quote + Ipv6Header.LENGTH;
        if (protocol == IpProtocol.FRAGMENT) { // the only extension header that we send
            boolean isFirst = (buffer.getShort(payload + 2) & 0xfff8) == 0;
            if (!isFirst || length < Ipv6Header.LENGTH + Ipv6Header.FRAGMENT_HEADER_LENGTH + Long.BYTES) {
                return false;
            }
            protocol = buffer.get(payload) & 0xff;
            payload += Ipv6Header.FRAGMENT_HEADER_LENGTH;
        }
        return quoted(
                from,
                why,
                mtu,
                protocol,
                buffer.getLong(quote + 8),
                buffer.getLong(quote + 16),
                buffer.getLong(quote + 24),
                buffer.getLong(quote + 32),
                buffer,
                payload,
                now);
    }

    /// The quoted packet went from a remote to the guest.
    private boolean quoted(
            SwitchPort from,
            OutsideError why,
            int mtu,
            int protocol,
            long remoteHigh,
            long remoteLow,
            long guestHigh,
            long guestLow,
            ByteBuffer buffer,
            int payload,
            long now) {
        int remotePort = buffer.getShort(payload) & 0xffff;
        int guestPort = buffer.getShort(payload + 2) & 0xffff;
        if (protocol == IpProtocol.UDP) {
            return why == OutsideError.REFUSED
                    && udp.refusedByGuest(from, guestHigh, guestLow, guestPort, remoteHigh, remoteLow, remotePort, now);
        }
        if (protocol != IpProtocol.TCP
                || !tcp.knows(from, guestHigh, guestLow, guestPort, remoteHigh, remoteLow, remotePort)) {
            return false;
        }
        tcp.error(
                from,
                why,
                why == OutsideError.TOO_BIG ? mtu : 0,
                guestHigh,
                guestLow,
                guestPort,
                remoteHigh,
                remoteLow,
                remotePort,
                buffer.getInt(payload + 4),
                now);
        return true;
    }

    /// RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1.
    private static OutsideError why4(int type, int code) {
        if (type == IcmpHeader.TIME_EXCEEDED) {
            return OutsideError.HOP_LIMIT;
        }
        if (type != IcmpHeader.UNREACHABLE) {
            return null;
        }
        return switch (code) {
            case IcmpHeader.NET_UNREACHABLE, 6, 11 -> OutsideError.NET_UNREACHABLE;
            case IcmpHeader.PROTOCOL_UNREACHABLE, IcmpHeader.PORT_UNREACHABLE -> OutsideError.REFUSED;
            case IcmpHeader.FRAGMENTATION_NEEDED -> OutsideError.TOO_BIG;
            case 9, 10, IcmpHeader.PROHIBITED -> OutsideError.PROHIBITED;
            default -> OutsideError.HOST_UNREACHABLE;
        };
    }

    /// RFC 4443 §3.
    private static OutsideError why6(int type, int code) {
        return switch (type) {
            case IcmpHeader.V6_PACKET_TOO_BIG -> OutsideError.TOO_BIG;
            case IcmpHeader.V6_TIME_EXCEEDED -> OutsideError.HOP_LIMIT;
            case IcmpHeader.V6_PARAMETER_PROBLEM ->
                code == IcmpHeader.UNKNOWN_NEXT_HEADER ? OutsideError.REFUSED : null;
            case IcmpHeader.V6_UNREACHABLE ->
                switch (code) {
                    case IcmpHeader.NO_ROUTE -> OutsideError.NET_UNREACHABLE;
                    case IcmpHeader.V6_PROHIBITED -> OutsideError.PROHIBITED;
                    case IcmpHeader.V6_PORT_UNREACHABLE -> OutsideError.REFUSED;
                    default -> OutsideError.HOST_UNREACHABLE;
                };
            default -> null;
        };
    }
}
