package vmlan.program.serve;

import java.util.Optional;
import java.util.TreeSet;
import vmlan.program.config.DefinedName;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworkName;
import vmlan.program.config.NetworksFile;
import vmlan.program.config.Vmnet;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// Which network a name means: one that is built in, one that ran before, one of networks.yaml.
final class NetworkNames {
    private final Places places;
    private final NetworksFile file;

    NetworkNames(Places places) {
        this.places = places;
        this.file = new NetworksFile(places);
    }

    /// For what runs or ran. Looks into networks.yaml only where nothing else knows the name, so that mistakes
    /// there are in nobody's way.
    ///
    /// @throws Failure there is no such network
    NetworkName known(String text) throws Failure {
        if (NetworkName.builtIn(text).isPresent()) {
            return NetworkName.builtIn(text).get();
        }
        NetworkSettings kept = NetworkSettings.peek(places, text).orElse(null);
        return kept == null ? wanted(text) : kept.networkName();
    }

    /// For what shall be started: networks.yaml has to be in order, unless it has no word of a network that is built
    /// in or that a command line has defined.
    ///
    /// @throws Failure there is no such network, or the file has mistakes
    NetworkName wanted(String text) throws Failure {
        NetworkName builtIn = NetworkName.builtIn(text).or(() -> defined(text)).orElse(null);
        NetworksFile.Content content = file.read();
        if (!content.problems().isEmpty() && (builtIn == null || content.isUnclear(text))) {
            throw file.failure(content);
        }
        NetworkBlock block = content.block(text).orElse(null);
        if (block == null && builtIn == null) {
            throw unknown(text, content);
        }
        NetworkName network = block == null ? builtIn : block.name();
        if (network.mode().isApples() && !Vmnet.isHere()) {
            throw Failure.usage(
                    "the network " + text + " is one of macOS' own, and this host has no vmnet",
                    "take --net shared or host, which vmlan has everywhere");
        }
        return network;
    }

    private Optional<NetworkName> defined(String text) {
        return NetworkSettings.peek(places, text)
                .map(NetworkSettings::networkName)
                .filter(NetworkName::isDefined);
    }

    private static Failure unknown(String text, NetworksFile.Content content) {
        TreeSet<String> names = new TreeSet<>(content.blocks().keySet());
        names.removeAll(Networks.BUILT_IN);
        if (DefinedName.read(text).isPresent() && !NetworkName.isFree(text)) {
            return Failure.usage(
                    "there is no network '" + text + "'",
                    "a network of this name comes from a QEMU command line: vmlan qemu … -nic " + nic(text)
                            + " (see: vmlan network ls)");
        }
        String all = "shared, host, private, bridged-NIC" + (names.isEmpty() ? "" : ", " + String.join(", ", names));
        return Failure.usage(
                "there is no network '" + text + "'",
                "take one of: " + all + " (see: vmlan network ls, vmlan interfaces)"
                        + (NetworkName.isFree(text) ? ", or make it: vmlan network create " + text : ""));
    }

    private static String nic(String text) {
        int hyphen = text.indexOf('-');
        return "vmnet-" + text.substring(0, hyphen) + ",start-address=" + text.substring(hyphen + 1) + ",…";
    }
}
