package vmlan.network.gateway;

import java.util.Optional;
import vmlan.packet.DomainName;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Prefix;
import vmlan.packet.MacAddress;

/// What the gateway is and tells the guests.
///
/// @param router whether there is a way out through it; if not, it still gives addresses of both kinds
/// @param mtu of the network, 1280 (RFC 8200 §5) to 65520
/// @param domain the guests' domain such as `vmlan.internal`, or null
public record GatewayConfig(
        MacAddress mac,
        Ipv4Address address,
        Ipv4Prefix network,
        Ipv6Prefix prefix,
        boolean router,
        int mtu,
        String domain,
        int leaseSeconds) {
    private static final int MIN_MTU = 1280;
    /// An IPv4 packet's length has 16 bits, and Ethernet's header is to fit in 64 KiB beside it.
    private static final int MAX_MTU = 65_520;

    public GatewayConfig {
        if (mac.isGroup() || mac.bits() == 0) {
            throw new IllegalArgumentException("the gateway's MAC " + mac + " is none of a station");
        }
        if (!network.contains(address) || address.equals(network.network()) || address.equals(network.broadcast())) {
            throw new IllegalArgumentException("the gateway's address " + address + " is none of a host in " + network);
        }
        if (mtu < MIN_MTU || mtu > MAX_MTU) {
            throw new IllegalArgumentException("an MTU of " + mtu + "; 1280 to 65520 are possible");
        }
        if (leaseSeconds < 1) {
            throw new IllegalArgumentException("leases of " + leaseSeconds + " seconds");
        }
        if (domain != null) {
            domain = new DomainName(domain).text();
        }
    }

    /// The first address of the prefix.
    public Ipv6Address ipv6() {
        return prefix.address(1);
    }

    public Ipv6Address linkLocal() {
        return Ipv6Address.linkLocal(mac);
    }

    Optional<DomainName> domainName() {
        return Optional.ofNullable(domain).map(DomainName::new);
    }
}
