package vmlan.qemu.language.reading;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.HashOrder;
import vmlan.qemu.language.Tree;

/// A NIC of `-device` gets its properties one by one, in the order of QEMU's hash table, and is then real (QEMU
/// system/qdev-monitor.c; hw/core/qdev-properties-system.c).
final class NicProperties {
    /// What every device takes and no list of its properties has (QEMU qom/qom-qmp-cmds.c; system/qdev-monitor.c).
    private static final Set<String> UNLISTED =
            Set.of("driver", "bus", "id", "type", "realized", "hotpluggable", "hotplugged", "parent_bus");

    private final TypedOption typed;
    private final String type;
    private final Dialect dialect;
    private final ArgumentStage arguments;
    private final CreationStage creation;
    private final Report report;
    private List<Clients.Client> peers = List.of();
    private Mac mac;
    private boolean wrong;

    NicProperties(
            TypedOption typed,
            String type,
            Dialect dialect,
            ArgumentStage arguments,
            CreationStage creation,
            Report report) {
        this.typed = typed;
        this.type = type;
        this.dialect = dialect;
        this.arguments = arguments;
        this.creation = creation;
        this.report = report;
    }

    void set() {
        boolean refusedPeer = false;
        for (Map.Entry<String, Tree> property : HashOrder.ofDict(properties())) {
            if (wrong) {
                break;
            }
            if (isMissing(property.getKey())) {
                error("Property '" + type + "." + property.getKey() + "' not found");
                break;
            }
            if (!property.getKey().equals("netdev") && !property.getKey().equals("mac")) {
                continue;
            }
            if (!(property.getValue() instanceof Tree.Text text)) {
                error("Invalid parameter type for '" + property.getKey() + "', expected: string");
            } else if (property.getKey().equals("mac")) {
                mac(text.value());
            } else if (arguments.refused.contains(text.value())) {
                refusedPeer = true;
            } else {
                netdev(text.value());
            }
        }
        if (wrong) {
            return;
        }
        creation.macs.ofDevice(typed, mac);
        if (!refusedPeer) {
            Clients.Client nic =
                    creation.clients.add(typed.id(), type, true, peers.isEmpty() ? null : peers.getFirst());
            peers.forEach(peer -> peer.peer = nic);
        }
    }

    /// Of a key that is there twice the last one counts. What a `-global` says is the device's before all others.
    private Map<String, Tree> properties() {
        Map<String, Tree> properties = new LinkedHashMap<>();
        if (typed.tree() != null) {
            properties.putAll(typed.tree().members());
        } else {
            typed.settings().entries().forEach(entry -> properties.put(entry.key(), new Tree.Text(entry.value())));
        }
        globalPeer()
                .filter(id -> !properties.containsKey("netdev"))
                .ifPresent(id -> properties.put("netdev", new Tree.Text(id)));
        return properties;
    }

    private Optional<String> globalPeer() {
        return arguments.globals.value(type, "netdev").filter(this::isFree);
    }

    private boolean isFree(String id) {
        List<Clients.Client> found = creation.clients.netdevs(id);
        return arguments.refused.contains(id) || (!found.isEmpty() && found.getFirst().peer == null);
    }

    private boolean isMissing(String property) {
        Set<String> known = dialect.properties().get(type);
        return known != null && !known.contains(property) && !UNLISTED.contains(property);
    }

    private void mac(String text) {
        Optional<Mac> read = Mac.strict(text);
        if (read.isEmpty()) {
            property("mac", "doesn't take value '" + text + "'");
        }
        mac = read.orElse(null);
    }

    private void netdev(String id) {
        List<Clients.Client> found = creation.clients.netdevs(id);
        if (found.isEmpty()) {
            property("netdev", "can't find value '" + id + "'");
        } else if (found.getFirst().peer != null) {
            property("netdev", "can't take value '" + id + "', it's in use");
        } else if (found.getFirst().model.startsWith("vhost-") && !type.startsWith("virtio-net-")) {
            error(found.getFirst().model + " requires frontend driver virtio-net-*");
        } else if (globalPeer().filter(other -> typed.value("netdev") != null).isPresent()) {
            error("netdev=" + id + " conflicts, and override is not implemented");
        } else {
            peers = found;
        }
    }

    private void property(String name, String what) {
        error("Property '" + NicDevices.owner(type) + "." + name + "' " + what);
    }

    private void error(String text) {
        wrong = true;
        report.error(text, typed.at());
    }
}
