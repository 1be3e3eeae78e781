package vmlan.program.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// How a network reaches the host and the LAN (`--via`). On Linux it is always the engine; a Mac has four ways.
public enum Via {
    /// What suits the host: on a Mac vmnet or an installed socket_vmnet for bridged and host, the engine for the rest.
    AUTO,
    /// Our own gateway and NAT; on Linux also our own way onto a NIC.
    ENGINE,
    /// Apple's vmnet.framework, in the network's process.
    VMNET,
    /// The daemon of that name, where one is installed.
    SOCKET_VMNET,
    /// QEMU's own vmnet-bridged, -shared and -host: no network of ours at all.
    QEMU;

    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether the addresses are given by Apple's vmnet, or the LAN behind it, and not by a gateway of ours.
    public boolean isApples() {
        return this == VMNET || this == SOCKET_VMNET || this == QEMU;
    }

    /// All keys, for messages.
    public static String keys() {
        return Arrays.stream(values()).map(Via::key).collect(Collectors.joining(", "));
    }

    /// Those that a network behind which others are can have: with QEMU's own there is none.
    static List<String> ofNetworks() {
        return Arrays.stream(values())
                .filter(via -> via != QEMU && via != ENGINE)
                .map(Via::key)
                .toList();
    }

    /// @throws IllegalArgumentException for anything that is no way of a network
    public static Via ofNetwork(String key) {
        if (!ofNetworks().contains(key)) {
            throw new IllegalArgumentException("'" + key + "' is none of " + String.join(", ", ofNetworks()));
        }
        return ofKey(key);
    }

    /// @throws IllegalArgumentException for anything else
    public static Via ofKey(String key) {
        for (Via value : values()) {
            if (value.key().equals(key)) {
                return value;
            }
        }
        throw new IllegalArgumentException("'" + key + "' is none of " + keys());
    }
}
