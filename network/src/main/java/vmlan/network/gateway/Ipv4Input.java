package vmlan.network.gateway;

import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.ip.IcmpErrors;
import vmlan.network.ip.IpPacket;
import vmlan.network.ip.Outbox;
import vmlan.network.nat.Nat;
import vmlan.packet.Checksum;
import vmlan.packet.DhcpMessage;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.UdpHeader;

/// IPv4 packets to the gateway and through it (RFC 1122 §3.2, RFC 1812 §5). What is for elsewhere is
/// refused, unless the host forwards or the NAT carries it.
final class Ipv4Input {
    private static final int BROADCAST = -1;

    private final Ipv4Header ip = new Ipv4Header();
    private final IpPacket packet = new IpPacket();
    private final IcmpHeader icmp = new IcmpHeader();
    private final UdpHeader udp = new UdpHeader();
    private final Outbox out;
    private final HostDoor host;
    private final DhcpResponder dhcp;
    private final IcmpErrors errors;
    private final TcpReset reset;
    private final Pings pings;
    private final Ipv4Own own;
    private final int address;
    private final int networkBroadcast;
    private final Ipv4Prefix network;
    private final int mtu;
    private final boolean router;
    private Nat nat;
    /// Whether [#ip] is a packet that was put together, of which the host has nothing.
    private boolean isReassembled;

    Ipv4Input(
            GatewayConfig config,
            Outbox out,
            HostDoor host,
            Ipv4Own own,
            DhcpResponder dhcp,
            IcmpErrors errors,
            TcpReset reset,
            Pings pings) {
        this.out = out;
        this.host = host;
        this.own = own;
        this.dhcp = dhcp;
        this.errors = errors;
        this.reset = reset;
        this.pings = pings;
        address = config.address().bits();
        network = config.network();
        networkBroadcast = network.broadcast().bits();
        mtu = config.mtu();
        router = config.router();
    }

    void attach(Nat attached) {
        nat = attached;
    }

    void accept(SwitchPort from, EthernetHeader ethernet, long now) {
        isReassembled = false;
        if (!ip.aim(ethernet.buffer(), ethernet.payloadOffset(), ethernet.payloadLength())) {
            from.drop(DropReason.MALFORMED);
            return;
        }
        if (!ip.checksumIsRight()) {
            from.drop(DropReason.CHECKSUM);
            return;
        }
        int source = ip.source();
        int destination = ip.destination();
        boolean toAll = destination == BROADCAST || destination == networkBroadcast;
        if (own.isAddress(source)) {
            from.drop(DropReason.SPOOFED);
        } else if (isMartian(source)) {
            from.drop(DropReason.MARTIAN);
        } else if (toAll || source == 0) {
            // of what is for all, and of what comes from a host without address, there is only DHCP for us
            if (ip.protocol() == IpProtocol.UDP && (toAll || own.isAddress(destination))) {
                udp(from, ethernet.source(), false, now);
            }
            if (toAll && source != 0) {
                host.offer(ethernet, ip);
            }
        } else if (Ipv4Header.isMulticast(destination)) {
            host.offer(ethernet, ip);
        } else if (ethernet.isToGroup()) {
            return; // one host's packet in a group's frame is ignored (RFC 1122 §3.3.6)
        } else if (own.isAddress(destination)) {
            local(from, ethernet, now);
        } else {
            elsewhere(from, ethernet, destination, now);
        }
    }

    private boolean isMartian(int source) {
        return Ipv4Header.isMulticast(source)
                || Ipv4Header.isLoopback(source)
                || source == BROADCAST
                || source == networkBroadcast;
    }

    private void local(SwitchPort from, EthernetHeader ethernet, long now) {
        if (nat != null && isTakenByNat(from, ethernet.source(), now)) {
            return;
        }
        boolean isHosts = !isReassembled && ip.destination() == address && host.offer(ethernet, ip);
        if (isHosts && (ip.isFragment() || ip.protocol() != IpProtocol.ICMP)) {
            return; // and the host refuses what it does not want
        }
        if (ip.isFragment()) {
            from.drop(DropReason.FRAGMENT);
            return;
        }
        long sourceMac = ethernet.source();
        switch (ip.protocol()) {
            case IpProtocol.ICMP -> icmp(from, sourceMac, isHosts, now);
            case IpProtocol.UDP -> udp(from, sourceMac, true, now);
            case IpProtocol.TCP -> reset.accept(from, sourceMac, ip, now);
            default -> errors.send(from, sourceMac, ip, IcmpHeader.UNREACHABLE, IcmpHeader.PROTOCOL_UNREACHABLE, now);
        }
    }

    /// Puts fragments together, too; [#ip] is the whole packet then.
    private boolean isTakenByNat(SwitchPort from, long sourceMac, long now) {
        if (ip.isFragment()) {
            if (host.isAttached() && !nat.claims(from, ip)) {
                return false; // the host puts its own together
            }
            Ipv4Header whole = nat.fragments().accept(from, sourceMac, ip, now);
            if (whole == null) {
                return true;
            }
            isReassembled = ip.aim(whole.buffer(), whole.offset(), whole.totalLength());
        }
        return nat.acceptLocal(from, sourceMac, packet.aim(ip), now);
    }

    /// @param isHosts whether the host has the message too
    private void icmp(SwitchPort from, long sourceMac, boolean isHosts, long now) {
        if (!icmp.aim(ip.buffer(), ip.payloadOffset(), ip.payloadLength())) {
            from.drop(DropReason.MALFORMED);
        } else if (!icmp.checksumIsRight(0)) {
            from.drop(DropReason.CHECKSUM);
        } else if (icmp.type() == IcmpHeader.ECHO) {
            echo(from, sourceMac, now);
        } else {
            boolean isReply = icmp.type() == IcmpHeader.ECHO_REPLY
                    && pings.replied(ip.source(), icmp.identifier(), icmp.sequence(), now);
            if (!isReply && !isHosts) {
                from.drop(DropReason.UNANSWERED);
            }
        }
    }

    /// RFC 1122 §3.2.2.6: all data comes back, from the address that was asked; and the type of service
    /// (RFC 1349 §5.1).
    private void echo(SwitchPort from, long sourceMac, long now) {
        int length = icmp.length();
        if (Ipv4Header.LENGTH + length > mtu) {
            if (nat == null || !nat.echo(sourceMac, packet.aim(ip), icmp, now)) {
                from.drop(DropReason.TOO_LONG);
            }
            return;
        }
        int reply = out.reserve(length);
        if (reply < 0) {
            return;
        }
        int before = (icmp.type() << 8) | icmp.code();
        int after = (IcmpHeader.ECHO_REPLY << 8) | icmp.code();
        out.buffer().put(reply, ip.buffer(), icmp.offset(), length);
        out.buffer().putShort(reply, (short) after);
        int checksum = Checksum.replace(icmp.checksum(), before, after);
        if (checksum == 0) {
            IcmpHeader.writeChecksum(out.buffer(), reply, length, 0);
        } else {
            out.buffer().putShort(reply + 2, (short) checksum);
        }
        out.sendIpv4(sourceMac, ip.typeOfService(), IpProtocol.ICMP, ip.destination(), ip.source(), reply, length, now);
    }

    /// @param refuse whether a closed port may be answered
    private void udp(SwitchPort from, long sourceMac, boolean refuse, long now) {
        if (ip.isFragment()) {
            from.drop(DropReason.FRAGMENT);
        } else if (!udp.aim(ip.buffer(), ip.payloadOffset(), ip.payloadLength())) {
            from.drop(DropReason.MALFORMED);
        } else if (udp.hasChecksum()
                && !udp.checksumIsRight(
                        Checksum.pseudoHeader(ip.source(), ip.destination(), IpProtocol.UDP, udp.length()))) {
            from.drop(DropReason.CHECKSUM);
        } else if (udp.destinationPort() == DhcpMessage.SERVER_PORT) {
            dhcp.accept(from, ip.buffer(), udp.payloadOffset(), udp.payloadLength(), now);
        } else if (refuse) {
            errors.send(from, sourceMac, ip, IcmpHeader.UNREACHABLE, IcmpHeader.PORT_UNREACHABLE, now);
        }
    }

    private void elsewhere(SwitchPort from, EthernetHeader ethernet, int destination, long now) {
        long sourceMac = ethernet.source();
        boolean isNear = network.contains(destination);
        if (destination == 0 || Ipv4Header.isLoopback(destination) || destination >>> 28 == 0xf) {
            from.drop(DropReason.MARTIAN); // RFC 1812 §5.3.7: not to be forwarded, nor answered
        } else if (!isNear && host.forward(ethernet, ip)) {
            return; // and the host counts the hops
        } else if (ip.timeToLive() <= 1) {
            // RFC 1812 §5.3.1; code 0 is "in transit"
            from.drop(DropReason.HOP_LIMIT);
            errors.send(from, sourceMac, ip, IcmpHeader.TIME_EXCEEDED, 0, now);
        } else if (nat != null && router && !isNear) {
            Ipv4Header whole = ip.isFragment() ? nat.fragments().accept(from, sourceMac, ip, now) : ip;
            if (whole != null) {
                nat.accept(from, sourceMac, packet.aim(whole), now);
            }
        } else {
            // RFC 1812 §5.2.7.1: to a host of this very network, "host unreachable"
            from.drop(DropReason.NO_ROUTE);
            int code = isNear ? IcmpHeader.HOST_UNREACHABLE : IcmpHeader.NET_UNREACHABLE;
            errors.send(from, sourceMac, ip, IcmpHeader.UNREACHABLE, code, now);
        }
    }
}
