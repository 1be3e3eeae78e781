package vmlan.program.serve;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworkMode;
import vmlan.program.config.NetworkName;
import vmlan.program.config.NetworksFile;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// A network that a QEMU command line defines: what it says becomes the network's own state (`network.json`), from
/// which
/// the network is started by its name alone, shown, revived and removed like any other.
///
/// Lines that agree land on one network. A line that leaves out what another has said agrees with it, but for a VM's
/// own
/// network, which is what its line says and nothing more.
final class NetworkDefinition {
    private final Places places;
    private final Networks networks;
    private final NetworkName name;
    private final NetworkBlock block;

    NetworkDefinition(Places places, Networks networks, NetworkBlock block) {
        this.places = places;
        this.networks = networks;
        this.name = block.name();
        this.block = block;
    }

    /// Keeps the definition. One that contradicts what was there takes its place where no VM is on the network.
    void keep() throws Failure {
        refuseWhatTheFileHas();
        try {
            if (agrees(kept())) {
                return;
            }
            // Nobody starts it meanwhile and reads what is about to be changed.
            try (FileLock lock =
                    FileLock.take(places.state("networks", name.text()).resolve("start.lock"))) {
                NetworkSettings kept = kept();
                if (agrees(kept)) {
                    return;
                }
                if (kept != null) {
                    makeWay(kept);
                }
                new SettingsChoice(places, name.text(), line -> {}).define(block, new SecureRandom());
            }
        } catch (IOException e) {
            throw Failure.world(
                    "the network '" + name.text() + "' cannot be kept: " + Places.reason(e), "check the disk", e);
        }
    }

    private NetworkSettings kept() {
        return NetworkSettings.peek(places, name.text()).orElse(null);
    }

    /// A name stands for one network: the file's words are the user's, and they are not changed by a line for QEMU.
    private void refuseWhatTheFileHas() throws Failure {
        NetworksFile file = new NetworksFile(places);
        NetworksFile.Content content = file.read();
        if (content.mentioned() == null) {
            throw file.failure(content);
        }
        if (content.mentioned().contains(name.text())) {
            throw Failure.usage(
                    NetworksFile.NAME + " describes a network " + name.text()
                            + ", which is the name of the one that this command line means",
                    "rename it in " + file.path());
        }
    }

    private boolean agrees(NetworkSettings kept) {
        if (kept == null || kept.block() == null || kept.mode() != name.mode()) {
            return false;
        }
        return name.mode() == NetworkMode.USER
                ? kept.block().equals(block)
                : differences(kept.block()).isEmpty();
    }

    /// What both say, and not the same.
    private Map<String, Object> differences(NetworkBlock kept) {
        Map<String, Object> before = flat(kept);
        Map<String, Object> differences = new LinkedHashMap<>();
        flat(block).forEach((setting, value) -> {
            if (!Objects.equals(value, before.get(setting))) {
                differences.put(setting, before.get(setting));
            }
        });
        return differences;
    }

    /// Settings by the names that `network show` has for them.
    private static Map<String, Object> flat(NetworkBlock block) {
        Map<String, Object> flat = new LinkedHashMap<>();
        block.toJson().forEach((setting, value) -> {
            if (value instanceof Map<?, ?> group) {
                group.forEach((key, its) -> flat.put(setting + "." + key, its));
            } else {
                flat.put(setting, value);
            }
        });
        return flat;
    }

    private void makeWay(NetworkSettings kept) throws Failure, IOException {
        List<String> vms = new NetworkUsers(places, networks).of(name.text());
        if (!vms.isEmpty()) {
            throw Failure.usage(
                    contradiction(kept), "say the same, or stop its VMs first: vmlan stop " + vms.getFirst());
        }
        networks.stop(name.text(), false);
        vms = new NetworkUsers(places, networks).of(name.text());
        if (!vms.isEmpty()) {
            // One came between the two: it is taken back with what it was promised.
            throw Failure.usage(
                    contradiction(kept),
                    "say the same; the network was stopped meanwhile: vmlan network start " + name.text());
        }
    }

    private String contradiction(NetworkSettings kept) {
        Map<String, Object> differences = kept.block() == null ? Map.of() : differences(kept.block());
        if (differences.isEmpty()) {
            return "the network " + name.text() + " has VMs that run, and had more settings when they were started";
        }
        String setting = differences.keySet().iterator().next();
        Object before = differences.get(setting);
        return "the network " + name.text() + " has VMs that run with "
                + (before == null ? "no " + setting : setting + " " + SettingsReport.text(before)) + ", and not "
                + SettingsReport.text(flat(block).get(setting));
    }
}
