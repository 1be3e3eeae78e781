package vmlan.network.uplink;

import java.util.Collection;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// The addresses of the host on its NIC: few, so they are looked through.
final class OwnAddresses {
    private final long[] high;
    private final long[] low;

    OwnAddresses(Collection<Ipv4Address> ipv4, Collection<Ipv6Address> ipv6) {
        high = new long[ipv4.size() + ipv6.size()];
        low = new long[high.length];
        int n = 0;
        for (Ipv4Address address : ipv4) {
            low[n++] = AddressTable.mapped(address.bits());
        }
        for (Ipv6Address address : ipv6) {
            high[n] = address.high();
            low[n++] = address.low();
        }
    }

    boolean contains(long addressHigh, long addressLow) {
        for (int i = 0; i < low.length; i++) {
            if (low[i] == addressLow && high[i] == addressHigh) {
                return true;
            }
        }
        return false;
    }
}
