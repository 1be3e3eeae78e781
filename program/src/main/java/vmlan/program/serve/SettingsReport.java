package vmlan.program.serve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import vmlan.program.config.LeaseTime;
import vmlan.program.config.NamedAddresses;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworksFile;
import vmlan.program.config.Vmnet;

/// A network's settings by the names that they have in networks.yaml, and where each comes from.
final class SettingsReport {
    private static final String CHOSEN = "chosen";
    private static final String DEFAULT = "default";
    private static final String DEFINED = "command line";
    private static final String SET = "network set";

    private static final List<String> UNUSUAL = List.of("gateway6", "hostname", "domain", "families", "restrict");

    private SettingsReport() {}

    /// Those that a network has from its start to its end. One that never ran has chosen no addresses yet.
    static Map<String, Object> atStart(NetworkSettings settings) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("mode", settings.mode().key());
        if (settings.nic() != null) {
            values.put("interface", settings.nic());
        }
        if (settings.mode().hasNic() && !Vmnet.isHere()) {
            values.put("mac-nat", settings.translation().key());
        }
        if (settings.mode().hasUplink() && Vmnet.isHere()) {
            values.put("via", settings.via().key());
            apples(settings, values);
        }
        if (settings.subnet() != null) {
            values.put("ipv4", settings.subnet().ipv4().toString());
            values.put("gateway", settings.subnet().gateway().toString());
            values.put("ipv6", settings.subnet().ipv6().toString());
            values.put("mtu", settings.mtu());
            unusual(settings, values);
        }
        return values;
    }

    /// Addresses that vmnet is asked for; where none are, it chooses.
    private static void apples(NetworkSettings settings, Map<String, Object> values) {
        NetworkBlock block = settings.block();
        if (block != null && settings.mode().isApples()) {
            block.toJson().forEach((setting, value) -> {
                if (List.of("ipv4", "gateway", "ipv6", "mtu").contains(setting)) {
                    values.put(setting, value);
                }
            });
        }
    }

    /// Of the gateway, what is not as it is on most networks.
    private static void unusual(NetworkSettings settings, Map<String, Object> values) {
        if (settings.block() == null) {
            return;
        }
        settings.block().toJson().forEach((setting, value) -> {
            if (setting.equals("forwards")) {
                values.put(
                        setting,
                        settings.services().forwards().stream()
                                .map(Object::toString)
                                .toList());
            } else if (UNUSUAL.contains(setting)) {
                values.put(setting, value);
            } else if (setting.equals("dns") && value instanceof Map<?, ?> dns) {
                dns.forEach((key, its) -> {
                    if (!key.equals("servers")) {
                        values.put("dns." + key, its);
                    }
                });
            }
        });
    }

    /// All that the network's mode has.
    static Map<String, Object> values(NetworkSettings settings) {
        Map<String, Object> values = atStart(settings);
        values.put("isolated", settings.isIsolating());
        if (settings.mode().hasNat() && settings.subnet() != null) {
            values.put("dhcp.from", settings.firstGuest().toString());
            values.put("dhcp.to", settings.lastGuest().toString());
            values.put("dhcp.lease", LeaseTime.text(settings.leaseSeconds()));
            values.put("allow-host", SettingsChange.texts(settings.allowedHostPorts()));
            values.put("names", NamedAddresses.toJson(settings.names()));
            Map<String, Object> reservations = new LinkedHashMap<>();
            settings.reservations()
                    .forEach(each -> reservations.put(each.who(), each.address().toString()));
            values.put("reservations", reservations);
            if (settings.mode().isRouter()) {
                values.put(
                        "dns.servers",
                        settings.dnsServers().stream().map(Object::toString).toList());
            }
        }
        return values;
    }

    /// `{SETTING: {value, from}}`.
    static Map<String, Object> describe(NetworkSettings settings) {
        Map<String, Object> json = new LinkedHashMap<>();
        values(settings).forEach((setting, value) -> {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("value", value);
            each.put("from", source(setting, settings));
            json.put(setting, each);
        });
        return json;
    }

    private static String source(String setting, NetworkSettings settings) {
        NetworkBlock block = settings.block();
        Map<String, Object> said = block == null ? Map.of() : block.toJson();
        int dot = setting.indexOf('.');
        boolean isSaid = dot < 0
                ? said.containsKey(setting)
                : said.get(setting.substring(0, dot)) instanceof Map<?, ?> group
                        && group.containsKey(setting.substring(dot + 1));
        if (setting.equals("mode") && settings.networkName().isBuiltIn()) {
            return DEFAULT;
        }
        if (isSaid) {
            return settings.isDefined() ? DEFINED : NetworksFile.NAME;
        }
        return switch (setting) {
            case "ipv4", "ipv6" -> CHOSEN;
            case "allow-host" -> settings.allowedHostPorts().isEmpty() ? DEFAULT : SET;
            case "names" -> settings.names().isEmpty() ? DEFAULT : SET;
            default -> DEFAULT;
        };
    }

    /// For people.
    static String text(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.isEmpty()
                    ? "none"
                    : map.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
                            .collect(Collectors.joining(", "));
        }
        if (value instanceof List<?> list) {
            return list.isEmpty() ? "none" : list.stream().map(Object::toString).collect(Collectors.joining(" "));
        }
        return String.valueOf(value);
    }
}
