package vmlan.program.serve;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import vmlan.host.macos.SocketVmnet;
import vmlan.program.config.NetworkName;
import vmlan.program.config.Via;
import vmlan.program.config.Vmnet;

/// What it takes to start a network: on Linux capabilities to open a NIC or a tap, on a Mac root to start an interface
/// of vmnet, up to macOS 15.
final class NetworkRights {
    /// A folder to look in first for the sockets of socket_vmnet; docs/files.md lists it.
    private static final String SOCKETS = "VMLAN_SOCKET_VMNET";

    private NetworkRights() {}

    /// Whether there is nothing to be had without.
    static boolean areNeeded(NetworkName network, Via via) {
        return Vmnet.isHere()
                ? network.mode().hasUplink() && way(network, via) == Via.VMNET && Vmnet.takesRoot()
                : network.mode().needsRights();
    }

    /// Whether something is to be had by them.
    static boolean areWanted(NetworkName network, Via via) {
        return areNeeded(network, via) || (!Vmnet.isHere() && network.mode().hasTap());
    }

    static boolean areHere() {
        return Vmnet.isHere() ? isRoot() : Privileges.areHere();
    }

    private static boolean isRoot() {
        // the real user's name (JDK: getpwuid(getuid())), also where files are made for somebody else
        return "root".equals(System.getProperty("user.name"));
    }

    /// The way that a network with an uplink takes where there is a vmnet. Where none is said: vmnet where it can be
    /// had
    /// at once, a socket_vmnet where somebody has installed one, and otherwise vmnet, by sudo.
    static Via way(NetworkName network, Via said) {
        if (said == Via.VMNET || said == Via.SOCKET_VMNET) {
            return said;
        }
        return Vmnet.takesRoot()
                        && !isRoot()
                        && SocketVmnet.find(sockets(network)).isPresent()
                ? Via.SOCKET_VMNET
                : Via.VMNET;
    }

    /// Where a socket_vmnet may listen for a network of that name; empty for one that it has not.
    static List<Path> sockets(NetworkName network) {
        List<Path> usual = switch (network.mode()) {
            case BRIDGED -> SocketVmnet.paths(network.nic());
            case VMNET_SHARED -> SocketVmnet.paths();
            default -> List.of();
        };
        String folder = System.getenv(SOCKETS);
        return folder == null || folder.isEmpty() || usual.isEmpty()
                ? usual
                : Stream.concat(
                                Stream.of(
                                        Path.of(folder).resolve(usual.getFirst().getFileName())),
                                usual.stream())
                        .toList();
    }
}
