package vmlan.program.selftest;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Which NIC the self test bridges to where nobody names one: that of the default route, unless vmnet cannot bridge it.
/// A VPN has the default route at an interface of its own, such as utun4, that is no Ethernet and in no list of
/// vmnet's.
///
/// @param nic null where none can be meant
/// @param why in words
record BridgeChoice(String nic, String why) {
    /// @param shared what vmnet can bridge, in its own order
    /// @param isUp asked of those
    static BridgeChoice of(String defaultRoute, List<String> shared, Predicate<String> isUp) {
        // an empty list is vmnet's fault, and a step of its own
        if (shared.isEmpty() || shared.contains(defaultRoute)) {
            return new BridgeChoice(defaultRoute, defaultRoute + ", that of the default route");
        }
        String not = "the default route is by " + defaultRoute + ", which vmnet does not bridge";
        Optional<String> up = shared.stream().filter(isUp).findFirst();
        return up.map(nic -> new BridgeChoice(nic, nic + ", the first that is up of those that vmnet bridges: " + not))
                .orElse(new BridgeChoice(null, not + ", and none that it does is up"));
    }
}
