package vmlan.program.serve;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import vmlan.network.dhcp.Leases;
import vmlan.network.gateway.Neighbour;
import vmlan.network.gateway.Neighbours;
import vmlan.network.uplink.AddressTable;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// What a NIC is known to have.
///
/// @param ipv4 null when it has none yet
/// @param ipv6 the network's own prefix first, link-local last
record GuestAddresses(Ipv4Address ipv4, List<Ipv6Address> ipv6) {
    static final GuestAddresses NONE = new GuestAddresses(null, List.of());

    /// Counts a lease that was given, and an address that was seen, since the VM started: a sticky lease of
    /// an earlier life says nothing about whether the guest is up.
    static GuestAddresses of(Leases leases, Neighbours neighbours, MacAddress mac, long sinceNanos) {
        List<Neighbour> seen = neighbours.all().stream()
                .filter(neighbour -> neighbour.mac().equals(mac) && neighbour.seenNanos() - sinceNanos >= 0)
                .toList();
        Ipv4Address ipv4 = leases.of(mac)
                .filter(lease -> lease.acknowledgedNanos() - sinceNanos >= 0)
                .map(lease -> lease.address())
                .or(() -> seen.stream()
                        .map(Neighbour::ipv4)
                        .filter(address -> address != null)
                        .findFirst())
                .orElse(null);
        List<Ipv6Address> ipv6 = neighbours.ipv6Of(mac).stream()
                .filter(address -> seen.stream().anyMatch(neighbour -> address.equals(neighbour.ipv6())))
                .toList();
        return new GuestAddresses(ipv4, ipv6);
    }

    /// What a NIC on a network without a gateway of ours has shown since the VM started; the LAN's leases are not
    /// known here.
    static GuestAddresses of(AddressTable addresses, MacAddress mac, long sinceNanos) {
        Set<Object> seen = new HashSet<>();
        for (Neighbour neighbour : addresses.all()) {
            if (neighbour.mac().equals(mac) && neighbour.seenNanos() - sinceNanos >= 0) {
                seen.add(neighbour.ipv4() != null ? neighbour.ipv4() : neighbour.ipv6());
            }
        }
        return new GuestAddresses(
                addresses.ipv4Of(mac).filter(seen::contains).orElse(null),
                addresses.ipv6Of(mac).stream().filter(seen::contains).toList());
    }

    List<String> ipv6Texts() {
        return ipv6.stream().map(Ipv6Address::toString).toList();
    }

    String ipv4Text() {
        return ipv4 == null ? null : ipv4.toString();
    }
}
