package vmlan.network.gateway;

import java.util.Set;
import java.util.stream.Stream;
import vmlan.packet.Ipv4Address;

/// The gateway's IPv4 addresses, as bare numbers for comparing with those in packets.
final class Ipv4Own {
    /// The one that it speaks from by itself; the host's, where the host has a tap.
    final int address;
    private final int[] others;

    Ipv4Own(GatewayConfig config) {
        address = config.address().bits();
        others = others(config).mapToInt(Ipv4Address::bits).toArray();
    }

    /// Those besides the gateway's first, each once.
    static Stream<Ipv4Address> others(GatewayConfig config) {
        Set<Ipv4Address> more = config.options().others();
        return Stream.concat(Stream.of(config.dns()), more.stream())
                .filter(address -> config.network().contains(address) && !address.equals(config.address()))
                .distinct();
    }

    boolean isAddress(int candidate) {
        if (candidate == address) {
            return true;
        }
        for (int other : others) {
            if (other == candidate) {
                return true;
            }
        }
        return false;
    }
}
