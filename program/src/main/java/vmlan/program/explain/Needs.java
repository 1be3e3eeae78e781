package vmlan.program.explain;

/// Which rights a backend takes, and why.
///
/// @param qemu what QEMU itself needs; null for nothing
/// @param vmlan what `vmlan qemu` needs in its place; null where it leaves the backend to QEMU
public record Needs(Right qemu, Right vmlan) {
    private static final int FIRST_FREE_PORT = 1024;

    /// @param root whether it is to be had by sudo
    public record Right(String words, boolean root) {
        static final Right NONE = new Right("nothing", false);

        static Right root(String why) {
            return new Right("root" + why, true);
        }

        static Right other(String words) {
            return new Right(words, false);
        }
    }

    /// @param isServed whether `vmlan qemu` makes a network of its own of it
    static Needs of(BackendFacts backend, HostSystem system, boolean isServed) {
        return new Needs(ofQemu(backend, system, isServed), isServed ? ofVmlan(backend, system) : null);
    }

    /// Whether the line has to be started by sudo.
    ///
    /// @param byVmlan by `vmlan qemu`
    boolean needsRoot(boolean byVmlan) {
        Right right = byVmlan && vmlan != null ? vmlan : qemu;
        return right != null && right.root();
    }

    private static Right ofQemu(BackendFacts backend, HostSystem system, boolean isServed) {
        return switch (backend.type()) {
            case "vmnet-shared", "vmnet-host", "vmnet-bridged" ->
                system == HostSystem.MACOS
                        ? Right.root(" up to macOS 15: vmnet.framework makes networks for root or signed programs only")
                        : Right.other("macOS: there is no vmnet.framework on Linux");
            case "tap" ->
                system == HostSystem.MACOS
                        ? Right.other("taps, which macOS has not; their kernel extension (TunTap) is no longer loaded")
                        : tap(backend);
            case "bridge" -> bridgeHelper(backend);
            case "vhost-vdpa" -> Right.other("rights on the device, which is root's");
            case "netmap" -> Right.other("rights on netmap's device, which is root's");
            case "af-xdp" ->
                backend.isOn("inhibit")
                        ? null
                        : Right.root(", since a program is loaded into the kernel (CAP_NET_ADMIN, CAP_BPF)");
            case "l2tpv3" ->
                backend.isOn("udp") ? null : Right.root(", since it sends IP packets of its own (CAP_NET_RAW)");
            case "passt" -> isServed ? Right.other("QEMU 10.1 or newer that was built with passt") : null;
            case "user" -> lowPorts(backend);
            default -> null;
        };
    }

    private static Right bridgeHelper(BackendFacts backend) {
        return Right.other("a setuid qemu-bridge-helper, and a line `allow "
                + backend.value("br").orElse("br0") + "` in /etc/qemu/bridge.conf");
    }

    private static Right tap(BackendFacts backend) {
        if (backend.has("fd") || backend.has("fds")) {
            return null;
        }
        if (backend.has("helper") || backend.has("br")) {
            return bridgeHelper(backend);
        }
        return backend.value("script").orElse("").equals("no")
                ? Right.root(
                        ", since an interface of the host is made; not for a tap that is this user's (ip tuntap add"
                                + " NAME mode tap user USER)")
                : Right.root(", since an interface of the host is made and its script sets it up");
    }

    private static Right lowPorts(BackendFacts backend) {
        boolean low = backend.forwards().stream()
                .map(rule -> rule.replaceFirst("^(tcp|udp)?:[^:]*:", "").replaceFirst("-.*", ""))
                .anyMatch(port -> port.matches("[1-9]\\d{0,3}") && Integer.parseInt(port) < FIRST_FREE_PORT);
        return low
                ? Right.root(" for a port of the host below 1024, or sysctl net.ipv4.ip_unprivileged_port_start")
                : null;
    }

    private static Right ofVmlan(BackendFacts backend, HostSystem system) {
        return switch (backend.type()) {
            case "vmnet-bridged" -> new Right("sudo, to open the NIC; QEMU runs as you", true);
            case "vmnet-host" ->
                backend.isGroup() ? Right.NONE : new Right("sudo, for the host's tap; QEMU runs as you", true);
            case "vmnet-shared" ->
                system == HostSystem.LINUX
                        ? Right.other("nothing; with sudo the host reaches guests directly, too")
                        : Right.NONE;
            default -> Right.NONE;
        };
    }
}
