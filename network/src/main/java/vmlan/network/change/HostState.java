package vmlan.network.change;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Header;

/// How the host is on its networks at one moment.
///
/// @param addresses of all its interfaces, but for those of IPv6 that mean something on one link only: each interface
/// has
///     one, so that they come and go with every container
/// @param ipv4 its way out, or null
/// @param ipv6 the same
/// @param routes of IPv4; as many as were looked at
public record HostState(Set<IpAddress> addresses, HostWay ipv4, HostWay ipv6, List<HostRoute> routes) {
    public HostState {
        addresses = addresses.stream()
                .filter(address -> address.isIpv4() || !Ipv6Header.isLinkLocal(address.high()))
                .collect(Collectors.toUnmodifiableSet());
        routes = List.copyOf(routes);
    }

    /// The way out in an address' family, or null.
    HostWay wayFor(IpAddress address) {
        return address.isIpv4() ? ipv4 : ipv6;
    }

    /// Networks of the host's that hide machines from a network's guests, or that the host's own way to the guests
    /// hides.
    ///
    /// @param own the network's
    /// @param ownInterface the host's tap in it, or null
    public List<HostRoute> overlapping(Ipv4Prefix own, String ownInterface) {
        return routes.stream()
                .filter(route -> route.isSpecific()
                        && route.prefix().overlaps(own)
                        && !route.ifName().equals(ownInterface))
                .toList();
    }

    /// The IPv4 networks that an interface has addresses in.
    List<Ipv4Prefix> networksOf(String ifName) {
        return routes.stream()
                .filter(route -> route.ifName().equals(ifName)
                        && route.gateway() == null
                        && route.isSpecific()
                        && route.prefix().length() < 32)
                .map(HostRoute::prefix)
                .distinct()
                .toList();
    }
}
