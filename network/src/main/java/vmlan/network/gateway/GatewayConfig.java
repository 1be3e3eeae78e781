package vmlan.network.gateway;

import java.util.List;
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
/// @param resolver whether it answers DNS, which the guests are told
/// @param options what most networks leave as it is
public record GatewayConfig(
        MacAddress mac,
        Ipv4Address address,
        Ipv4Prefix network,
        Ipv6Prefix prefix,
        boolean router,
        int mtu,
        String domain,
        int leaseSeconds,
        boolean resolver,
        GatewayOptions options) {
    private static final int MIN_MTU = 1280;
    /// An IPv4 packet's length has 16 bits, and Ethernet's header is to fit in 64 KiB beside it.
    private static final int MAX_MTU = 65_520;

    /// Without DNS.
    public GatewayConfig(
            MacAddress mac,
            Ipv4Address address,
            Ipv4Prefix network,
            Ipv6Prefix prefix,
            boolean router,
            int mtu,
            String domain,
            int leaseSeconds) {
        this(mac, address, network, prefix, router, mtu, domain, leaseSeconds, false, GatewayOptions.USUAL);
    }

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
        if (options.ipv6() != null && !prefix.contains(options.ipv6())) {
            throw new IllegalArgumentException("the gateway's address " + options.ipv6() + " is not in " + prefix);
        }
    }

    /// The first address of the prefix, unless it is another one.
    public Ipv6Address ipv6() {
        return options.ipv6() == null ? prefix.address(1) : options.ipv6();
    }

    /// Where guests are told to ask for names.
    public Ipv4Address dns() {
        return options.dns() == null ? address : options.dns();
    }

    public Ipv6Address dns6() {
        return options.dns6() == null ? ipv6() : options.dns6();
    }

    /// Domains that guests try short names in.
    List<DomainName> searchList() {
        return options.search().isEmpty() ? domainName().stream().toList() : options.search();
    }

    public Ipv6Address linkLocal() {
        return Ipv6Address.linkLocal(mac);
    }

    Optional<DomainName> domainName() {
        return Optional.ofNullable(domain).map(DomainName::new);
    }
}
