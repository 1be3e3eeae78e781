package vmlan.qemu.translation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import vmlan.qemu.QemuException;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.Settings;

/// Which network of vmlan's an option asks for, if it does.
final class NetworkWishes {
    /// Served on request only: QEMU's own does the same without anybody's help.
    static final String USER = "user";

    /// passt's settings that have a counterpart, and those that are QEMU's own.
    private static final Set<String> PASST_KNOWN = Set.of(
            "type", "id", "model", "mac", "address", "gateway", "netmask", "tcp-ports", "udp-ports", "quiet", "path");

    private static final Set<String> PASST_ADDRESSES = Set.of("address", "gateway", "netmask");

    private final Dialect dialect;
    private final Target target;
    private final List<String> notes;

    NetworkWishes(Dialect dialect, Target target, List<String> notes) {
        this.dialect = dialect;
        this.target = target;
        this.notes = notes;
    }

    /// @param network null where it stays QEMU's own
    record Wish(WantedNetwork network, boolean isolated, List<String> published) {}

    /// Empty where the option stays as it is.
    Optional<Wish> of(NetworkOption option) throws QemuException {
        if (option.kind() == NetworkOption.Kind.DEVICE || option.settings().help()) {
            return Optional.empty();
        }
        String type = option.type();
        Settings settings = option.settings();
        return switch (type) {
            case "vmnet-shared", "vmnet-host", "vmnet-bridged" ->
                target.mayUseVmnet() && dialect.backends().contains(type)
                        ? Optional.empty()
                        : Optional.of(new Wish(vmnet(type, settings), isOn(settings, "isolated"), List.of()));
            case "passt" -> dialect.backends().contains(type) ? Optional.empty() : Optional.of(passt(option));
            case USER -> target.engine() ? Optional.of(user(settings)) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private WantedNetwork vmnet(String type, Settings settings) {
        WantedNetwork.Range range = range(settings);
        if (type.equals("vmnet-bridged")) {
            return new WantedNetwork.Bridged(settings.value("ifname").orElse(""));
        }
        if (type.equals("vmnet-shared")) {
            return new WantedNetwork.Shared(
                    range, settings.value("nat66-prefix").orElse(null));
        }
        if (settings.has("net-uuid")) {
            if (range != null) {
                notes.add("a network of net-uuid has no DHCP: its addresses are the guests' own matter");
            }
            return new WantedNetwork.Group(settings.value("net-uuid").get());
        }
        return new WantedNetwork.Host(range);
    }

    /// The three come together or not at all, which QEMU says before.
    private static WantedNetwork.Range range(Settings settings) {
        Optional<String> start = settings.value("start-address");
        Optional<String> end = settings.value("end-address");
        Optional<String> mask = settings.value("subnet-mask");
        if (start.isPresent() && end.isPresent() && mask.isPresent()) {
            return new WantedNetwork.Range(start.get(), end.get(), mask.get());
        }
        return null;
    }

    private static boolean isOn(Settings settings, String key) {
        return settings.value(key)
                .filter(value -> Set.of("on", "yes", "true", "y").contains(value))
                .isPresent();
    }

    private Wish passt(NetworkOption option) {
        Settings settings = option.settings();
        // of -nic it is the guest's, of -netdev one of passt's own
        boolean hasOwnMac = option.kind() != NetworkOption.Kind.NIC;
        PasstPorts ports = new PasstPorts();
        ports.add("tcp", settings.values("tcp-ports"));
        ports.add("udp", settings.values("udp-ports"));
        List<String> left = new ArrayList<>(ports.left());
        settings.entries().stream()
                .filter(entry -> !PASST_KNOWN.contains(entry.key())
                        || (hasOwnMac && entry.key().equals("mac")))
                .map(entry -> entry.key() + "=" + entry.value())
                .forEach(left::add);
        notes.add("this QEMU has no passt: the NIC is on a network of vmlan's"
                + (left.isEmpty() ? "" : ", which has no counterpart of " + String.join(", ", left)));
        boolean addressed = PASST_ADDRESSES.stream().anyMatch(settings::has);
        WantedNetwork network = addressed ? new WantedNetwork.Passt(settings) : new WantedNetwork.Shared(null, null);
        return new Wish(network, false, ports.rules());
    }

    private static Wish user(Settings settings) throws QemuException {
        refuseFiles(settings);
        return new Wish(new WantedNetwork.User(settings), false, List.of());
    }

    static void refuseFiles(Settings settings) throws QemuException {
        for (String key : List.of("tftp", "bootfile", "tftp-server-name", "smb", "smbserver")) {
            if (settings.has(key)) {
                throw QemuException.configuration(
                        "user's " + key + "= is not there with --engine: vmlan's networks serve no files yet",
                        "leave " + key + "= out, or leave --engine out: QEMU's own user network has it");
            }
        }
    }
}
