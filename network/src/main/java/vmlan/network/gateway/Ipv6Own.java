package vmlan.network.gateway;

import vmlan.packet.Ipv6Address;

/// The gateway's IPv6 addresses and groups, as bare numbers for comparing with those in packets.
final class Ipv6Own {
    static final long ALL_NODES_HIGH = Ipv6Address.ALL_NODES.high();
    static final long ALL_NODES_LOW = Ipv6Address.ALL_NODES.low();

    final long mac;
    final long prefixHigh;
    final long prefixLow;
    final long linkLocalHigh;
    final long linkLocalLow;
    private final Ipv6Address prefixGroup;
    private final Ipv6Address linkLocalGroup;
    /// Where names are answered; the same as the prefix' own where it has no other.
    private final Ipv6Address dns;

    private final Ipv6Address dnsGroup;

    Ipv6Own(GatewayConfig config) {
        mac = config.mac().bits();
        prefixHigh = config.ipv6().high();
        prefixLow = config.ipv6().low();
        linkLocalHigh = config.linkLocal().high();
        linkLocalLow = config.linkLocal().low();
        prefixGroup = config.ipv6().solicitedNode();
        linkLocalGroup = config.linkLocal().solicitedNode();
        dns = config.prefix().contains(config.dns6()) ? config.dns6() : config.ipv6();
        dnsGroup = dns.solicitedNode();
    }

    boolean isAddress(long high, long low) {
        return (high == prefixHigh && low == prefixLow)
                || (high == linkLocalHigh && low == linkLocalLow)
                || (high == dns.high() && low == dns.low());
    }

    /// Whether it is one that the host has, too, where there is a tap: any but that for names alone.
    boolean isHosts(long high, long low) {
        return (high == prefixHigh && low == prefixLow) || (high == linkLocalHigh && low == linkLocalLow);
    }

    /// All nodes, all routers, and the solicited-node groups (RFC 4291 §2.8).
    boolean isGroup(long high, long low) {
        return high == ALL_NODES_HIGH
                && (low == ALL_NODES_LOW
                        || low == Ipv6Address.ALL_ROUTERS.low()
                        || low == prefixGroup.low()
                        || low == linkLocalGroup.low()
                        || low == dnsGroup.low());
    }

    /// Which of our addresses speaks to this one (RFC 6724 §5, rule 2: the same scope).
    long sourceLowFor(long destinationHigh) {
        return destinationHigh == linkLocalHigh ? linkLocalLow : prefixLow;
    }

    long sourceHighFor(long destinationHigh) {
        return destinationHigh == linkLocalHigh ? linkLocalHigh : prefixHigh;
    }
}
