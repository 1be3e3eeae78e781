package vmlan.program.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import vmlan.program.message.Failure;
import vmlan.program.serve.EchoRights;
import vmlan.program.serve.LinuxNics;
import vmlan.qemu.tool.Tool;

/// Rights, and what the Linux kernel has.
final class LinuxChecks {
    private static final String WHY_RIGHTS =
            "bridged and host networks take rights while they start; shared, private and user ones take none";
    private static final String WHY_NAMESPACES = "`vmlan demo` builds its LAN in namespaces of its own";
    private static final String WHY_KERNEL =
            "a program on the NIC's way out lets host and bridged guests reach each other";
    private static final String WHY_TUN = "host networks, and shared ones started with rights, have a tap on the host";
    private static final String WHY_PING = "guests' pings of the outside go out as the host's own";

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path PING_GROUPS = Path.of("/proc/sys/net/ipv4/ping_group_range");
    private static final Path TUN = Path.of("/dev/net/tun");

    /// CAP_NET_ADMIN and CAP_NET_RAW (linux/capability.h).
    private static final long FOR_NETWORKS = 1L << 12 | 1L << 13;

    /// What a bridged network and a tap are made with, as Kconfig has them.
    private static final List<String> FEATURES =
            List.of("CONFIG_PACKET", "CONFIG_TUN", "CONFIG_BPF_SYSCALL", "CONFIG_NET_CLS_ACT", "CONFIG_NET_CLS_BPF");

    private final Host host;

    LinuxChecks(Host host) {
        this.host = host;
    }

    List<Check> all() {
        return List.of(
                new Check("rights", WHY_RIGHTS, () -> List.of(rights())),
                new Check("user namespaces", WHY_NAMESPACES, () -> List.of(namespaces())),
                new Check("kernel", WHY_KERNEL, () -> List.of(kernel())),
                new Check("tap", WHY_TUN, () -> List.of(tun())),
                new Check("ping", WHY_PING, () -> List.of(ping())),
                NicsCheck.of(host, "ip link"));
    }

    private String status(String field) throws IOException {
        return host.text(STATUS)
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    private boolean hasRights() throws IOException {
        String effective = status("CapEff");
        return !effective.isEmpty() && (Long.parseUnsignedLong(effective, 16) & FOR_NETWORKS) == FOR_NETWORKS;
    }

    private Finding rights() throws IOException, Failure {
        boolean root = host.uid() == 0;
        if ("no".equals(host.environment().get("VMLAN_RIGHTS"))) {
            return Finding.note(
                    "rights",
                    "VMLAN_RIGHTS=no is set, so networks start without rights",
                    WHY_RIGHTS,
                    "to have them again: unset VMLAN_RIGHTS");
        }
        if (hasRights()) {
            return Finding.ok("rights", (root ? "root's" : "all that networks need") + ": every network", WHY_RIGHTS);
        }
        if (host.program("sudo").isEmpty()) {
            return Finding.note(
                    "rights",
                    root ? "root without the rights over the network, as in a container" : "none, and there is no sudo",
                    WHY_RIGHTS,
                    root
                            ? "for bridged and host networks, give the container CAP_NET_ADMIN and CAP_NET_RAW"
                            : "for bridged and host networks, start them as root: vmlan network start NAME");
        }
        if (status("NoNewPrivs").equals("1")) {
            return Finding.note(
                    "rights",
                    "none, and sudo cannot give any: no_new_privs is set here",
                    WHY_RIGHTS,
                    "for bridged and host networks, start them from another terminal: sudo vmlan network start NAME");
        }
        if (host.program("setpriv").isEmpty()) {
            return Finding.warning(
                    "rights",
                    "none of its own; sudo is there, and setpriv is missing",
                    "sudo vmlan hands a network the few rights that it needs by setpriv",
                    "install util-linux 2.32 or newer");
        }
        return Finding.ok(
                "rights",
                "none of its own: shared, private and user networks; bridged and host ones by sudo",
                WHY_RIGHTS);
    }

    private Finding namespaces() throws IOException, Failure {
        if (host.uid() == 0 && hasRights()) {
            return Finding.ok("user namespaces", "not needed by root", WHY_NAMESPACES);
        }
        Optional<Path> unshare = host.program("unshare");
        if (unshare.isEmpty()) {
            return Finding.note("user namespaces", "there is no unshare", WHY_NAMESPACES, "install util-linux");
        }
        // The only way to know: distributions forbid it by different means. It makes a namespace and leaves it.
        Tool run = host.run(unshare.get().toString(), "--user", "--map-root-user", "--net", "true");
        return run.succeeded()
                ? Finding.ok("user namespaces", "allowed", WHY_NAMESPACES)
                : Finding.note("user namespaces", "refused: " + run.lastLine(), WHY_NAMESPACES, permission());
    }

    private String permission() {
        if (sysctl("kernel/apparmor_restrict_unprivileged_userns").equals("1")) {
            return "permit it: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or: sudo vmlan demo";
        }
        if (sysctl("kernel/unprivileged_userns_clone").equals("0")) {
            return "permit it: sudo sysctl -w kernel.unprivileged_userns_clone=1, or: sudo vmlan demo";
        }
        if (sysctl("user/max_user_namespaces").equals("0")) {
            return "permit it: sudo sysctl -w user.max_user_namespaces=10000, or: sudo vmlan demo";
        }
        return "type: sudo vmlan demo; in a container, give that one the right to make namespaces";
    }

    /// Empty where the kernel has no such value.
    private String sysctl(String name) {
        try {
            return host.text(Path.of("/proc/sys", name)).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private Finding kernel() throws IOException {
        String release = host.property("os.version");
        String path = path(release);
        List<String> missing = missingFeatures(release);
        if (!missing.isEmpty()) {
            return Finding.note(
                    "kernel",
                    release + ", built without " + String.join(", ", missing),
                    "bridged networks and taps need them; the other networks do not",
                    "for bridged and host networks, start a kernel that has them; those of distributions do");
        }
        return Finding.ok("kernel", release + "; bridged guests and the host reach each other by " + path, WHY_KERNEL);
    }

    private String path(String release) throws IOException {
        String map = host.text(Path.of("/proc/self/uid_map")).strip();
        if (!map.matches("0\\s+0\\s+4294967295")) {
            return "cls_bpf-classic, this being a user namespace";
        }
        return LinuxNics.hasTcx(release) ? "tcx" : "cls_bpf, kernels from 6.6 on having tcx";
    }

    /// By the configuration that distributions put beside the kernel; nothing where there is none.
    private List<String> missingFeatures(String release) throws IOException {
        Path config = Path.of("/boot/config-" + release);
        Optional<FileFacts> facts = host.facts(config);
        if (facts.isEmpty() || !facts.get().readable()) {
            return List.of();
        }
        Map<String, Boolean> set = host.text(config)
                .lines()
                .filter(line -> line.startsWith("CONFIG_"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, Math.max(0, line.indexOf('='))), line -> true, (one, two) -> one));
        List<String> missing = new ArrayList<>(FEATURES);
        missing.removeIf(set::containsKey);
        return missing;
    }

    private Finding tun() throws IOException {
        Optional<FileFacts> facts = host.facts(TUN);
        if (facts.isEmpty()) {
            return Finding.note(
                    "tap",
                    "there is no " + TUN,
                    WHY_TUN,
                    "load the module: sudo modprobe tun (in a container, give it the device: --device " + TUN + ")");
        }
        if (!facts.get().readable() || !facts.get().writable()) {
            return Finding.note(
                    "tap",
                    TUN + " is not accessible to this user",
                    WHY_TUN + ", opened with this user's rights on the device",
                    "as udev has it: sudo chmod 666 " + TUN + " (a tap takes CAP_NET_ADMIN all the same)");
        }
        return Finding.ok("tap", TUN.toString(), WHY_TUN);
    }

    private Finding ping() throws IOException {
        String groups = host.text(PING_GROUPS).strip();
        if (EchoRights.areIn(groups, host.text(STATUS).lines().toList())) {
            return Finding.ok("ping", "allowed", WHY_PING);
        }
        return Finding.warning(
                "ping",
                "not allowed to this user (net.ipv4.ping_group_range is " + groups.replaceAll("\\s+", " ") + ")",
                "guests that ping the outside are told \"prohibited\"; TCP and UDP are not touched by it",
                "type: sudo sysctl -w net.ipv4.ping_group_range='0 2147483647', then for each network: vmlan network"
                        + " stop NAME && vmlan network start NAME");
    }
}
