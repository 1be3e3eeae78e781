package vmlan.network.dhcp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import vmlan.packet.DomainName;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.MacAddress;

/// Who has which address. The same MAC gets the same address for ever, unless the pool is used up: then the
/// unreserved lease that expired longest ago is given away.
///
/// Trust: MACs, requested addresses and names come from guests. A port of the switch gets [#PORT_LIMIT]
/// leases at most; there are [#LIMIT] in all; addresses that guests claim to use are set aside in bounded
/// number and time.
public final class Leases {
    /// Leases of one port: more than a VM with some containers needs, too few to starve a /24.
    static final int PORT_LIMIT = 16;
    /// Leases and reservations in all.
    static final int LIMIT = 4096;

    /// Nobody but the MAC they belong to may have these names (design: `host.vmlan.internal` is the host).
    private static final Set<String> TAKEN_NAMES = Set.of("host", "gateway", "localhost", "wpad");

    private final AddressPool pool;
    private final Map<MacAddress, Binding> byMac = new LinkedHashMap<>();
    private final Map<Ipv4Address, Binding> byAddress = new HashMap<>();
    private final AddressesInUse inUse;
    private final KeptAddresses kept = new KeptAddresses();
    private final List<String> problems = new ArrayList<>();
    private long changes;

    /// Starts with the leases that were written down; see [#problems].
    ///
    /// @param first lowest address that may be given to guests without a reservation
    /// @param last the highest
    /// @param known what [#all] said before the last restart; what does not fit is left out, see
    /// [#problems]
    public Leases(Ipv4Prefix network, Ipv4Address first, Ipv4Address last, Collection<Lease> known) {
        pool = new AddressPool(network, first, last);
        inUse = new AddressesInUse(Math.clamp(pool.size() / 4, 1, 256));
        known.forEach(this::restore);
    }

    /// Gives out other addresses from now on; whoever has one keeps it.
    public void range(Ipv4Address newFirst, Ipv4Address newLast) {
        pool.range(newFirst, newLast);
    }

    /// Keeps addresses for their owners, in place of those that were kept before. Whoever has such an address
    /// and is not its owner loses it, but for one that [#reserve] gave it to: that VM runs, so the owner waits
    /// until [#unreserve].
    ///
    /// @param owners null for an owner whose MAC is not known now
    public void keep(Map<Ipv4Address, MacAddress> owners) {
        kept.set(owners);
        for (Binding binding : List.copyOf(byMac.values())) {
            if (!binding.reserved && kept.forAnother(binding.address, binding.mac)) {
                remove(binding);
                changes++;
            }
        }
        List.copyOf(byMac.values()).forEach(this::moveToKept);
    }

    /// A guest has the address that is kept for it as soon as nobody else has; it learns so when it asks again.
    private Binding moveToKept(Binding binding) {
        Ipv4Address address = kept.of(binding.mac);
        if (address == null || address.equals(binding.address) || !makeFree(address)) {
            return binding;
        }
        remove(binding);
        Binding moved = bind(binding.mac, address);
        moved.reserved = binding.reserved;
        moved.reservedName = binding.reservedName;
        moved.reservedPort = binding.reservedPort;
        moved.guestName = binding.guestName;
        moved.port = binding.port;
        moved.expiresNanos = binding.expiresNanos;
        changes++;
        return moved;
    }

    /// Takes an address from whoever has it, unless that is a VM that runs.
    private boolean makeFree(Ipv4Address address) {
        Binding holder = byAddress.get(address);
        if (!pool.isUsable(address) || (holder != null && holder.reserved)) {
            return false;
        }
        if (holder != null) {
            remove(holder);
        }
        return true;
    }

    private void restore(Lease lease) {
        String problem = null;
        if (!pool.isUsable(lease.address())) {
            problem = "is not of the network " + pool.network();
        } else if (lease.mac().isGroup() || lease.mac().bits() == 0) {
            problem = "is for a MAC that no station has";
        } else if (byMac.containsKey(lease.mac())) {
            problem = "is the second of its MAC";
        } else if (byAddress.containsKey(lease.address())) {
            problem = "is the second of its address";
        } else if (byMac.size() >= LIMIT) {
            problem = "is one more than " + LIMIT;
        }
        if (problem != null) {
            problems.add("lease of " + lease.address() + " for " + lease.mac() + " " + problem);
            return;
        }
        Binding binding = bind(lease.mac(), lease.address());
        binding.guestName = nameFor(binding, lease.name());
        binding.leased = true;
        binding.expiresNanos = lease.expiresNanos();
        binding.acknowledgedNanos = lease.acknowledgedNanos();
    }

    /// What was wrong with the known leases that were left out, a sentence each.
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /// Gives an address to nobody, whoever had it: it is the gateway's.
    public void withhold(Ipv4Address address) {
        pool.withhold(address);
        Binding holder = byAddress.get(address);
        if (holder != null) {
            problems.add("lease of " + address + " for " + holder.mac + " is of the gateway's address");
            remove(holder);
            changes++;
        }
    }

    /// As below, for a MAC that may ask on any port.
    public Optional<Ipv4Address> reserve(MacAddress mac, Ipv4Address address, String name) {
        return reserve(mac, address, name, null);
    }

    /// Keeps an address for a VM, whether it ever asks or not; nobody else gets it, also when somebody has
    /// it now.
    ///
    /// @param address null to pick one: the one it had, else a free one
    /// @param name the VM's, which wins over the host name that the guest tells; or null
    /// @param port the name of the only port that may ask for this MAC from now on; null for any
    /// @return the address; empty when none is free now: the next request tries again
    /// @throws IllegalArgumentException when the address is not of the network or reserved for another MAC
    public Optional<Ipv4Address> reserve(MacAddress mac, Ipv4Address address, String name, String port) {
        Binding binding = byMac.get(mac);
        if (address != null) {
            checkReservable(mac, address);
            Binding holder = byAddress.get(address);
            if (holder != null && holder != binding) {
                remove(holder);
            }
            if (binding != null && !binding.address.equals(address)) {
                remove(binding);
                binding = null;
            }
            binding = binding == null ? bind(mac, address) : binding;
        } else if (binding == null) {
            Ipv4Address free = keptOrFree(mac, null, 0).orElse(null);
            if (free == null) {
                return Optional.empty();
            }
            binding = bind(mac, free);
        } else {
            binding = moveToKept(binding);
        }
        binding.reserved = true;
        binding.reservedName = name;
        binding.reservedPort = port;
        if (name != null) {
            takeName(name, binding);
        }
        changes++;
        return Optional.of(binding.address);
    }

    /// @throws IllegalArgumentException when [#reserve] would
    public void checkReservable(MacAddress mac, Ipv4Address address) {
        if (!pool.isUsable(address)) {
            throw new IllegalArgumentException(address + " is not an address for guests in " + pool.network());
        }
        if (kept.forAnother(address, mac)) {
            throw new IllegalArgumentException(address + " is kept for another guest");
        }
        Binding holder = byAddress.get(address);
        if (holder != null && holder.reserved && !holder.mac.equals(mac)) {
            throw new IllegalArgumentException(address + " is reserved for " + holder.mac);
        }
    }

    /// Guests that only told such a name lose it to the VM that has it.
    private void takeName(String name, Binding owner) {
        for (Binding other : byMac.values()) {
            if (other != owner && name.equals(other.guestName)) {
                other.guestName = null;
            }
        }
    }

    /// The VM has stopped: its lease is like any other again, kept until the pool runs out, under the VM's name. An
    /// address that it never asked for is free.
    public void unreserve(MacAddress mac) {
        Binding binding = byMac.get(mac);
        if (binding == null || !binding.reserved) {
            return;
        }
        if (binding.leased && !kept.forAnother(binding.address, mac)) {
            binding.reserved = false;
            binding.reservedPort = null;
            binding.guestName = binding.reservedName;
            binding.reservedName = null;
        } else {
            remove(binding);
        }
        changes++;
    }

    /// Drops reservation and lease of a MAC: its VM is no more.
    public void forget(MacAddress mac) {
        Binding binding = byMac.get(mac);
        if (binding != null) {
            remove(binding);
            changes++;
        }
    }

    /// Every lease that was ever acknowledged and not given away since: what to write down. In the order of
    /// addresses.
    public List<Lease> all() {
        return byMac.values().stream()
                .filter(binding -> binding.leased)
                .map(Binding::lease)
                .sorted(Comparator.comparing(Lease::address))
                .toList();
    }

    /// The lease of a MAC, expired or not; empty when it was never acknowledged, also when an address is
    /// reserved.
    public Optional<Lease> of(MacAddress mac) {
        return Optional.ofNullable(byMac.get(mac))
                .filter(binding -> binding.leased)
                .map(Binding::lease);
    }

    /// Whether a port may ask for a MAC: not when that is a VM's on another port.
    boolean mayAsk(MacAddress mac, String port) {
        Binding binding = byMac.get(mac);
        return binding == null || binding.mayAsk(port);
    }

    /// The address that is kept for a MAC, whether it has asked or not.
    public Optional<Ipv4Address> reserved(MacAddress mac) {
        return Optional.ofNullable(byMac.get(mac))
                .filter(binding -> binding.reserved)
                .map(binding -> binding.address);
    }

    /// Goes up with every change of what [#all] or [#reserved] say.
    public long changes() {
        return changes;
    }

    /// The address to offer to a MAC: its own, else the one it asks for, else a free one.
    ///
    /// @param port the name of the port that it asks on
    Optional<Ipv4Address> offer(MacAddress mac, Optional<Ipv4Address> wish, String port, long offerNanos, long now) {
        Binding binding = byMac.get(mac);
        if (binding == null) {
            if (!hasRoom(port, now)) {
                return Optional.empty();
            }
            Optional<Ipv4Address> address = wish.filter(wished -> kept.of(mac) == null && isFor(wished, mac, now))
                    .or(() -> keptOrFree(mac, port, now));
            if (address.isEmpty()) {
                return address;
            }
            binding = bind(mac, address.get());
            binding.port = port;
            binding.expiresNanos = now + offerNanos;
        } else {
            binding = moveToKept(binding);
            if (!binding.leased && binding.expiresNanos - now < offerNanos) {
                binding.expiresNanos = now + offerNanos;
            }
        }
        return Optional.of(binding.address);
    }

    /// Lets a MAC hold this address, if it does already, or if it holds none and the address is free; says
    /// whether.
    boolean claim(MacAddress mac, Ipv4Address address, String port, long now) {
        Binding binding = byMac.get(mac);
        if (binding != null) {
            return moveToKept(binding).address.equals(address);
        }
        boolean isKept = address.equals(kept.of(mac)) && makeFree(address);
        if ((!isKept && (kept.of(mac) != null || !isFor(address, mac, now))) || !hasRoom(port, now)) {
            return false;
        }
        Binding claimed = bind(mac, address);
        claimed.port = port;
        claimed.expiresNanos = now;
        return true;
    }

    /// Makes a lease of what a MAC holds.
    void acknowledge(MacAddress mac, Optional<String> guestName, String port, long now, long expiresNanos) {
        Binding binding = byMac.get(mac);
        binding.port = port;
        binding.leased = true;
        binding.acknowledgedNanos = now;
        binding.expiresNanos = expiresNanos;
        if (guestName.isPresent()) {
            binding.guestName = nameFor(binding, guestName.get());
        }
        changes++;
    }

    /// The client has taken another server's offer.
    void withdrawOffer(MacAddress mac) {
        Binding binding = byMac.get(mac);
        if (binding != null && !binding.leased && !binding.reserved) {
            remove(binding);
        }
    }

    /// Ends a lease but remembers whose it was. False when this is not the holder's own port.
    boolean release(MacAddress mac, Ipv4Address address, String port, long now) {
        Binding binding = byMac.get(mac);
        if (binding == null || !binding.leased || !binding.address.equals(address) || !binding.isOf(port)) {
            return false;
        }
        if (binding.expiresNanos - now > 0) {
            binding.expiresNanos = now;
            changes++;
        }
        return true;
    }

    /// The client has found its address in use: it is set aside, unless it is reserved. False when this is
    /// not the holder's own port.
    boolean decline(MacAddress mac, Ipv4Address address, String port, long now) {
        Binding binding = byMac.get(mac);
        if (binding == null || !binding.address.equals(address) || !binding.isOf(port)) {
            return false;
        }
        if (!binding.reserved) {
            remove(binding);
            inUse.add(address, null, port, now);
            changes++;
        }
        return true;
    }

    /// A guest uses an address, as its ARP packets show. If nobody has a lease for it, nobody else is given
    /// one for a while.
    public void seenInUse(Ipv4Address address, MacAddress mac, String port, long now) {
        if (pool.contains(address) && !byAddress.containsKey(address)) {
            inUse.add(address, mac, port, now);
        }
    }

    /// Whether a guest without an address may have this one of the pool.
    private boolean isFor(Ipv4Address address, MacAddress mac, long now) {
        return pool.contains(address)
                && !byAddress.containsKey(address)
                && !kept.forAnother(address, mac)
                && !inUse.byAnother(address, mac, now);
    }

    private Optional<Ipv4Address> keptOrFree(MacAddress mac, String port, long now) {
        Ipv4Address its = kept.of(mac);
        return its != null && makeFree(its) ? Optional.of(its) : freeAddress(mac, port, now);
    }

    private Binding bind(MacAddress mac, Ipv4Address address) {
        Binding binding = new Binding(mac, address);
        byMac.put(mac, binding);
        byAddress.put(address, binding);
        return binding;
    }

    private void remove(Binding binding) {
        byMac.remove(binding.mac);
        byAddress.remove(binding.address);
    }

    /// Whether a new MAC on this port finds a place, if need be the one of an older MAC of the same port
    /// whose time is over.
    private boolean hasRoom(String port, long now) {
        List<Binding> ofPort = byMac.values().stream()
                .filter(binding -> port.equals(binding.port) && !binding.reserved)
                .toList();
        if (ofPort.size() >= PORT_LIMIT && !removeLongestExpired(ofPort, now)) {
            return false;
        }
        return byMac.size() < LIMIT || removeLongestExpired(byMac.values(), now);
    }

    private boolean removeLongestExpired(Collection<Binding> candidates, long now) {
        Optional<Binding> victim = candidates.stream()
                .filter(binding -> !binding.reserved && binding.expiresNanos - now <= 0)
                .min(Comparator.comparingLong(binding -> binding.expiresNanos - now));
        victim.ifPresent(binding -> {
            remove(binding);
            changes++;
        });
        return victim.isPresent();
    }

    /// The lowest address that is nobody's; when there is none, the one whose lease expired longest ago.
    private Optional<Ipv4Address> freeAddress(MacAddress mac, String port, long now) {
        Optional<Ipv4Address> free = pool.lowest(address -> isFor(address, mac, now));
        if (free.isPresent()) {
            return free;
        }
        Optional<Binding> victim = byMac.values().stream()
                .filter(binding -> pool.contains(binding.address)
                        && !binding.reserved
                        && !kept.forAnother(binding.address, mac)
                        && (port == null || binding.expiresNanos - now <= 0))
                .min(Comparator.comparingLong(binding -> binding.expiresNanos - now));
        victim.ifPresent(binding -> {
            remove(binding);
            changes++;
        });
        return victim.map(binding -> binding.address);
    }

    /// A guest's name for itself, if it is a DNS label and nobody else's; else null.
    private String nameFor(Binding binding, String name) {
        if (name == null || !DomainName.isLabel(name) || TAKEN_NAMES.contains(name)) {
            return null;
        }
        boolean isTaken = byMac.values().stream()
                .anyMatch(other ->
                        other != binding && (name.equals(other.guestName) || Objects.equals(name, other.reservedName)));
        return isTaken ? null : name;
    }
}
