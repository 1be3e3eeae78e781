package vmlan.network.gateway;

import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.ip.Hops;
import vmlan.network.ip.IcmpErrors;
import vmlan.network.ip.IpPacket;
import vmlan.network.ip.Outbox;
import vmlan.network.nat.Nat;
import vmlan.packet.Checksum;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv6Header;
import vmlan.packet.UdpHeader;

/// IPv6 packets to the gateway and through it (RFC 8200, RFC 4443). What is for elsewhere is refused, unless
/// the host forwards or the NAT carries it.
final class Ipv6Input {
    /// ff02::1:ff00:0/104 (RFC 4291 §2.7.1), its bits 64 to 103.
    private static final long SOLICITED_NODE = 0x1_ffL;

    private final Ipv6Header ip = new Ipv6Header();
    private final IpPacket packet = new IpPacket();
    private final IcmpHeader icmp = new IcmpHeader();
    private final UdpHeader udp = new UdpHeader();
    private final Outbox out;
    private final HostDoor host;
    private final Ipv6Own own;
    private final NeighbourDiscovery discovery;
    private final Neighbours neighbours;
    private final IcmpErrors errors;
    private final TcpReset reset;
    private final Pings pings;
    private final int mtu;
    private final boolean router;
    private Nat nat;
    /// Whether [#ip] is a packet that was put together, of which the host has nothing.
    private boolean isReassembled;

    Ipv6Input(
            GatewayConfig config,
            Outbox out,
            HostDoor host,
            Ipv6Own own,
            NeighbourDiscovery discovery,
            Neighbours neighbours,
            IcmpErrors errors,
            TcpReset reset,
            Pings pings) {
        this.out = out;
        this.host = host;
        this.own = own;
        this.discovery = discovery;
        this.neighbours = neighbours;
        this.errors = errors;
        this.reset = reset;
        this.pings = pings;
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
        long high = ip.sourceHigh();
        long low = ip.sourceLow();
        if (own.isAddress(high, low)) {
            from.drop(DropReason.SPOOFED);
            return;
        }
        if (Ipv6Header.isMulticast(high) || isNowhere(high, low)) {
            from.drop(DropReason.MARTIAN);
            return;
        }
        if (neighbours.hasTentative()) {
            neighbours.used(from.name(), ethernet.source(), high, low, now);
        }
        boolean toGroup = Ipv6Header.isMulticast(ip.destinationHigh());
        if (toGroup) {
            boolean isHosts = host.offer(ethernet, ip);
            if (ip.protocol() == IpProtocol.ICMPV6 && concernsUs(ip.destinationHigh(), ip.destinationLow())) {
                icmp(from, ethernet, true, isHosts, now);
            }
        } else if (own.isAddress(ip.destinationHigh(), ip.destinationLow())) {
            local(from, ethernet, now);
        } else if (!ethernet.isToGroup()) {
            elsewhere(from, ethernet, now);
        }
    }

    /// ::1, and IPv4 addresses mapped into IPv6, never are on a wire (RFC 4291 §2.5.3, RFC 4038 §4.2).
    private static boolean isNowhere(long high, long low) {
        return Ipv6Header.isLoopback(high, low) || (high == 0 && low >>> 32 == 0xffff);
    }

    /// Our own groups, and the solicited-node groups of all others, which show who takes which address.
    private boolean concernsUs(long high, long low) {
        return own.isGroup(high, low) || (high == Ipv6Own.ALL_NODES_HIGH && low >>> 24 == SOLICITED_NODE);
    }

    private void local(SwitchPort from, EthernetHeader ethernet, long now) {
        boolean isOneHosts = !ethernet.isToGroup() && !ip.sourceIsUnspecified();
        if (nat != null && isOneHosts && isTakenByNat(from, ethernet.source(), now)) {
            return;
        }
        int protocol = ip.protocol();
        boolean isHosts = isOneHosts
                && !isReassembled
                && own.isHosts(ip.destinationHigh(), ip.destinationLow())
                && host.offer(ethernet, ip);
        if (protocol == IpProtocol.ICMPV6) {
            icmp(from, ethernet, false, isHosts, now);
        } else if (isHosts) {
            return; // and the host refuses what it does not want
        } else if (ip.isFragment()) {
            from.drop(DropReason.FRAGMENT);
        } else if (ip.sourceIsUnspecified()) {
            from.drop(DropReason.MARTIAN);
        } else if (ethernet.isToGroup() || protocol == IpProtocol.NONE) {
            from.drop(DropReason.UNANSWERED);
        } else if (protocol == IpProtocol.TCP) {
            reset.accept(from, ethernet.source(), ip, now);
        } else if (protocol == IpProtocol.UDP) {
            udp(from, ethernet.source(), now);
        } else {
            // RFC 8200 §4
            errors.send(
                    from,
                    ethernet.source(),
                    ip,
                    IcmpHeader.V6_PARAMETER_PROBLEM,
                    IcmpHeader.UNKNOWN_NEXT_HEADER,
                    ip.protocolPointer(),
                    now);
        }
    }

    /// Puts fragments together, too; [#ip] is the whole packet then.
    private boolean isTakenByNat(SwitchPort from, long sourceMac, long now) {
        if (ip.isFragment()) {
            if (host.isAttached() && !nat.claims(from, ip)) {
                return false; // the host puts its own together
            }
            Ipv6Header whole = nat.fragments().accept(from, sourceMac, ip, now);
            if (whole == null) {
                return true;
            }
            isReassembled = ip.aim(whole.buffer(), whole.offset(), whole.totalLength());
        }
        return nat.acceptLocal(from, sourceMac, packet.aim(ip), now);
    }

    /// @param isHosts whether the host has the message too
    private void icmp(SwitchPort from, EthernetHeader ethernet, boolean toGroup, boolean isHosts, long now) {
        if (ip.isFragment()) {
            if (!isHosts) {
                from.drop(DropReason.FRAGMENT);
            }
            return;
        }
        if (!icmp.aim(ip.buffer(), ip.payloadOffset(), ip.payloadLength())) {
            from.drop(DropReason.MALFORMED);
            return;
        }
        if (!icmp.checksumIsRight(ip.pseudoHeader())) {
            from.drop(DropReason.CHECKSUM);
            return;
        }
        switch (icmp.type()) {
            case IcmpHeader.V6_ECHO -> {
                if (!toGroup || own.isGroup(ip.destinationHigh(), ip.destinationLow())) {
                    echo(from, ethernet.source(), toGroup, now);
                }
            }
            case IcmpHeader.V6_ECHO_REPLY -> {
                if (!pings.replied(ip.sourceHigh(), ip.sourceLow(), icmp.identifier(), icmp.sequence(), now)
                        && !isHosts) {
                    from.drop(DropReason.UNANSWERED);
                }
            }
            case IcmpHeader.ROUTER_SOLICITATION,
                    IcmpHeader.ROUTER_ADVERTISEMENT,
                    IcmpHeader.NEIGHBOUR_SOLICITATION,
                    IcmpHeader.NEIGHBOUR_ADVERTISEMENT -> discovery.accept(from, ethernet, ip, icmp, now);
            default -> {
                if (!isHosts) {
                    from.drop(DropReason.UNANSWERED);
                }
            }
        }
    }

    /// RFC 4443 §4.2: the reply comes from the address that was asked; for a group, from ours of the
    /// asker's scope.
    private void echo(SwitchPort from, long sourceMac, boolean toGroup, long now) {
        int length = icmp.length();
        if (ip.sourceIsUnspecified()) {
            from.drop(DropReason.MARTIAN);
            return;
        }
        if (Ipv6Header.LENGTH + length > mtu) {
            if (nat == null || toGroup || !nat.echo(sourceMac, packet.aim(ip), icmp, now)) {
                from.drop(DropReason.TOO_LONG);
            }
            return;
        }
        int reply = out.reserve(length);
        if (reply < 0) {
            return;
        }
        long high = ip.sourceHigh();
        long low = ip.sourceLow();
        out.buffer().put(reply, ip.buffer(), icmp.offset(), length);
        out.buffer().put(reply, (byte) IcmpHeader.V6_ECHO_REPLY);
        if (toGroup) {
            out.sendIcmpv6(
                    sourceMac,
                    Hops.DEFAULT,
                    own.sourceHighFor(high),
                    own.sourceLowFor(high),
                    high,
                    low,
                    reply,
                    length,
                    now);
            return;
        }
        // source and destination change places, which leaves the sum as it is; it covers more than zeros
        int before = (IcmpHeader.V6_ECHO << 8) | icmp.code();
        int after = (IcmpHeader.V6_ECHO_REPLY << 8) | icmp.code();
        out.buffer().putShort(reply + 2, (short) Checksum.replace(icmp.checksum(), before, after));
        out.sendIpv6(
                sourceMac,
                ip.trafficClass(),
                Hops.DEFAULT,
                IpProtocol.ICMPV6,
                ip.destinationHigh(),
                ip.destinationLow(),
                high,
                low,
                reply,
                length,
                now);
    }

    private void udp(SwitchPort from, long sourceMac, long now) {
        if (!udp.aim(ip.buffer(), ip.payloadOffset(), ip.payloadLength())) {
            from.drop(DropReason.MALFORMED);
        } else if (!udp.hasChecksum()
                || !udp.checksumIsRight(Checksum.pseudoHeader(
                        ip.sourceHigh(),
                        ip.sourceLow(),
                        ip.destinationHigh(),
                        ip.destinationLow(),
                        IpProtocol.UDP,
                        udp.length()))) {
            from.drop(DropReason.CHECKSUM);
        } else {
            errors.send(from, sourceMac, ip, IcmpHeader.V6_UNREACHABLE, IcmpHeader.V6_PORT_UNREACHABLE, 0, now);
        }
    }

    private void carry(SwitchPort from, long sourceMac, long now) {
        if (!ip.isFragment()) {
            nat.accept(from, sourceMac, packet.aim(ip), now);
            return;
        }
        Ipv6Header whole = nat.fragments().accept(from, sourceMac, ip, now);
        if (whole != null) {
            nat.accept(from, sourceMac, packet.aim(whole).reassembled(), now);
        }
    }

    private void elsewhere(SwitchPort from, EthernetHeader ethernet, long now) {
        long sourceMac = ethernet.source();
        long high = ip.destinationHigh();
        boolean isNear = high == own.prefixHigh;
        if (ip.sourceIsUnspecified()
                || (high | ip.destinationLow()) == 0
                || isNowhere(high, ip.destinationLow())
                || Ipv6Header.isLinkLocal(high)) {
            // RFC 4291 §2.5.2, §2.5.6: not to be forwarded
            from.drop(DropReason.MARTIAN);
        } else if (!isNear && host.forward(ethernet, ip)) {
            return; // and the host counts the hops
        } else if (ip.hopLimit() <= 1) {
            from.drop(DropReason.HOP_LIMIT);
            errors.send(from, sourceMac, ip, IcmpHeader.V6_TIME_EXCEEDED, 0, 0, now);
        } else if (nat != null && router && !isNear && !Ipv6Header.isLinkLocal(ip.sourceHigh())) {
            carry(from, sourceMac, now);
        } else {
            from.drop(DropReason.NO_ROUTE);
            int code = IcmpHeader.NO_ROUTE;
            if (isNear) {
                code = IcmpHeader.ADDRESS_UNREACHABLE;
            } else if (Ipv6Header.isLinkLocal(ip.sourceHigh())) {
                code = IcmpHeader.BEYOND_SCOPE;
            }
            errors.send(from, sourceMac, ip, IcmpHeader.V6_UNREACHABLE, code, 0, now);
        }
    }
}
