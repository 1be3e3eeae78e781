package vmlan.program.serve;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import vmlan.host.macos.SocketVmnet;
import vmlan.host.macos.VmnetException;
import vmlan.host.macos.VmnetFramework;
import vmlan.host.macos.VmnetInterface;
import vmlan.host.macos.VmnetSettings;
import vmlan.host.posix.Identity;
import vmlan.host.posix.IdentityException;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Address;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.Via;
import vmlan.program.config.Vmnet;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// Opens the way to a segment of macOS' for the network that this process serves: starts an interface of vmnet, which
/// may take root and does not survive an exec, or finds the socket of a socket_vmnet.
final class SegmentOpener {
    static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

    private final NetworkSettings settings;
    private final NetworkLog log;

    SegmentOpener(NetworkSettings settings, NetworkLog log) {
        this.settings = settings;
        this.log = log;
    }

    /// What a network's process opens itself, if anything; it has nothing of root afterwards.
    ///
    /// @return null where the network needs no segment of macOS'
    OpenedSegment open() throws Failure {
        Optional<Identity> root = Identity.ofEnvironment();
        try {
            OpenedSegment opened = Vmnet.isHere() && settings.mode().hasUplink() ? open(root) : null;
            if (root.isPresent()) {
                root.get().becomeOwner();
                log.accept("root is given up: this process is " + root.get() + " from now on");
            }
            return opened;
        } catch (IdentityException e) {
            throw Failure.world(
                    "the network " + settings.name() + " cannot give up root: " + Places.reason(e),
                    "look into what the message names; nothing of it runs",
                    e);
        }
    }

    private OpenedSegment open(Optional<Identity> root) throws Failure, IdentityException {
        Via said = NetworkRights.said(settings.via(), settings.block());
        return NetworkRights.way(settings.networkName(), said) == Via.SOCKET_VMNET ? byDaemon() : byVmnet(root);
    }

    private OpenedSegment byDaemon() throws Failure {
        List<Path> sockets = NetworkRights.sockets(settings.networkName());
        if (sockets.isEmpty()) {
            throw Failure.usage(
                    "socket_vmnet has no network of the kind of " + settings.name(),
                    "take --via vmnet, or --net shared");
        }
        Optional<String> unfit = NetworkRights.unfitForDaemon(settings.block());
        if (unfit.isPresent()) {
            throw Failure.usage(
                    unfit.get() + " of the network " + settings.name()
                            + " cannot be had from a socket_vmnet, which has its own",
                    "take via: vmnet, or leave " + unfit.get() + " away");
        }
        Optional<Path> found = SocketVmnet.find(sockets);
        if (found.isEmpty()) {
            throw Failure.world(
                    "no socket_vmnet answers at " + sockets.getFirst() + " or where it is installed otherwise",
                    "start it: sudo brew services start socket_vmnet (its README has the service for a NIC), or take"
                            + " --via vmnet");
        }
        return new OpenedSegment.ByDaemon(found.get());
    }

    private OpenedSegment byVmnet(Optional<Identity> root) throws Failure, IdentityException {
        try {
            VmnetFramework framework = framework(log);
            VmnetSettings wish = wish(settings);
            return new OpenedSegment.ByVmnet(
                    root.isPresent()
                            ? root.get().asRoot(() -> VmnetInterface.start(framework, wish, ANSWER_LIMIT))
                            : VmnetInterface.start(framework, wish, ANSWER_LIMIT));
        } catch (IdentityException e) {
            throw e;
        } catch (VmnetException e) {
            throw Failure.world(
                    "the network " + settings.name() + " cannot be started by vmnet: " + e.reason(),
                    e.advice().isEmpty() ? "see: vmlan doctor" : e.advice(),
                    e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static VmnetFramework framework(NetworkLog log) throws VmnetException {
        Optional<String> library = Vmnet.library();
        return library.isPresent()
                ? VmnetFramework.open(library.get(), fault -> log.failure("vmnet", fault))
                : VmnetFramework.open(fault -> log.failure("vmnet", fault));
    }

    /// What the interface is to be.
    static VmnetSettings wish(NetworkSettings settings) {
        VmnetSettings wish = switch (settings.mode()) {
            case VMNET_SHARED -> VmnetSettings.shared();
            case VMNET_HOST -> VmnetSettings.host();
            default -> VmnetSettings.bridged(settings.nic());
        };
        NetworkBlock block = settings.block();
        if (block != null && settings.mode().isApples()) {
            if (block.ipv4() != null) {
                Ipv4Prefix ipv4 = block.ipv4();
                Ipv4Address start = block.gateway() == null ? Subnet.firstOf(ipv4) : block.gateway();
                Ipv4Address end = block.dhcpTo() == null ? ipv4.broadcast().plus(-1) : block.dhcpTo();
                wish = wish.withRange(start, end, ipv4.mask());
            }
            if (block.ipv6() != null) {
                wish = wish.withNat66Prefix(new Ipv6Address(block.ipv6().high(), 0));
            }
            if (block.mtu() != null) {
                wish = wish.withMtu(block.mtu());
            }
        }
        return settings.isIsolating() ? wish.isolate() : wish;
    }
}
