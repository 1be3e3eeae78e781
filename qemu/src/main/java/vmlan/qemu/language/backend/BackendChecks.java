package vmlan.qemu.language.backend;

import java.util.Map;

/// What QEMU says of each kind of backend when it makes one (the `net_init_…` functions of QEMU net/*.c).
public final class BackendChecks {
    private static final Map<String, BackendRules> RULES = Map.ofEntries(
            Map.entry("af-xdp", OtherRules::afXdp),
            Map.entry("bridge", TapRules::bridge),
            Map.entry("dgram", new DgramRules()),
            Map.entry("hubport", OtherRules::hubport),
            Map.entry("l2tpv3", OtherRules::l2tpv3),
            Map.entry("netmap", OtherRules::netmap),
            Map.entry("passt", OtherRules::passt),
            Map.entry("socket", new SocketRules()),
            Map.entry("stream", new StreamRules()),
            Map.entry("tap", TapRules::tap),
            Map.entry("user", new UserRules()),
            Map.entry("vde", OtherRules::vde),
            Map.entry("vhost-user", VhostRules::user),
            Map.entry("vhost-vdpa", VhostRules::vdpa),
            Map.entry("vmnet-bridged", VmnetRules::bridged),
            Map.entry("vmnet-host", VmnetRules::host),
            Map.entry("vmnet-shared", VmnetRules::shared));

    private BackendChecks() {}

    /// @param type a backend; of one that has no rules nothing is ever said
    public static BackendCheck of(String type) {
        return (option, moment) -> make(RULES.getOrDefault(type, making -> {}), new Making(option, moment))
                .findings();
    }

    private static Making make(BackendRules rules, Making making) {
        try {
            rules.check(making);
            making.end();
        } catch (Refused refused) {
            making.refuse(refused);
        }
        return making;
    }
}
