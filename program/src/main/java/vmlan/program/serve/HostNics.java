package vmlan.program.serve;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import vmlan.host.linux.RedirectKind;
import vmlan.program.config.NetworkName;
import vmlan.program.config.Vmnet;
import vmlan.program.message.Failure;

/// The host's NICs as somebody sees them who wants to bridge a VM to one.
public final class HostNics {
    private HostNics() {}

    /// @param kind `cable`, `wifi` or `virtual`
    /// @param ipv4 with prefix lengths
    /// @param hostPath how the host will be reached, as far as can be told before the NIC is opened
    /// @param macTranslation unless it is said otherwise
    public record HostNic(
            String name,
            String kind,
            boolean up,
            String mac,
            int mtu,
            List<String> ipv4,
            List<String> ipv6,
            String hostPath,
            boolean macTranslation) {}

    /// Those that can be bridged.
    public static List<HostNic> bridgeable() throws Failure {
        if (Vmnet.isHere()) {
            return VmnetNics.bridgeable();
        }
        if (isLinux()) {
            return LinuxNics.bridgeable();
        }
        throw Failure.usage("bridged networks are not supported on this system yet", "take --net shared");
    }

    /// Says in QEMU's words (net/vmnet-bridged.m) when a network's NIC is none.
    public static void check(NetworkName name) throws Failure {
        if (!name.mode().hasNic()) {
            return;
        }
        List<HostNic> nics = bridgeable();
        if (nics.isEmpty()) {
            throw Failure.usage(
                    "unsupported ifname '" + name.nic() + "', no supported interfaces available",
                    isMac()
                            ? "see what the host has: networksetup -listallhardwareports"
                            : "see what the host has: ip link");
        }
        if (nics.stream().noneMatch(nic -> nic.name().equals(name.nic()))) {
            String names = nics.stream().map(nic -> nic.name() + " ").collect(Collectors.joining());
            throw Failure.usage(
                    "unsupported ifname '" + name.nic() + "', expected one of [ " + names + "]",
                    "take one of them; see: vmlan interfaces");
        }
    }

    /// The NIC by which the host reaches the outside.
    public static String ofDefaultRoute() throws Failure {
        Optional<String> nic = isMac() ? VmnetNics.ofDefaultRoute() : LinuxNics.ofDefaultRoute();
        return nic.orElseThrow(() -> Failure.usage(
                "--net bridged: the host has no default route, so it is not clear which NIC is meant",
                "name one: --net bridged:NIC (see: vmlan interfaces)"));
    }

    /// The names that people see.
    static String hostPath(RedirectKind kind) {
        return switch (kind) {
            case TCX -> "tcx";
            case CLS_BPF -> "cls_bpf";
            case CLS_BPF_CLASSIC -> "cls_bpf-classic";
            case U32_MARK -> "u32";
            case NONE -> "none";
        };
    }

    private static boolean isLinux() {
        return System.getProperty("os.name").equals("Linux");
    }

    static boolean isMac() {
        return System.getProperty("os.name").startsWith("Mac");
    }
}
