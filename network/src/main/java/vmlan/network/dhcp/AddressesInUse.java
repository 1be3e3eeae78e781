package vmlan.network.dhcp;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;

/// Addresses without a lease that somebody uses all the same: set aside, so that nobody else is given them.
///
/// Trust: guests say so, by ARP or DHCPDECLINE, so it is for [#ASIDE_NANOS] only, [#PORT_LIMIT] for one
/// port and a quarter of the pool in all; what goes beyond is not noted.
final class AddressesInUse {
    static final int PORT_LIMIT = 8;
    /// RFC 2131 §4.3.3 gives no time; a guest with a fixed address is heard by ARP more often than this.
    static final long ASIDE_NANOS = 600_000_000_000L;

    private final int limit;
    private final Map<Ipv4Address, Use> uses = new HashMap<>();

    /// @param mac null when it is not known who uses it
    private record Use(MacAddress mac, String port, long untilNanos) {}

    AddressesInUse(int limit) {
        this.limit = limit;
    }

    void add(Ipv4Address address, MacAddress mac, String port, long now) {
        Use before = uses.get(address);
        if (before == null || before.untilNanos - now <= 0) {
            uses.values().removeIf(use -> use.untilNanos - now <= 0);
            long ofPort =
                    uses.values().stream().filter(use -> use.port.equals(port)).count();
            if (uses.size() >= limit || ofPort >= PORT_LIMIT) {
                return;
            }
        } else if (!Objects.equals(before.mac, mac)) {
            return; // the first is believed until its time is over
        }
        uses.put(address, new Use(mac, port, now + ASIDE_NANOS));
    }

    boolean byAnother(Ipv4Address address, MacAddress mac, long now) {
        Use use = uses.get(address);
        return use != null && use.untilNanos - now > 0 && !mac.equals(use.mac);
    }
}
