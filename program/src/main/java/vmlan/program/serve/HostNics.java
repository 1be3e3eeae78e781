package vmlan.program.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import vmlan.host.linux.NicList;
import vmlan.host.linux.RedirectKind;
import vmlan.program.config.NetworkName;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// The host's NICs as somebody sees them who wants to bridge a VM to one.
public final class HostNics {
    /// TCX links (Linux 6.6, kernel/bpf/tcx.c).
    private static final int[] TCX_SINCE = {6, 6};

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
        if (!isLinux()) {
            throw Failure.usage("bridged networks are not supported on this system yet", "take --net shared");
        }
        String hostPath = expectedHostPath();
        try {
            return NicList.read().stream()
                    .filter(NicList.Nic::bridgeable)
                    .map(entry -> new HostNic(
                            entry.name(),
                            entry.kind().name().toLowerCase(Locale.ROOT),
                            entry.up(),
                            entry.mac().toString(),
                            entry.mtu(),
                            entry.addresses().stream()
                                    .filter(address -> !address.contains(":"))
                                    .toList(),
                            entry.addresses().stream()
                                    .filter(address -> address.contains(":"))
                                    .toList(),
                            hostPath,
                            entry.kind() == NicList.Kind.WIFI))
                    .toList();
        } catch (IOException e) {
            throw Failure.world("the host's NICs cannot be listed: " + e.getMessage(), "see: ip link", e);
        }
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
                    "see what the host has: ip link");
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
        Optional<String> nic = Optional.empty();
        try {
            nic = defaultRoute(Files.readAllLines(Path.of("/proc/net/route"), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // Not Linux: said below.
        }
        return nic.orElseThrow(() -> Failure.usage(
                "--net bridged: the host has no default route, so it is not clear which NIC is meant",
                "name one: --net bridged:NIC (see: vmlan interfaces)"));
    }

    /// net/ipv4/fib_trie.c, fib_route_seq_show: interface, destination, gateway, flags, …, metric, mask.
    static Optional<String> defaultRoute(List<String> lines) {
        return lines.stream()
                .skip(1)
                .map(line -> line.trim().split("\\s+", -1))
                .filter(columns -> columns.length >= 8
                        && columns[1].equals("00000000")
                        && columns[7].equals("00000000")
                        && columns[6].matches("[0-9]{1,10}"))
                .min(Comparator.comparingLong(columns -> Long.parseLong(columns[6])))
                .map(columns -> columns[0]);
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

    private static String expectedHostPath() throws Failure {
        try {
            String map = Files.readString(Path.of("/proc/self/uid_map")).strip();
            if (!map.matches("0\\s+0\\s+4294967295")) {
                // eBPF is refused in a user namespace, whatever rights there are in it.
                return hostPath(RedirectKind.CLS_BPF_CLASSIC);
            }
        } catch (IOException e) {
            throw Failure.world("/proc cannot be read: " + Places.reason(e), "mount it", e);
        }
        return hostPath(hasTcx(System.getProperty("os.version")) ? RedirectKind.TCX : RedirectKind.CLS_BPF);
    }

    /// @param release such as `6.18.44-cloud-amd64`
    public static boolean hasTcx(String release) {
        Matcher numbers = Pattern.compile("^([0-9]{1,4})\\.([0-9]{1,4})").matcher(release);
        if (!numbers.find()) {
            return false;
        }
        int major = Integer.parseInt(numbers.group(1));
        int minor = Integer.parseInt(numbers.group(2));
        return major > TCX_SINCE[0] || (major == TCX_SINCE[0] && minor >= TCX_SINCE[1]);
    }
}
