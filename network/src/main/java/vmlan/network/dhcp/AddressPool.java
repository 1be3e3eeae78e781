package vmlan.network.dhcp;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;

/// Which addresses of a network there are for guests, whoever has them.
final class AddressPool {
    private final Ipv4Prefix network;
    private Ipv4Address first;
    private Ipv4Address last;
    /// The gateway's, which nobody may have.
    private final Set<Ipv4Address> withheld = new HashSet<>();

    /// As [#range].
    AddressPool(Ipv4Prefix network, Ipv4Address first, Ipv4Address last) {
        this.network = network;
        range(first, last);
    }

    /// @param newFirst lowest address for guests without a reservation
    /// @param newLast the highest
    /// @throws IllegalArgumentException for what is no range of the network
    void range(Ipv4Address newFirst, Ipv4Address newLast) {
        // The gateway's may lie between them, or be one of them: it is passed over.
        if (!isHosts(newFirst) || !isHosts(newLast) || newFirst.compareTo(newLast) > 0) {
            throw new IllegalArgumentException(
                    "addresses from " + newFirst + " to " + newLast + " are no range within " + network);
        }
        first = newFirst;
        last = newLast;
    }

    Ipv4Prefix network() {
        return network;
    }

    void withhold(Ipv4Address address) {
        withheld.add(address);
    }

    long size() {
        return Integer.toUnsignedLong(last.bits()) - Integer.toUnsignedLong(first.bits()) + 1;
    }

    /// A /31 has no network and broadcast addresses (RFC 3021), and no place for a gateway beside a guest either.
    private boolean isHosts(Ipv4Address address) {
        return network.contains(address) && !address.equals(network.network()) && !address.equals(network.broadcast());
    }

    /// Whether a guest can have it at all.
    boolean isUsable(Ipv4Address address) {
        return isHosts(address) && !withheld.contains(address);
    }

    /// Whether it is for guests without a reservation.
    boolean contains(Ipv4Address address) {
        return address.compareTo(first) >= 0 && address.compareTo(last) <= 0 && !withheld.contains(address);
    }

    /// The lowest one that will do.
    Optional<Ipv4Address> lowest(Predicate<Ipv4Address> will) {
        for (Ipv4Address address = first; address.compareTo(last) <= 0; address = address.plus(1)) {
            if (contains(address) && will.test(address)) {
                return Optional.of(address);
            }
            if (address.equals(last)) {
                break; // 255.255.255.255 has no successor
            }
        }
        return Optional.empty();
    }
}
