package vmlan.program.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import vmlan.program.config.NetworkName;
import vmlan.program.message.Failure;

/// The settings of `network create`. What they may be is said where networks.yaml is read.
final class NetworkCreation {
    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "shared, host, private, bridged, vmnet-shared or vmnet-host (default: shared).")
    private String mode;

    @Option(names = "--interface", paramLabel = "NIC", description = "Bridged: the NIC (see: vmlan interfaces).")
    private String nic;

    @Option(
            names = "--mac-nat",
            paramLabel = "on|off|auto",
            description = "Bridged: whether guests share its MAC address.")
    private String translation;

    @Option(
            names = "--via",
            paramLabel = "vmnet|socket_vmnet|auto",
            description = "On a Mac: how it reaches the LAN or Apple's own network.")
    private String via;

    @Option(names = "--ipv4", paramLabel = "NETWORK", description = "Such as 10.20.0.0/24 (default: one that is free).")
    private String ipv4;

    @Option(names = "--gateway", paramLabel = "ADDRESS", description = "Our own address (default: the first one).")
    private String gateway;

    @Option(names = "--dhcp", paramLabel = "FROM-TO", description = "Addresses for guests without a reservation.")
    private String range;

    @Option(names = "--lease", paramLabel = "TIME", description = "How long a lease is, such as 30m (default: 12h).")
    private String lease;

    @Option(
            names = "--ipv6",
            paramLabel = "NETWORK",
            description = "Such as fd12:3456:789a:1::/64 (default: a random one).")
    private String ipv6;

    @Option(names = "--mtu", paramLabel = "BYTES", description = "1280 to 65520 (default: 1500).")
    private String mtu;

    @Option(names = "--isolated", description = "Guests do not see each other, unless --net says otherwise.")
    private boolean isolated;

    @Option(
            names = "--allow-host",
            paramLabel = "PORT[/udp]",
            split = ",",
            description = "Ports of the host's loopback that guests may reach.")
    private List<String> allowed = new ArrayList<>();

    @Option(names = "--name", paramLabel = "NAME=ADDRESS", description = "A name and what it stands for; repeatable.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--reserve",
            paramLabel = "WHO=ADDRESS",
            description = "An address for a VM, by its name or MAC address; repeatable.")
    private List<String> reservations = new ArrayList<>();

    @Option(
            names = "--dns-server",
            paramLabel = "ADDRESS",
            split = ",",
            description = "Shared: resolvers in place of the host's own.")
    private List<String> servers = new ArrayList<>();

    /// As they stand in the file.
    Map<String, Object> settings(String name) throws Failure {
        Map<String, Object> settings = new LinkedHashMap<>();
        put(settings, "mode", mode != null || NetworkName.builtIn(name).isPresent() ? mode : "shared");
        put(settings, "interface", nic);
        put(settings, "mac-nat", translation);
        put(settings, "via", via);
        put(settings, "ipv4", ipv4);
        put(settings, "gateway", gateway);
        Map<String, Object> dhcp = new LinkedHashMap<>();
        if (range != null) {
            String[] ends = range.split("-", 2);
            if (ends.length < 2) {
                throw Failure.usage(
                        "--dhcp " + range + " is no range", "write FROM-TO, such as 10.20.0.100-10.20.0.200");
            }
            dhcp.put("from", ends[0]);
            dhcp.put("to", ends[1]);
        }
        put(dhcp, "lease", lease);
        put(settings, "dhcp", dhcp.isEmpty() ? null : dhcp);
        put(settings, "ipv6", ipv6);
        put(settings, "mtu", mtu != null && mtu.matches("[0-9]{1,9}") ? (Object) Integer.valueOf(mtu) : mtu);
        put(settings, "isolated", isolated ? true : null);
        put(settings, "allow-host", allowed.isEmpty() ? null : allowed);
        put(settings, "names", named());
        put(settings, "reservations", reserved());
        put(settings, "dns", servers.isEmpty() ? null : Map.of("servers", servers));
        return settings;
    }

    private static void put(Map<String, Object> settings, String key, Object value) {
        if (value != null) {
            settings.put(key, value);
        }
    }

    private Map<String, Object> named() throws Failure {
        Map<String, List<String>> named = new LinkedHashMap<>();
        for (String each : names) {
            String[] parts = parts("--name", each, "db=10.0.0.5");
            named.computeIfAbsent(parts[0], unknown -> new ArrayList<>()).add(parts[1]);
        }
        return named.isEmpty() ? null : new LinkedHashMap<>(named);
    }

    private Map<String, Object> reserved() throws Failure {
        Map<String, Object> reserved = new LinkedHashMap<>();
        for (String each : reservations) {
            String[] parts = parts("--reserve", each, "web=10.20.0.10");
            if (reserved.put(parts[0], parts[1]) != null) {
                throw Failure.usage("--reserve " + each + ": " + parts[0] + " has an address already", "say it once");
            }
        }
        return reserved.isEmpty() ? null : reserved;
    }

    private static String[] parts(String option, String text, String example) throws Failure {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw Failure.usage(option + " " + text + " says no address", "write " + option + " " + example);
        }
        return new String[] {text.substring(0, equals), text.substring(equals + 1)};
    }
}
