package vmlan.program.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import vmlan.network.dhcp.Lease;
import vmlan.network.gateway.Neighbour;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;
import vmlan.program.files.Fields;
import vmlan.program.files.StateFile;

/// What a network remembers on disk: `leases.json` (leases and neighbours), `ports.json` (the running VMs'
/// NICs) and, when they are changed, its settings.
///
/// A damaged file is set aside and said in the log; a single entry that makes no sense is left out, likewise.
final class NetworkState {
    private final StateFile leaseFile;
    private final StateFile portFile;
    private final StateFile settingsFile;
    private final StateKeeper keeper;
    private Map<String, Object> leaseContent;

    NetworkState(Path folder, StateKeeper keeper) {
        this.leaseFile = new StateFile(folder.resolve("leases.json"));
        this.portFile = new StateFile(folder.resolve("ports.json"));
        this.settingsFile = new StateFile(folder.resolve("network.json"));
        this.keeper = keeper;
    }

    /// None ends later than one that is given now: the time of day was set back before this start of the host.
    List<Lease> knownLeases(Consumer<String> log, long now) throws IOException {
        if (leaseContent == null) {
            leaseContent = leaseFile.read(log).orElse(Map.of());
        }
        return entries(leaseContent, "leases", fields -> lease(fields, now), log);
    }

    private static Lease lease(Fields fields, long now) {
        long expires = fields.number("expiresNanos");
        // Not there before leases could have another length than this.
        long acknowledged = fields.optionalNumber("acknowledgedNanos")
                .orElse(expires - TimeUnit.SECONDS.toNanos(NetworkSettings.LEASE_SECONDS));
        return new Lease(
                MacAddress.parse(fields.text("mac")),
                Ipv4Address.parse(fields.text("ipv4")),
                fields.optionalText("name").orElse(null),
                Math.min(now + (expires - acknowledged), expires),
                Math.min(now, acknowledged));
    }

    /// None was seen in the future, likewise.
    List<Neighbour> knownNeighbours(Consumer<String> log, long now) throws IOException {
        knownLeases(line -> {}, now);
        return entries(
                leaseContent,
                "neighbours",
                fields -> new Neighbour(
                        MacAddress.parse(fields.text("mac")),
                        fields.optionalText("ipv6").map(Ipv6Address::parse).orElse(null),
                        fields.optionalText("ipv4").map(Ipv4Address::parse).orElse(null),
                        Math.min(now, fields.number("seenNanos"))),
                log);
    }

    List<PortRecord> knownPorts(Consumer<String> log) throws IOException {
        return entries(portFile.read(log).orElse(Map.of()), "ports", PortRecord::of, log);
    }

    private static <T> List<T> entries(
            Map<String, Object> content, String name, Function<Fields, T> reader, Consumer<String> log) {
        List<T> entries = new ArrayList<>();
        for (Fields fields : new Fields(content).objects(name)) {
            try {
                entries.add(reader.apply(fields));
            } catch (IllegalArgumentException e) {
                log.accept(name + ": left out an entry: " + e.getMessage());
            }
        }
        return entries;
    }

    void save(List<Lease> leases, List<Neighbour> neighbours) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("leases", leases.stream().map(NetworkState::json).toList());
        content.put("neighbours", neighbours.stream().map(NetworkState::json).toList());
        keeper.save(leaseFile, content);
    }

    private static Map<String, Object> json(Lease lease) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mac", lease.mac().toString());
        json.put("ipv4", lease.address().toString());
        json.put("name", lease.name());
        json.put("expiresNanos", lease.expiresNanos());
        json.put("acknowledgedNanos", lease.acknowledgedNanos());
        return json;
    }

    private static Map<String, Object> json(Neighbour neighbour) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mac", neighbour.mac().toString());
        json.put("ipv6", neighbour.ipv6() == null ? null : neighbour.ipv6().toString());
        json.put("ipv4", neighbour.ipv4() == null ? null : neighbour.ipv4().toString());
        json.put("seenNanos", neighbour.seenNanos());
        return json;
    }

    void savePorts(List<PortRecord> records) {
        keeper.save(
                portFile,
                Map.of("ports", records.stream().map(PortRecord::toJson).toList()));
    }

    void saveSettings(NetworkSettings settings) {
        keeper.save(settingsFile, settings.toJson());
    }

    /// Waits until what was saved is on the disk.
    void settle() throws InterruptedException, IOException {
        keeper.settle();
    }
}
