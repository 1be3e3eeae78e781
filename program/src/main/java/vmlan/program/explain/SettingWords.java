package vmlan.program.explain;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.qemu.language.Backend;
import vmlan.qemu.language.BackendOption;
import vmlan.qemu.language.QemuVersion;

/// What settings mean, beyond what [Backend] tells of them: those of the guest's NIC, what a value says, and which
/// defaults one has to know.
final class SettingWords {
    /// Of NICs, by -nic, -net nic and -device (net/net.c, hw/net, hw/core/qdev.c).
    private static final Map<String, String> OF_NICS = Map.ofEntries(
            Map.entry("id", "Its name, by which a device and QEMU's monitor know it."),
            Map.entry("name", "Its name for QEMU's monitor."),
            Map.entry("model", "Which NIC the guest sees."),
            Map.entry("mac", "The guest's MAC address."),
            Map.entry("macaddr", "The guest's MAC address."),
            Map.entry("netdev", "The backend that it is joined to."),
            Map.entry("bus", "The guest's bus that it sits on."),
            Map.entry("addr", "Where it sits on the guest's bus."),
            Map.entry("vectors", "How many MSI-X interrupts it has; 0 for none."),
            Map.entry("bootindex", "Its place in the order in which the firmware tries to boot."),
            Map.entry("romfile", "The driver that the firmware is given for it; empty for none."),
            Map.entry("mq", "Whether the guest uses several queues."),
            Map.entry("host_mtu", "The longest packet that the guest is told to send."),
            // qapi/net.json has it in two: net/net.c, net_client_init, takes it apart
            Map.entry("ipv6-net", "The guest's IPv6 network, as prefix and length."));

    private static final Map<String, List<String>> DECISIVE = Map.ofEntries(
            Map.entry("user", List.of("net", "restrict")),
            Map.entry("vmnet-bridged", List.of("isolated")),
            Map.entry("vmnet-shared", List.of("isolated")),
            Map.entry("vmnet-host", List.of("isolated")),
            Map.entry("tap", List.of("script", "downscript")),
            Map.entry("bridge", List.of("br")),
            Map.entry("stream", List.of("server")),
            Map.entry("vhost-vdpa", List.of("vhostdev")),
            Map.entry("netmap", List.of("devname")));

    /// Who names one of these has no use for the default.
    private static final Map<String, List<String>> INSTEAD = Map.of(
            "script", List.of("fd", "fds", "helper"),
            "downscript", List.of("fd", "fds", "helper"),
            "net", List.of("ip"),
            "vhostdev", List.of("vhostfd"));

    private static final Pattern FORWARD = Pattern.compile("(?:(tcp|udp)?:)([^:]*):(\\d{1,5})-(?:([^:]*):)?(\\d{1,5})");

    private SettingWords() {}

    /// What a setting does; empty where nothing is known of it.
    ///
    /// @param type the backend, or a device's driver
    static Optional<String> meaning(String type, String key, String value) {
        String plain = key.replaceAll("\\.\\d{1,9}(\\.str)?$", "");
        if (plain.equals("hostfwd")) {
            Matcher forward = FORWARD.matcher(value);
            if (forward.matches()) {
                return Optional.of(forwarded(forward));
            }
        }
        if (plain.endsWith(".type")) {
            return Optional.ofNullable(Backend.addresses().get(value)).map(Backend::meaning);
        }
        return Backend.of(type)
                .flatMap(backend -> backend.option(plain))
                .map(BackendOption::meaning)
                .or(() -> Optional.ofNullable(OF_NICS.get(plain)));
    }

    private static String forwarded(Matcher forward) {
        String transport = "udp".equals(forward.group(1)) ? "UDP" : "TCP";
        String at = forward.group(2).isEmpty()
                ? "all IPv4 addresses of the host, for everybody who reaches it,"
                : forward.group(2) + " of the host";
        String to = forward.group(4) == null || forward.group(4).isEmpty() ? "the guest" : forward.group(4);
        return transport + " port " + forward.group(3) + " at " + at + " leads to port " + forward.group(5) + " of "
                + to + ".";
    }

    /// Options of a backend that were not typed, and whose defaults decide something.
    static List<BackendOption> untyped(String type, Set<String> typedKeys) {
        return DECISIVE.getOrDefault(type, List.of()).stream()
                .filter(key -> !typedKeys.contains(key)
                        && INSTEAD.getOrDefault(key, List.of()).stream().noneMatch(typedKeys::contains))
                .flatMap(key -> Backend.of(type).flatMap(backend -> backend.option(key)).stream())
                .toList();
    }

    /// All keys that a -nic with this backend may have.
    static Set<String> keys(String type, QemuVersion version) {
        Set<String> keys = new TreeSet<>(Set.of("id", "mac", "model"));
        Backend.of(type)
                .ifPresent(backend -> backend.options().stream()
                        .filter(option -> option.isIn(version))
                        .forEach(option -> keys.add(option.name())));
        return keys;
    }
}
