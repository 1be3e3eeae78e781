package vmlan.program.serve;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import vmlan.network.dns.LocalNames;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv6Address;

/// The network's VMs by their names. What a guest calls itself counts for nothing: the name is its port's.
final class GuestNames implements LocalNames {
    private final Supplier<Collection<GuestPort>> ports;

    /// @param ports as they are at each moment
    GuestNames(Supplier<Collection<GuestPort>> ports) {
        this.ports = ports;
    }

    @Override
    public List<IpAddress> addressesOf(String name) {
        List<IpAddress> addresses = null;
        for (GuestPort port : ports.get()) {
            if (port.vm().equals(name)) {
                addresses = addresses == null ? new ArrayList<>() : addresses;
                addresses.addAll(addresses(port));
            }
        }
        return addresses;
    }

    private static List<IpAddress> addresses(GuestPort port) {
        GuestAddresses known = port.known();
        List<IpAddress> addresses = new ArrayList<>();
        if (known.ipv4() != null) {
            addresses.add(IpAddress.of(known.ipv4()));
        }
        for (Ipv6Address address : known.ipv6()) {
            // A link-local one says nothing without an interface.
            if (!address.isLinkLocal()) {
                addresses.add(IpAddress.of(address));
            }
        }
        return addresses;
    }

    @Override
    public List<String> namesOf(IpAddress address) {
        for (GuestPort port : ports.get()) {
            if (addresses(port).contains(address)) {
                return List.of(port.vm());
            }
        }
        return List.of();
    }
}
