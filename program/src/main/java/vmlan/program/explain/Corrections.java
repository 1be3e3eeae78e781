package vmlan.program.explain;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.QemuVersion;
import vmlan.qemu.language.Reading;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.tool.Nearest;

/// A line without its mistakes, where it can be told what was meant. Each step mends the first mistake; what comes out
/// is read again, and is only said when nothing is left to complain of.
final class Corrections {
    private static final int MOST_STEPS = 16;
    private static final Pattern QUOTED = Pattern.compile("'([^']*)'");
    /// 52:54:00 is QEMU's own (net/net.c), and beyond its defaults.
    private static final long FREE_MAC = 0x5254_0000_0000L;

    private final Function<QemuLine, Reading> read;
    private final Set<String> backends;
    private final List<String> models;
    private final QemuVersion version;
    private final Surroundings surroundings;

    /// @param dialect with all that may be meant
    Corrections(Function<QemuLine, Reading> read, Dialect dialect, Surroundings surroundings) {
        this.read = read;
        backends = dialect.backends();
        models = dialect.nicModels();
        version = dialect.version();
        this.surroundings = surroundings;
    }

    /// Empty where nothing is wrong, or where it cannot be told what was meant.
    Optional<QemuLine> of(QemuLine typed) {
        QemuLine line = typed;
        Set<List<String>> seen = new HashSet<>();
        for (int step = 0; step < MOST_STEPS && seen.add(line.words()); step++) {
            Reading reading = read.apply(line);
            Optional<Finding> mistake =
                    reading.findings().stream().filter(FoundMistake::isMistake).findFirst();
            if (mistake.isEmpty()) {
                return step == 0 ? Optional.empty() : Optional.of(line);
            }
            Optional<QemuLine> mended = mended(reading, mistake.get());
            if (mended.isEmpty()) {
                return Optional.empty();
            }
            line = mended.get();
        }
        return Optional.empty();
    }

    private Optional<QemuLine> mended(Reading reading, Finding mistake) {
        if (mistake.text().contains("has no peer")) {
            return joined(reading, mistake);
        }
        return reading.options().stream()
                .filter(option -> option.at().equals(mistake.at()))
                // of two that are the same, the later one is one too many
                .reduce((one, later) -> later)
                .flatMap(option -> mended(reading, option, mistake.text()));
    }

    private Optional<QemuLine> mended(Reading reading, NetworkOption option, String text) {
        QemuLine line = reading.line();
        String quoted = quoted(text);
        if (text.startsWith("Duplicate ID") && isTwice(line, option.at())) {
            return Optional.of(OptionEdit.replaced(line, option.at(), List.of()));
        }
        if (text.equals("Parameter 'id' is missing") || text.startsWith("Duplicate ID")) {
            return Optional.of(OptionEdit.with(line, option, "id", freeId(reading)));
        }
        if (text.equals("Parameter 'ifname' is missing") || text.startsWith("unsupported ifname")) {
            return surroundings.nicToBridge().map(nic -> OptionEdit.with(line, option, "ifname", nic));
        }
        if (text.contains("should be provided together")) {
            return addresses(line, option);
        }
        if (text.contains("ethernet address") || text.contains("multicast MAC") || text.contains(".mac' doesn't")) {
            return Optional.of(OptionEdit.with(line, option, macKey(option), mac(option)));
        }
        if (text.startsWith("Parameter 'type' does not accept value")) {
            return Nearest.of(option.type(), backends).map(type -> OptionEdit.with(line, option, "type", type));
        }
        if (text.equals("Parameter 'type' is missing") && option.kind() == NetworkOption.Kind.NIC) {
            return apart(reading, option);
        }
        if (text.startsWith("Invalid parameter") || text.endsWith("is unexpected")) {
            return key(line, option, quoted);
        }
        if (text.startsWith("Unsupported NIC model")) {
            String model = option.settings().value("model").orElse("");
            return Optional.of(Nearest.of(model, models)
                    .map(near -> OptionEdit.with(line, option, "model", near))
                    .orElseGet(() -> OptionEdit.without(line, option, "model")));
        }
        if (text.startsWith("could not open /dev/tap") && surroundings.isMac()) {
            // macOS has no taps, but networks that do what people made taps for
            return surroundings.bridgeableNics().stream()
                    .findFirst()
                    .map(nic -> OptionEdit.withType(line, option, "vmnet-bridged", Map.of("ifname", nic)));
        }
        boolean nobody = text.startsWith("there is no socket") || text.startsWith("nobody listens");
        if (nobody && option.type().equals("stream")) {
            return again(line, option);
        }
        if (text.contains(".netdev' can't find value")) {
            return unjoined(reading).stream().findFirst().map(id -> OptionEdit.with(line, option, "netdev", id));
        }
        return Optional.empty();
    }

    /// Nobody listens yet: QEMU goes on trying.
    private Optional<QemuLine> again(QemuLine line, NetworkOption option) {
        if (version.isAtLeast(9, 2)) {
            return Optional.of(OptionEdit.with(line, option, "reconnect-ms", "250"));
        }
        return version.isAtLeast(8, 0)
                ? Optional.of(OptionEdit.with(line, option, "reconnect", "1"))
                : Optional.empty();
    }

    /// The last of the quoted words.
    private static String quoted(String text) {
        Matcher matcher = QUOTED.matcher(text);
        String word = "";
        while (matcher.find()) {
            word = matcher.group(1);
        }
        return word;
    }

    private static String macKey(NetworkOption option) {
        return option.kind() == NetworkOption.Kind.NET ? "macaddr" : "mac";
    }

    /// One of its own, the same each time.
    private static String mac(NetworkOption option) {
        return new MacAddress(FREE_MAC | (option.at().words().hashCode() & 0xff_ffff)).toString();
    }

    /// Whether the same option stands there a second time, word for word.
    private static boolean isTwice(QemuLine line, QemuLine.Argument argument) {
        return line.arguments().stream().filter(other -> other.equals(argument)).count() > 1;
    }

    private static String freeId(Reading reading) {
        Set<String> taken = reading.options().stream()
                .flatMap(option -> option.id().stream())
                .collect(Collectors.toSet());
        int number = 0;
        while (taken.contains("net" + number)) {
            number++;
        }
        return "net" + number;
    }

    /// A device for a backend that has none, and a backend for a device that has none.
    private Optional<QemuLine> joined(Reading reading, Finding mistake) {
        for (NetworkOption option : reading.options()) {
            if (option.kind() == NetworkOption.Kind.NETDEV
                    && option.id()
                            .map(id -> mistake.text().contains("netdev " + id + " "))
                            .orElse(false)) {
                String id = option.id().orElseThrow();
                return Optional.of(OptionEdit.behind(
                        reading.line(), option.at(), OptionEdit.argument("-device", "virtio-net-pci,netdev=" + id)));
            }
        }
        for (Reading.GuestNic nic : reading.nics()) {
            if (nic.backend() == null && nic.nic().kind() == NetworkOption.Kind.DEVICE) {
                String id = unjoined(reading).stream().findFirst().orElse(freeId(reading));
                QemuLine line = OptionEdit.with(reading.line(), nic.nic(), "netdev", id);
                return Optional.of(
                        unjoined(reading).contains(id)
                                ? line
                                : new QemuLine(prepended(OptionEdit.argument("-netdev", "user,id=" + id), line)));
            }
        }
        return Optional.empty();
    }

    private static List<QemuLine.Argument> prepended(QemuLine.Argument first, QemuLine line) {
        List<QemuLine.Argument> arguments = new ArrayList<>(line.arguments());
        int place = 0;
        while (place < arguments.size() && !arguments.get(place).is("device")) {
            place++;
        }
        arguments.add(place, first);
        return arguments;
    }

    /// Backends that no device is joined to.
    private static Set<String> unjoined(Reading reading) {
        Set<String> free = new TreeSet<>();
        for (NetworkOption option : reading.options()) {
            if (option.kind() == NetworkOption.Kind.NETDEV) {
                option.id().ifPresent(free::add);
            }
        }
        reading.options().stream()
                .flatMap(option -> option.settings().value("netdev").stream())
                .forEach(free::remove);
        return free;
    }

    /// What `-nic` cannot say, `-netdev` and `-device` can: dotted keys.
    private static Optional<QemuLine> apart(Reading reading, NetworkOption option) {
        String id = option.id().orElse(freeId(reading));
        String text = option.at().value();
        StringBuilder device = new StringBuilder(option.settings()
                .value("model")
                .filter(model -> !model.equals("virtio"))
                .orElse("virtio-net-pci"));
        device.append(",netdev=").append(id);
        option.mac().ifPresent(mac -> device.append(",mac=").append(mac));
        String backend = text.replaceAll(",(model|mac|id)=[^,]*", "") + ",id=" + id;
        return Optional.of(OptionEdit.replaced(
                reading.line(),
                option.at(),
                List.of(OptionEdit.argument("-netdev", backend), OptionEdit.argument("-device", device.toString()))));
    }

    private Optional<QemuLine> key(QemuLine line, NetworkOption option, String key) {
        if (!option.settings().has(key)) {
            return Optional.empty();
        }
        if (option.kind() == NetworkOption.Kind.NIC && key.equals("macaddr")) {
            return Optional.of(OptionEdit.renamed(line, option, key, "mac"));
        }
        return Nearest.of(key, SettingWords.keys(option.type(), version))
                .map(near -> OptionEdit.renamed(line, option, key, near));
    }

    /// The addresses that are not there, from those that are: a /24.
    private static Optional<QemuLine> addresses(QemuLine line, NetworkOption option) {
        try {
            Ipv4Address known = Ipv4Address.parse(option.settings()
                    .value("start-address")
                    .or(() -> option.settings().value("end-address"))
                    .orElse("192.168.64.1"));
            int network = known.bits() & 0xffff_ff00;
            Map<String, String> missing = new LinkedHashMap<>();
            missing.put("start-address", new Ipv4Address(network | 1).toString());
            missing.put("end-address", new Ipv4Address(network | 254).toString());
            missing.put("subnet-mask", "255.255.255.0");
            missing.keySet().removeIf(option.settings()::has);
            return Optional.of(OptionEdit.with(line, option, missing));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
