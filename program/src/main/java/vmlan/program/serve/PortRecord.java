package vmlan.program.serve;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;
import vmlan.program.config.Isolation;
import vmlan.program.files.Fields;
import vmlan.program.publish.PublishRule;

/// What a network knows of a guest's NIC, on disk for as long as the VM runs, so that a restarted network
/// takes it back.
///
/// @param qemuListens true for QEMU 7.2, which can only be connected to
/// @param socket where the one listens and the other connects
/// @param qmp the network's own monitor of the VM
/// @param device QEMU's identifier of the NIC, null where nobody said it
/// @param address the reserved IPv4 address, null for any
/// @param published ports of the host that lead to the guest
/// @param sinceNanos when the VM was started: addresses that it held before do not count
/// @param pid of QEMU, 0 while it is being started
/// @param pidMark tells that process from a later one of the same pid
public record PortRecord(
        String id,
        String vm,
        MacAddress mac,
        boolean qemuListens,
        Path socket,
        Path qmp,
        String device,
        Isolation isolation,
        Ipv4Address address,
        List<PublishRule> published,
        long sinceNanos,
        long pid,
        long pidMark) {

    public PortRecord {
        published = List.copyOf(published);
    }

    /// @throws IllegalArgumentException that names the field which is missing or wrong
    public static PortRecord of(Fields fields) {
        Optional<String> address = fields.optionalText("address");
        return new PortRecord(
                fields.text("id"),
                fields.text("vm"),
                mac(fields.text("mac")),
                fields.flag("qemuListens"),
                Path.of(fields.text("socket")),
                Path.of(fields.text("qmp")),
                fields.optionalText("device").orElse(null),
                Isolation.ofFlag(fields.values().get("isolated")),
                address.isPresent() ? Ipv4Address.parse(address.get()) : null,
                fields.texts("published").stream().map(PublishRule::parse).toList(),
                fields.optionalNumber("sinceNanos").orElse(0L),
                fields.optionalNumber("pid").orElse(0L),
                fields.optionalNumber("pidMark").orElse(0L));
    }

    private static MacAddress mac(String text) {
        MacAddress mac = MacAddress.parse(text);
        if (mac.isGroup() || mac.bits() == 0) {
            throw new IllegalArgumentException("'" + text + "' cannot be the address of a NIC: it is a group's");
        }
        return mac;
    }

    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("vm", vm);
        json.put("mac", mac.toString());
        json.put("qemuListens", qemuListens);
        json.put("socket", socket.toString());
        json.put("qmp", qmp.toString());
        json.put("device", device);
        json.put("isolated", isolation.flag());
        json.put("address", address == null ? null : address.toString());
        json.put("published", published.stream().map(PublishRule::toString).toList());
        json.put("sinceNanos", sinceNanos);
        json.put("pid", pid);
        json.put("pidMark", pidMark);
        return json;
    }

    public PortRecord withProcess(long newPid, long newPidMark) {
        return with(published, sinceNanos, newPid, newPidMark);
    }

    public PortRecord since(long nanos) {
        return with(published, nanos, pid, pidMark);
    }

    public PortRecord withPublished(List<PublishRule> rules) {
        return with(rules, sinceNanos, pid, pidMark);
    }

    /// The same with any address.
    PortRecord withoutAddress() {
        return with(null, published, sinceNanos, pid, pidMark);
    }

    private PortRecord with(List<PublishRule> newPublished, long newSince, long newPid, long newPidMark) {
        return with(address, newPublished, newSince, newPid, newPidMark);
    }

    private PortRecord with(
            Ipv4Address newAddress, List<PublishRule> newPublished, long newSince, long newPid, long newPidMark) {
        return new PortRecord(
                id,
                vm,
                mac,
                qemuListens,
                socket,
                qmp,
                device,
                isolation,
                newAddress,
                newPublished,
                newSince,
                newPid,
                newPidMark);
    }
}
