package vmlan.program.config;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Which settings of networks.yaml a network of a mode has, in the order in which messages name them.
final class ModeSettings {
    private static final List<String> BRIDGED = List.of("mode", "interface", "mac-nat", "via", "isolated");
    /// The gateway is the first address and DHCP has all behind it: so vmnet has it.
    private static final List<String> VMNET = List.of("mode", "via", "ipv4", "ipv6", "mtu", "isolated");

    private static final List<String> OWN = List.of(
            "mode", "ipv4", "gateway", "dhcp", "ipv6", "mtu", "isolated", "allow-host", "names", "reservations");

    private ModeSettings() {}

    /// Those of any mode.
    static List<String> all() {
        List<String> all = new ArrayList<>(new TreeSet<>(BRIDGED));
        for (List<String> settings : List.of(OWN, VMNET)) {
            settings.stream().filter(setting -> !all.contains(setting)).forEach(all::add);
        }
        all.add("dns");
        return all;
    }

    /// @param mode null for one that is unknown: then those that a gateway of ours has
    static List<String> of(NetworkMode mode) {
        if (mode == NetworkMode.BRIDGED) {
            return BRIDGED;
        }
        List<String> settings = new ArrayList<>(mode != null && mode.isApples() ? VMNET : OWN);
        if (mode == NetworkMode.VMNET_HOST) {
            settings.remove("ipv6");
        }
        if (mode == NetworkMode.SHARED) {
            settings.add("dns");
        }
        return settings;
    }
}
