package vmlan.host.macos;

import java.util.Locale;

/// What came after vmnet's first version, and may be missing.
public enum VmnetFeature {
    /// [VmnetMode#BRIDGED], [VmnetSettings.Range], and a MAC address that is not vmnet's.
    BRIDGING("10.15"),
    ISOLATION("11"),
    NETWORK_IDENTIFIER("11"),
    PORT_FORWARDING("11"),
    /// How many packets go at once.
    PACKET_LIMITS("15"),
    /// [VmnetNetwork].
    NETWORKS("26");

    private final String since;

    VmnetFeature(String since) {
        this.since = since;
    }

    /// For people: `port forwarding`.
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// The first macOS that has it.
    public String since() {
        return since;
    }
}
