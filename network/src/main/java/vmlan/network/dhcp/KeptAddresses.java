package vmlan.network.dhcp;

import java.util.HashMap;
import java.util.Map;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;

/// Addresses that the configuration keeps for somebody, also for one who is not here: nobody else is given them.
final class KeptAddresses {
    private Map<Ipv4Address, MacAddress> byAddress = Map.of();
    private Map<MacAddress, Ipv4Address> byMac = Map.of();

    /// @param kept null for an address whose owner's MAC is not known now
    void set(Map<Ipv4Address, MacAddress> kept) {
        byAddress = new HashMap<>(kept);
        byMac = new HashMap<>();
        kept.forEach((address, mac) -> {
            if (mac != null) {
                byMac.put(mac, address);
            }
        });
    }

    /// @return null when none is kept for it
    Ipv4Address of(MacAddress mac) {
        return byMac.get(mac);
    }

    boolean forAnother(Ipv4Address address, MacAddress mac) {
        return byAddress.containsKey(address) && !mac.equals(byAddress.get(address));
    }
}
