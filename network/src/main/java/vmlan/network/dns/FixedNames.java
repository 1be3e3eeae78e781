package vmlan.network.dns;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import vmlan.packet.IpAddress;

/// Names that stay as they are, such as those of a configuration. They count in any case.
public final class FixedNames implements LocalNames {
    public static final FixedNames NONE = new FixedNames(Map.of());

    private final Map<String, List<IpAddress>> addresses = new HashMap<>();
    private final Map<IpAddress, List<String>> names = new HashMap<>();

    /// @param known in the order in which an address's names are preferred
    public FixedNames(Map<String, List<IpAddress>> known) {
        known.forEach((spelling, its) -> {
            String lower = spelling.toLowerCase(Locale.ROOT);
            String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
            List<IpAddress> together = addresses.computeIfAbsent(name, unknown -> new ArrayList<>());
            for (IpAddress address : its) {
                if (!together.contains(address)) {
                    together.add(address);
                    names.computeIfAbsent(address, unknown -> new ArrayList<>()).add(name);
                }
            }
        });
    }

    @Override
    public List<IpAddress> addressesOf(String name) {
        return addresses.get(name);
    }

    @Override
    public List<String> namesOf(IpAddress address) {
        return names.getOrDefault(address, List.of());
    }
}
