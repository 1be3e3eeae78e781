package vmlan.program.serve;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import vmlan.program.config.NetworkName;
import vmlan.program.config.NetworksFile;
import vmlan.program.config.UplinkChoice;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.Detached;

/// Starts a network's process. The caller holds the network's start.lock.
final class NetworkStart {
    /// Longer than the process itself waits for anybody, so that it tells why it does not start.
    private static final Duration START_LIMIT =
            NetworkServer.PREDECESSOR_LIMIT.plus(SegmentOpener.ANSWER_LIMIT).plusSeconds(10);

    /// Less, and a process cannot write down what it is and what went wrong.
    private static final long LITTLE_SPACE = 64 << 10;

    private final Places places;
    private final Networks networks;

    NetworkStart(Places places, Networks networks) {
        this.places = places;
        this.networks = networks;
    }

    /// Starts the process detached from this one and waits until it says that it is ready. Two commands may
    /// do so at once: the network's lock lets one win, and the other process sees that and is content.
    void start(String name, UplinkChoice choice) throws Failure {
        NetworkName network = startName(name);
        refuseSharedNic(network);
        boolean withRights = NetworkRights.areWanted(network, networks.via(network, choice)) && NetworkRights.areHere();
        Path log = places.state("networks", name).resolve("network.err");
        try {
            List<String> command = new ArrayList<>();
            if (withRights) {
                command.addAll(Privileges.openerCommand(places, name, choice));
            } else {
                command.addAll(List.of(Privileges.launcher(), "network", "serve", name));
                command.addAll(choice.options());
            }
            ProcessBuilder builder = new ProcessBuilder().redirectError(ProcessBuilder.Redirect.to(log.toFile()));
            builder.environment().put("VMLAN_NO_BUILD", "1");
            builder.environment().remove(Devices.VARIABLE);
            builder.directory(new File("/"));
            Process process = Detached.leave(builder, command, null);
            if (!ReadyWord.await(process, START_LIMIT) && !networks.client(name).isServed()) {
                throw notStarted(name, log);
            }
        } catch (IOException e) {
            throw Failure.world(
                    "the network '" + name + "' cannot be started: " + Places.reason(e), "look into " + log, e);
        }
    }

    /// What the process will be: networks.yaml may have another mode or NIC by now than when it ran before.
    private NetworkName startName(String name) throws Failure {
        return new NetworksFile(places).read().problems().isEmpty() ? networks.wanted(name) : networks.known(name);
    }

    /// Two networks on one NIC would both answer for what comes in by it.
    private void refuseSharedNic(NetworkName network) throws Failure {
        if (network.nic() == null) {
            return;
        }
        for (String other : networks.ranOrBuiltIn()) {
            if (!other.equals(network.text())
                    && network.nic().equals(networks.known(other).nic())
                    && networks.client(other).isServed()) {
                throw Failure.usage(
                        "the NIC " + network.nic() + " is in use by the network " + other + ", which runs",
                        "take --net " + other + ", or stop it first: vmlan network stop " + other);
            }
        }
    }

    /// The process said why in the form of every command: what, and what to do.
    private static Failure notStarted(String name, Path log) throws IOException {
        List<String> lines =
                Files.readString(log, StandardCharsets.UTF_8).lines().toList();
        if (lines.size() >= 2
                && lines.get(0).startsWith("vmlan: ")
                && lines.get(1).startsWith("  → ")) {
            return Failure.world(
                    lines.get(0).substring("vmlan: ".length()), lines.get(1).substring("  → ".length()));
        }
        if (lines.isEmpty() && Files.getFileStore(log).getUsableSpace() < LITTLE_SPACE) {
            // Its words had no room either.
            return Failure.world(
                    "the network '" + name + "' did not start: no space left in " + log.getParent(),
                    "make room there: df -h " + log.getParent());
        }
        String words = lines.isEmpty() ? "no word" : lines.getFirst();
        return Failure.world("the network '" + name + "' did not start: " + words, "look into " + log.getParent());
    }
}
