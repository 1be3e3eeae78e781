package vmlan.network.gateway;

import java.util.List;
import java.util.Set;
import vmlan.packet.DomainName;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// What a network may have that most leave as it is. Null, empty and true are the usual.
///
/// @param dns where guests are told to ask for names over IPv4: the gateway answers there, too, where it is in the
///     network; null for its own address
/// @param ipv6 the gateway's own in the prefix; null for the first one
/// @param dns6 as `dns`, over IPv6
/// @param speaksIpv4 whether there is any IPv4; if not, ARP, DHCP and all else of it is dropped
/// @param speaksIpv6 the same for IPv6 and router advertisements
/// @param hostName what the guest is told that it is called (RFC 2132 §3.14); null: nothing
/// @param search domains that short names are tried in, instead of the guests' own (RFC 3397, RFC 8106 §5.2); guests
///     are told the first ones, as many as fit into what tells them
/// @param others further addresses in the network that are the gateway's, and no guest's
public record GatewayOptions(
        Ipv4Address dns,
        Ipv6Address ipv6,
        Ipv6Address dns6,
        boolean speaksIpv4,
        boolean speaksIpv6,
        String hostName,
        List<DomainName> search,
        Set<Ipv4Address> others) {
    public static final GatewayOptions USUAL =
            new GatewayOptions(null, null, null, true, true, null, List.of(), Set.of());

    /// Each is looked at for each packet to the gateway's MAC.
    static final int MOST_OTHERS = 64;

    public GatewayOptions {
        search = List.copyOf(search);
        others = Set.copyOf(others);
        if (!speaksIpv4 && !speaksIpv6) {
            throw new IllegalArgumentException("a network without IPv4 and IPv6");
        }
        if (others.size() > MOST_OTHERS) {
            throw new IllegalArgumentException(others.size() + " further addresses; 64 are possible");
        }
    }
}
