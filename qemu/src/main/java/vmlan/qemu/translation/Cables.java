package vmlan.qemu.translation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vmlan.qemu.language.NetworkOption;

/// Which NICs are at the other ends of the cables of a backend: one, or through QEMU's hubs several, of which the first
/// one on the line is meant.
final class Cables {
    /// `-net` has but this one.
    static final String HUB = "0";

    /// A port of a hub.
    ///
    /// @param netdev what is plugged into it; null: whoever names the port
    private record Port(String id, String hub, String netdev) {}

    private final Map<String, NetworkOption> nicsByNetdev = new HashMap<>();
    private final Map<String, List<Port>> portsByHub = new HashMap<>();
    private final Map<String, Port> portsById = new HashMap<>();
    private final Map<String, Port> portsByNetdev = new HashMap<>();
    /// NICs that are on a hub without a name for the port.
    private final Map<String, NetworkOption> nicsByHub = new HashMap<>();

    Cables(List<NetworkOption> options) {
        options.forEach(this::add);
    }

    private void add(NetworkOption option) {
        if (option.type().equals("hubport")) {
            String hub = option.settings().value("hubid").orElse(HUB);
            if (option.kind() == NetworkOption.Kind.NIC) {
                nicsByHub.putIfAbsent(hub, option);
                return;
            }
            Port port = new Port(
                    option.id().orElse(""),
                    hub,
                    option.settings().value("netdev").orElse(null));
            portsByHub.computeIfAbsent(hub, key -> new ArrayList<>()).add(port);
            portsById.put(port.id(), port);
            if (port.netdev() != null) {
                portsByNetdev.put(port.netdev(), port);
            }
        } else if (option.kind() == NetworkOption.Kind.DEVICE || isBoardNic(option)) {
            Optional<String> netdev = option.settings().value("netdev");
            netdev.ifPresent(id -> nicsByNetdev.putIfAbsent(id, option));
            if (netdev.isEmpty() && isBoardNic(option)) {
                nicsByHub.putIfAbsent(HUB, option);
            }
        }
    }

    static boolean isBoardNic(NetworkOption option) {
        return option.kind() == NetworkOption.Kind.NET && option.type().equals("nic");
    }

    /// @param netdev the backend's id
    Optional<NetworkOption> nicOf(String netdev) {
        NetworkOption nic = nicsByNetdev.get(netdev);
        Port port = portsByNetdev.get(netdev);
        return nic != null || port == null ? Optional.ofNullable(nic) : nicOn(port.hub(), new HashSet<>());
    }

    /// The hub that a backend is plugged into; empty where it is into none.
    Optional<String> hubOf(String netdev) {
        return Optional.ofNullable(portsByNetdev.get(netdev)).map(Port::hub);
    }

    Optional<NetworkOption> nicOnHub() {
        return nicOn(HUB, new HashSet<>());
    }

    private Optional<NetworkOption> nicOn(String hub, Set<String> seen) {
        if (!seen.add(hub)) {
            return Optional.empty();
        }
        if (nicsByHub.containsKey(hub)) {
            return Optional.of(nicsByHub.get(hub));
        }
        for (Port port : portsByHub.getOrDefault(hub, List.of())) {
            Optional<NetworkOption> nic = Optional.ofNullable(nicsByNetdev.get(port.id()))
                    .or(() -> nextHub(port).flatMap(next -> nicOn(next, seen)));
            if (nic.isPresent()) {
                return nic;
            }
        }
        return Optional.empty();
    }

    /// Where a port of another hub is plugged in.
    private Optional<String> nextHub(Port port) {
        return Optional.ofNullable(portsByNetdev.get(port.id()))
                .or(() -> Optional.ofNullable(port.netdev()).map(portsById::get))
                .map(Port::hub);
    }
}
