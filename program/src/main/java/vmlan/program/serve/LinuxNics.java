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
import vmlan.host.linux.NicList;
import vmlan.host.linux.RedirectKind;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// The NICs of a Linux host, and how it reaches guests behind them.
public final class LinuxNics {
    /// TCX links (Linux 6.6, kernel/bpf/tcx.c).
    private static final int[] TCX_SINCE = {6, 6};

    private LinuxNics() {}

    /// Those that can be bridged.
    static List<HostNics.HostNic> bridgeable() throws Failure {
        String hostPath = expectedHostPath();
        try {
            return NicList.read().stream()
                    .filter(NicList.Nic::bridgeable)
                    .map(entry -> nic(entry, hostPath, entry.kind() == NicList.Kind.WIFI))
                    .toList();
        } catch (IOException e) {
            throw Failure.world("the host's NICs cannot be listed: " + e.getMessage(), "see: ip link", e);
        }
    }

    static HostNics.HostNic nic(NicList.Nic entry, String hostPath, boolean macTranslation) {
        return new HostNics.HostNic(
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
                macTranslation);
    }

    /// The NIC of the default route; empty where there is none.
    static Optional<String> ofDefaultRoute() {
        try {
            return defaultRoute(Files.readAllLines(Path.of("/proc/net/route"), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return Optional.empty();
        }
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

    private static String expectedHostPath() throws Failure {
        try {
            String map = Files.readString(Path.of("/proc/self/uid_map")).strip();
            if (!map.matches("0\\s+0\\s+4294967295")) {
                // eBPF is refused in a user namespace, whatever rights there are in it.
                return HostNics.hostPath(RedirectKind.CLS_BPF_CLASSIC);
            }
        } catch (IOException e) {
            throw Failure.world("/proc cannot be read: " + Places.reason(e), "mount it", e);
        }
        return HostNics.hostPath(hasTcx(System.getProperty("os.version")) ? RedirectKind.TCX : RedirectKind.CLS_BPF);
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
