package vmlan.network.gateway;

import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// An address that a guest uses. It has one of the two; the other is null.
///
/// @param seenNanos when it was last seen to be in use, nanoseconds since 1970
public record Neighbour(MacAddress mac, Ipv6Address ipv6, Ipv4Address ipv4, long seenNanos) {
    public Neighbour {
        if ((ipv6 == null) == (ipv4 == null)) {
            throw new IllegalArgumentException("a neighbour has an IPv4 or an IPv6 address");
        }
    }
}
