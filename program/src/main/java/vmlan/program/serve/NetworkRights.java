package vmlan.program.serve;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import vmlan.host.macos.SocketVmnet;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworkName;
import vmlan.program.config.Via;
import vmlan.program.config.Vmnet;
import vmlan.program.message.Failure;

/// What it takes to start a network: on Linux capabilities to open a NIC or a tap, on a Mac root to start an interface
/// of vmnet, up to macOS 15.
final class NetworkRights {
    /// A folder to look in first for the sockets of socket_vmnet; docs/files.md lists it.
    private static final String SOCKETS = "VMLAN_SOCKET_VMNET";

    private NetworkRights() {}

    /// Whether there is nothing to be had without.
    static boolean areNeeded(NetworkName network, Via via) {
        return Vmnet.isHere()
                ? startsVmnet(network, via) && Vmnet.takesRoot()
                : network.mode().needsRights();
    }

    /// Whether something is to be had by them.
    static boolean areWanted(NetworkName network, Via via) {
        return Vmnet.isHere()
                ? startsVmnet(network, via)
                : network.mode().needsRights() || network.mode().hasTap();
    }

    private static boolean startsVmnet(NetworkName network, Via via) {
        return network.mode().hasUplink() && way(network, via) == Via.VMNET;
    }

    static boolean areHere() throws Failure {
        return Vmnet.isHere() ? Privileges.haveRoot() : Privileges.areHere();
    }

    /// The way that a network with an uplink takes where there is a vmnet. Where none is said: a socket_vmnet where one
    /// answers, which takes no root, and otherwise vmnet.
    static Via way(NetworkName network, Via said) {
        if (said == Via.VMNET || said == Via.SOCKET_VMNET) {
            return said;
        }
        return SocketVmnet.find(sockets(network)).isPresent() ? Via.SOCKET_VMNET : Via.VMNET;
    }

    /// What is said of the way, and by it: a socket_vmnet has addresses and an MTU of its own, and is shared with other
    /// programs, so that a network which is to have others goes by vmnet.
    ///
    /// @param block what is said of the network; null for nothing
    static Via said(Via via, NetworkBlock block) {
        return via == Via.AUTO && unfitForDaemon(block).isPresent() ? Via.VMNET : via;
    }

    /// The first setting that a socket_vmnet cannot have.
    static Optional<String> unfitForDaemon(NetworkBlock block) {
        return block == null
                ? Optional.empty()
                : Stream.of(
                                block.ipv4() == null ? null : "ipv4",
                                block.ipv6() == null ? null : "ipv6",
                                block.mtu() == null ? null : "mtu",
                                Boolean.TRUE.equals(block.isolated()) ? "isolated" : null)
                        .filter(Objects::nonNull)
                        .findFirst();
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
