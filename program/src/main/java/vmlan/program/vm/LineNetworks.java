package vmlan.program.vm;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Prefix;
import vmlan.program.config.DefinedName;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworkName;
import vmlan.program.config.UplinkChoice;
import vmlan.program.config.VmnetBlock;
import vmlan.program.message.Failure;
import vmlan.program.publish.PublishRule;
import vmlan.qemu.language.Settings;
import vmlan.qemu.translation.ServedNic;
import vmlan.qemu.translation.WantedNetwork;

/// Which network of vmlan's one is that a QEMU command line asks for: a name, and for one that the line itself
/// describes its definition.
final class LineNetworks {
    /// passt takes the mask of the address's class where none is given (passt conf.c, conf_ip4_prefix); today nobody
    /// means that, and the networks of homes are /24.
    private static final int USUAL_BITS = 24;

    private final Path directory;

    /// @param directory that paths in the command line are relative to
    LineNetworks(Path directory) {
        this.directory = directory;
    }

    /// @param vm whose NIC it is
    /// @param nic the NIC's number
    String name(WantedNetwork wanted, String vm, int nic) throws Failure {
        return definition(wanted, vm, nic).map(block -> block.name().text()).orElseGet(() -> switch (wanted) {
            case WantedNetwork.Bridged bridged -> NetworkName.bridgedTo(bridged.nic());
            case WantedNetwork.Host host -> "host";
            default -> "shared";
        });
    }

    /// Empty for one that is built in.
    Optional<NetworkBlock> definition(WantedNetwork wanted, String vm, int nic) throws Failure {
        try {
            return switch (wanted) {
                case WantedNetwork.Bridged bridged -> Optional.empty();
                case WantedNetwork.Shared shared -> shared(shared);
                case WantedNetwork.Host host -> host(host.range());
                case WantedNetwork.Group group -> Optional.of(VmnetBlock.isolated(uuid(group.uuid())));
                case WantedNetwork.Passt passt -> Optional.of(passt(passt.settings(), vm, nic));
                case WantedNetwork.User user ->
                    Optional.of(user(user.settings(), vm, nic).block());
            };
        } catch (IllegalArgumentException e) {
            throw mistake(e);
        }
    }

    /// What the line itself opens for a NIC.
    List<PublishRule> published(ServedNic nic) throws Failure {
        try {
            if (nic.network() instanceof WantedNetwork.User user) {
                // the rules do not depend on whose it is
                return user(user.settings(), "vm", 0).published();
            }
            return nic.published().stream().map(PublishRule::parse).toList();
        } catch (IllegalArgumentException e) {
            throw mistake(e);
        }
    }

    private UserNetwork user(Settings settings, String vm, int nic) {
        return UserNetwork.of(settings, vm, nic, directory);
    }

    private static Failure mistake(IllegalArgumentException e) {
        return Failure.usage(e.getMessage(), "change that in QEMU's command line; see: vmlan explain");
    }

    private static Optional<NetworkBlock> shared(WantedNetwork.Shared shared) {
        WantedNetwork.Range range = shared.range();
        if (range == null && shared.nat66Prefix() == null) {
            return Optional.empty();
        }
        return Optional.of(VmnetBlock.shared(
                range == null ? null : Ipv4Address.parse(range.start()),
                range == null ? null : Ipv4Address.parse(range.end()),
                range == null ? null : Ipv4Address.parse(range.mask()),
                shared.nat66Prefix() == null ? null : prefix(shared.nat66Prefix())));
    }

    private static Optional<NetworkBlock> host(WantedNetwork.Range range) {
        return range == null
                ? Optional.empty()
                : Optional.of(VmnetBlock.host(
                        Ipv4Address.parse(range.start()),
                        Ipv4Address.parse(range.end()),
                        Ipv4Address.parse(range.mask())));
    }

    /// An address there, without a length: it is 64 (QEMU qapi/net.json).
    private static Ipv6Prefix prefix(String text) {
        Ipv6Address address = Ipv6Address.parse(text);
        return new Ipv6Prefix(address.high());
    }

    private static UUID uuid(String text) {
        // UUID.fromString takes groups that are shorter
        if (!text.matches("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")) {
            throw new IllegalArgumentException("Invalid UUID provided in 'net-uuid'");
        }
        return UUID.fromString(text);
    }

    /// passt gives its guest one address, which is the host's own unless it is said.
    private static NetworkBlock passt(Settings settings, String vm, int nic) {
        Ipv4Address address = settings.value("address").map(LineNetworks::ipv4).orElse(null);
        Ipv4Address gateway = settings.value("gateway").map(LineNetworks::ipv4).orElse(null);
        int length = settings.value("address")
                .filter(text -> text.contains("/"))
                .map(text -> Integer.valueOf(text.substring(text.indexOf('/') + 1)))
                .orElseGet(
                        () -> settings.value("netmask").map(LineNetworks::bits).orElse(USUAL_BITS));
        Ipv4Address in = address != null ? address : gateway;
        if (in == null) {
            throw new IllegalArgumentException("passt's netmask= says nothing without address= or gateway=");
        }
        Ipv4Prefix ipv4 = new Ipv4Prefix(in, length);
        return new NetworkBlock(
                DefinedName.user(vm, nic),
                0,
                UplinkChoice.NONE,
                ipv4,
                gateway,
                address,
                address,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                List.of());
    }

    private static Ipv4Address ipv4(String text) {
        return Ipv4Address.parse(text.replaceFirst("/.*", ""));
    }

    private static int bits(String mask) {
        return mask.contains(".") ? Integer.bitCount(Ipv4Address.parse(mask).bits()) : Integer.parseInt(mask);
    }
}
