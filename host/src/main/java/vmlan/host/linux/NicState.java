package vmlan.host.linux;

import java.util.List;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// A NIC at some moment.
///
/// @param index its number, 0 when it is not there; another one after it was taken out and came back
/// @param present whether an interface has this name
/// @param running whether it is up and has a carrier
/// @param mac null when it is not there, or has none
/// @param ipv4 the host's, of this NIC and of its others, but for the loopback
/// @param ipv6 likewise, also tentative ones; link-local ones of this NIC only
/// @param wifi whether it is wireless, so that a guest cannot have a MAC of its own there
public record NicState(
        String name,
        int index,
        boolean present,
        boolean running,
        MacAddress mac,
        int mtu,
        List<Ipv4Address> ipv4,
        List<Ipv6Address> ipv6,
        boolean wifi) {
    public NicState {
        ipv4 = List.copyOf(ipv4);
        ipv6 = List.copyOf(ipv6);
    }

    static NicState absent(String name) {
        return new NicState(name, 0, false, false, null, 0, List.of(), List.of(), false);
    }
}
