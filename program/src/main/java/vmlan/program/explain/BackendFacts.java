package vmlan.program.explain;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import vmlan.qemu.language.NetworkOption;

/// The settings of a backend that decide who reaches whom, and with which addresses.
///
/// @param option null: nothing is behind the NIC
record BackendFacts(NetworkOption option) {
    private static final List<String> ON = List.of("on", "yes", "true", "y");

    /// Empty where nothing is behind the NIC.
    String type() {
        return option == null ? "" : option.type();
    }

    Optional<String> value(String key) {
        return option.settings().value(key);
    }

    boolean has(String key) {
        return option != null && option.settings().has(key);
    }

    boolean isOn(String key) {
        return option != null
                && value(key)
                        .map(text -> ON.contains(text.toLowerCase(Locale.ROOT)))
                        .orElse(false);
    }

    private boolean isOff(String key) {
        return has(key) && !isOn(key);
    }

    /// One family that is named as on turns the other off (net/slirp.c, net_init_slirp).
    boolean hasIpv4() {
        return !isOff("ipv4") && (isOn("ipv4") || !isOn("ipv6"));
    }

    boolean hasIpv6() {
        return !isOff("ipv6") && (isOn("ipv6") || !isOn("ipv4"));
    }

    private List<String> list(String key) {
        return option.settings().list(key);
    }

    List<String> forwards() {
        return type().equals("user") ? list("hostfwd") : List.of();
    }

    /// Whether a port of the host leads to the guest for others than the host itself.
    boolean isForwardedForOthers() {
        return forwards().stream()
                .map(rule -> rule.replaceFirst("^(tcp|udp)?:", ""))
                .map(rule -> rule.substring(0, Math.max(0, rule.indexOf(':'))))
                .anyMatch(address -> !address.startsWith("127."));
    }

    /// Ports that passt is told to take for the guest; without being told it takes none (passt(1), -t).
    boolean hasPasstPorts() {
        return Stream.of("tcp-ports", "udp-ports").anyMatch(key -> !list(key).isEmpty());
    }

    /// Whether a guest of passt has addresses that are not the host's.
    boolean isAddressed() {
        return Stream.of("address", "gateway", "netmask").anyMatch(this::has);
    }

    /// Those vmnet networks that guests enter by one identifier.
    boolean isGroup() {
        return type().equals("vmnet-host") && has("net-uuid");
    }
}
