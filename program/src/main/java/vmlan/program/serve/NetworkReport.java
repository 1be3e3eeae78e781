package vmlan.program.serve;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.packet.MacAddress;
import vmlan.program.config.NamedAddresses;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworkName;
import vmlan.program.config.UplinkChoice;
import vmlan.program.publish.PublishRule;

/// What a network says about itself, in the shapes of the contract (docs/control-api.md). On the loop's thread.
final class NetworkReport {
    private final NetworkProcess network;
    private final Path stream;
    private final Path control;

    NetworkReport(NetworkProcess network, Path stream, Path control) {
        this.network = network;
        this.stream = stream;
        this.control = control;
    }

    Map<String, Object> network() {
        List<Map<String, Object>> ports = new ArrayList<>();
        for (GuestPort port : network.ports().all()) {
            Map<String, Object> json = port(
                    port.port(),
                    port.record().id(),
                    port.record().vm(),
                    port.record().mac());
            GuestAddresses addresses = addresses(port);
            json.put("attached", port.isAttached());
            json.put("isolated", port.port().isolated());
            json.put(
                    "published",
                    port.record().published().stream()
                            .map(PublishRule::toString)
                            .toList());
            json.put("ipv4", addresses.ipv4Text());
            json.put("ipv6", addresses.ipv6Texts());
            ports.add(json);
        }
        for (SwitchPort port : network.handPorts().ports()) {
            Map<String, Object> json = port(port, port.name(), null, null);
            json.put("attached", true);
            ports.add(json);
        }
        Map<String, Object> json = describe(
                network.settings().networkName(),
                network.settings(),
                network.settings().block(),
                stream,
                control);
        json.put("state", "running");
        json.put("pid", ProcessHandle.current().pid());
        json.put("ports", ports);
        network.services().forEach(service -> service.describe(json));
        network.hostChanges().describe(json);
        network.configuration().describe(json);
        return json;
    }

    /// The part that is known of a network that does not run, too.
    ///
    /// @param settings null for one that never ran and has chosen nothing yet
    /// @param block of networks.yaml; null where it has none
    static Map<String, Object> describe(
            NetworkName name, NetworkSettings settings, NetworkBlock block, Path stream, Path control) {
        Map<String, Object> sockets = new LinkedHashMap<>();
        sockets.put("stream", stream.toString());
        sockets.put("dgram", null);
        sockets.put("vhostUser", null);
        sockets.put("control", control.toString());
        Subnet subnet = settings == null ? null : settings.subnet();
        Map<String, Object> gateway = new LinkedHashMap<>();
        gateway.put("ipv4", subnet == null ? null : subnet.gateway().toString());
        gateway.put("ipv6", subnet == null ? null : subnet.gateway6().toString());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name.text());
        json.put("mode", name.mode().reach());
        json.put("state", "stopped");
        json.put("pid", null);
        json.put("ipv4", subnet == null ? null : subnet.ipv4().toString());
        json.put("ipv6", subnet == null ? null : subnet.ipv6().toString());
        json.put("gateway", gateway);
        json.put("sockets", sockets);
        json.put("allowedHostPorts", settings == null ? List.of() : SettingsChange.texts(settings.allowedHostPorts()));
        json.put("names", settings == null ? Map.of() : NamedAddresses.toJson(settings.names()));
        NetworkSettings its = settings != null
                ? settings
                : new NetworkSettings(name, null, UplinkChoice.NONE, List.of(), List.of(), block);
        json.put("settings", SettingsReport.describe(its));
        json.put("ports", List.of());
        return json;
    }

    private static Map<String, Object> port(SwitchPort port, String id, String vm, MacAddress mac) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("vm", vm);
        json.put("mac", mac == null ? null : mac.toString());
        json.putAll(counters(port));
        return json;
    }

    static Map<String, Object> counters(SwitchPort port) {
        Map<String, Object> drops = new LinkedHashMap<>();
        for (DropReason reason : DropReason.values()) {
            if (port.drops(reason) > 0) {
                drops.put(reason.key(), port.drops(reason));
            }
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rx", counter(port.receivedFrames(), port.receivedBytes()));
        json.put("tx", counter(port.transmittedFrames(), port.transmittedBytes()));
        json.put("drops", drops);
        return json;
    }

    static Map<String, Object> counter(long frames, long bytes) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("frames", frames);
        json.put("bytes", bytes);
        return json;
    }

    /// None of a bridged network: the LAN's router has them.
    Map<String, Object> leases() {
        return Map.of(
                "leases", network.gateway().stream().flatMap(this::leasesOf).toList());
    }

    private Stream<Map<String, Object>> leasesOf(GatewayService gateway) {
        return gateway.leases().stream().map(lease -> {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("network", network.settings().name());
            json.put("name", lease.name());
            json.put("mac", lease.mac().toString());
            json.put("ipv4", lease.address().toString());
            json.put("ipv6", gateway.ipv6Of(lease.mac()));
            json.put("expires", timeOfDay(lease.expiresNanos()).toString());
            return json;
        });
    }

    /// The network's clock stands still while the host sleeps.
    private Instant timeOfDay(long nanos) {
        return Instant.now().plusNanos(nanos - network.loop().now()).truncatedTo(ChronoUnit.SECONDS);
    }

    /// The NICs of one VM on this network, in the form that `ps` has for each.
    Map<String, Object> vm(String vm) {
        List<Map<String, Object>> nics = new ArrayList<>();
        for (GuestPort port : network.ports().all()) {
            if (port.record().vm().equals(vm)) {
                GuestAddresses addresses = addresses(port);
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("network", network.settings().name());
                json.put("mac", port.record().mac().toString());
                json.put("ipv4", addresses.ipv4Text());
                json.put("ipv6", addresses.ipv6Texts());
                json.put("attached", port.isAttached());
                nics.add(json);
            }
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", vm);
        json.put("networks", nics);
        return json;
    }

    /// Whether a VM is so far: `attached` with all its NICs, or with an address that others can use, any IPv4
    /// (`ipv4`) or an IPv6 that is not link-local (`ipv6`).
    boolean has(String vm, String until) {
        List<GuestPort> ports = network.ports().all().stream()
                .filter(port -> port.record().vm().equals(vm))
                .toList();
        return switch (until) {
            case "attached" -> !ports.isEmpty() && ports.stream().allMatch(GuestPort::isAttached);
            case "ipv4" -> ports.stream().anyMatch(port -> addresses(port).ipv4() != null);
            default ->
                ports.stream()
                        .flatMap(port -> addresses(port).ipv6().stream())
                        .anyMatch(address -> !address.isLinkLocal());
        };
    }

    private GuestAddresses addresses(GuestPort port) {
        return network.addresses(port.record().mac(), port.record().sinceNanos());
    }
}
