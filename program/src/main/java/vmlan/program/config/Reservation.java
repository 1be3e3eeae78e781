package vmlan.program.config;

import java.util.Set;
import vmlan.packet.DomainName;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;

/// An address that is kept for one guest, also before it ever ran.
///
/// @param vm its name, null where a MAC address says who it is
/// @param mac null where a name does
public record Reservation(String vm, MacAddress mac, Ipv4Address address) {
    private static final Set<String> NO_VM = Set.of("host", "gateway", "localhost", "wpad");

    /// @param who a VM's name or a MAC address
    /// @throws IllegalArgumentException it is neither
    public static Reservation of(String who, Ipv4Address address) {
        if (who.indexOf(':') >= 0) {
            MacAddress mac = MacAddress.parse(who);
            if (mac.isGroup() || mac.bits() == 0) {
                throw new IllegalArgumentException("'" + who + "' is no NIC's address: it is a group's");
            }
            return new Reservation(null, mac, address);
        }
        if (!DomainName.isLabel(who) || NO_VM.contains(who)) {
            throw new IllegalArgumentException("'" + who + "' is neither a VM's name nor a MAC address");
        }
        return new Reservation(who, null, address);
    }

    public String who() {
        return vm != null ? vm : mac.toString();
    }

    /// Whether a NIC is the one that it is for.
    ///
    /// @param first whether it is the VM's first on the network: a name says one address
    public boolean isFor(String nicVm, MacAddress nicMac, boolean first) {
        return vm != null ? first && vm.equals(nicVm) : mac.equals(nicMac);
    }
}
