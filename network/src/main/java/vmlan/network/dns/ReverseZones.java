package vmlan.network.dns;

import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;

/// The reverse zones of the network's own addresses.
final class ReverseZones {
    private final Ipv4Prefix ipv4;
    private final Ipv6Prefix ipv6;

    ReverseZones(Ipv4Prefix ipv4, Ipv6Prefix ipv6) {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
    }

    /// The zone that a name is in. A network that ends within a byte has several.
    ///
    /// @return null when the name is outside, or above
    String zoneOf(ReverseName name) {
        int count = name.ipv4() ? (ipv4.length() + 7) / 8 : Ipv6Prefix.LENGTH / 4;
        if (name.parts().size() < count || count == 0) {
            return null;
        }
        long bits = name.first(count);
        boolean own = name.ipv4() ? ipv4.contains((int) bits) : bits == ipv6.high();
        if (!own) {
            return null;
        }
        StringBuilder zone = new StringBuilder();
        for (int i = count - 1; i >= 0; i--) {
            int part = name.parts().get(i);
            zone.append(name.ipv4() ? Integer.toString(part) : Integer.toHexString(part))
                    .append(i > 0 ? "." : "");
        }
        return zone + (name.ipv4() ? ReverseName.IPV4 : ReverseName.IPV6);
    }
}
