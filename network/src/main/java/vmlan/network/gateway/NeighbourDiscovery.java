package vmlan.network.gateway;

import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.ip.Hops;
import vmlan.network.ip.Outbox;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IcmpHeader;
import vmlan.packet.Ipv6Header;
import vmlan.packet.MacAddress;
import vmlan.packet.NdOptions;

/// Neighbour discovery (RFC 4861 §7): answers for the gateway's addresses, and notes who has which.
///
/// Trust: what a guest says of itself is believed as far as [Neighbours] bounds it; what it says of our
/// addresses never is. Answers go to the MAC that the frame came from, whatever its options say.
final class NeighbourDiscovery {
    private static final int SOLICITATION_LENGTH = 24;
    private static final int ROUTER_SOLICITATION_LENGTH = 8;
    private static final int ADVERTISEMENT_LENGTH = 32;

    private static final int ROUTER = 0x8000_0000;
    private static final int SOLICITED = 0x4000_0000;
    private static final int OVERRIDE = 0x2000_0000;

    private final NdOptions options = new NdOptions();
    private final Outbox out;
    private final HostDoor host;
    private final Ipv6Own own;
    private final Neighbours neighbours;
    private final Pings pings;
    private final RouterAdvertiser router;
    private final boolean isRouter;

    NeighbourDiscovery(
            GatewayConfig config,
            Outbox out,
            HostDoor host,
            Ipv6Own own,
            Neighbours neighbours,
            Pings pings,
            RouterAdvertiser router) {
        this.out = out;
        this.host = host;
        this.own = own;
        this.neighbours = neighbours;
        this.pings = pings;
        this.router = router;
        isRouter = config.router();
    }

    /// @param icmp with a right checksum
    void accept(SwitchPort from, EthernetHeader ethernet, Ipv6Header ip, IcmpHeader icmp, long now) {
        // RFC 4861 §6.1, §7.1; in fragments RFC 6980 §5 forbids it, which the caller has seen to
        if (ip.hopLimit() != Hops.ON_LINK || icmp.code() != 0) {
            from.drop(DropReason.MALFORMED);
            return;
        }
        switch (icmp.type()) {
            case IcmpHeader.NEIGHBOUR_SOLICITATION -> solicitation(from, ethernet.source(), ip, icmp, now);
            case IcmpHeader.NEIGHBOUR_ADVERTISEMENT -> advertisement(from, ethernet, ip, icmp, now);
            case IcmpHeader.ROUTER_SOLICITATION -> routerSolicitation(from, ethernet.source(), ip, icmp, now);
            // another router, or somebody who would like to be one
            default -> from.drop(DropReason.UNANSWERED);
        }
    }

    private boolean hasOptions(Ipv6Header ip, IcmpHeader icmp, int fixedLength) {
        return icmp.length() >= fixedLength
                && options.aim(ip.buffer(), icmp.offset() + fixedLength, icmp.length() - fixedLength);
    }

    private void solicitation(SwitchPort from, long sourceMac, Ipv6Header ip, IcmpHeader icmp, long now) {
        boolean isTest = ip.sourceIsUnspecified();
        if (!hasOptions(ip, icmp, SOLICITATION_LENGTH)) {
            from.drop(DropReason.MALFORMED);
            return;
        }
        long high = ip.buffer().getLong(icmp.offset() + 8);
        long low = ip.buffer().getLong(icmp.offset() + 16);
        boolean toGroup = Ipv6Header.isMulticast(ip.destinationHigh());
        if (Ipv6Header.isMulticast(high) || (isTest && (!toGroup || options.sourceMac() != NdOptions.ABSENT))) {
            from.drop(DropReason.MALFORMED);
            return;
        }
        boolean isOurs = own.isAddress(high, low);
        if (isTest) {
            if (isOurs) {
                from.drop(DropReason.SPOOFED);
            } else {
                neighbours.tested(from.name(), sourceMac, high, low, now);
            }
        } else {
            neighbours.heard(from.name(), sourceMac, ip.sourceHigh(), ip.sourceLow(), now);
        }
        if (isOurs) {
            advertise(sourceMac, ip, high, low, isTest, now);
        }
    }

    /// RFC 4861 §7.2.4: to a test for duplicates, the answer goes to all nodes.
    private void advertise(long sourceMac, Ipv6Header ip, long high, long low, boolean isTest, long now) {
        int message = out.reserve(ADVERTISEMENT_LENGTH);
        if (message < 0) {
            return;
        }
        int flags = (isRouter ? ROUTER : 0) | (isTest ? 0 : SOLICITED) | OVERRIDE;
        IcmpHeader.write(out.buffer(), message, IcmpHeader.NEIGHBOUR_ADVERTISEMENT, 0, flags);
        out.buffer().putLong(message + 8, high);
        out.buffer().putLong(message + 16, low);
        NdOptions.writeMac(out.buffer(), message + 24, NdOptions.TARGET_LINK_LAYER, own.mac);
        out.sendIcmpv6(
                isTest ? EthernetHeader.ipv6Group(Ipv6Own.ALL_NODES_LOW) : sourceMac,
                Hops.ON_LINK,
                high,
                low,
                isTest ? Ipv6Own.ALL_NODES_HIGH : ip.sourceHigh(),
                isTest ? Ipv6Own.ALL_NODES_LOW : ip.sourceLow(),
                message,
                ADVERTISEMENT_LENGTH,
                now);
    }

    private void advertisement(SwitchPort from, EthernetHeader ethernet, Ipv6Header ip, IcmpHeader icmp, long now) {
        if (!hasOptions(ip, icmp, SOLICITATION_LENGTH)) {
            from.drop(DropReason.MALFORMED);
            return;
        }
        long sourceMac = ethernet.source();
        long high = ip.buffer().getLong(icmp.offset() + 8);
        long low = ip.buffer().getLong(icmp.offset() + 16);
        boolean isSolicited = (ip.buffer().getInt(icmp.offset() + 4) & SOLICITED) != 0;
        boolean toGroup = Ipv6Header.isMulticast(ip.destinationHigh());
        if (Ipv6Header.isMulticast(high) || (isSolicited && toGroup) || ip.sourceIsUnspecified()) {
            from.drop(DropReason.MALFORMED);
        } else if (own.isAddress(high, low)) {
            from.drop(DropReason.SPOOFED);
        } else if (options.targetMac() == NdOptions.ABSENT || options.targetMac() == sourceMac) {
            // else it speaks for somebody else, as a proxy does, whom we do not know
            neighbours.heard(from.name(), sourceMac, high, low, now);
            host.pass(ethernet); // which asks for itself
            pings.resolved(high, low, sourceMac, now);
        }
    }

    private void routerSolicitation(SwitchPort from, long sourceMac, Ipv6Header ip, IcmpHeader icmp, long now) {
        if (!hasOptions(ip, icmp, ROUTER_SOLICITATION_LENGTH)
                || (ip.sourceIsUnspecified() && options.sourceMac() != NdOptions.ABSENT)
                || MacAddress.isGroup(sourceMac)) {
            from.drop(DropReason.MALFORMED);
            return;
        }
        if (!ip.sourceIsUnspecified()) {
            neighbours.heard(from.name(), sourceMac, ip.sourceHigh(), ip.sourceLow(), now);
        }
        router.solicited(sourceMac, ip.sourceHigh(), ip.sourceLow(), now);
    }
}
