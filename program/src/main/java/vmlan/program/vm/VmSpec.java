package vmlan.program.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import vmlan.program.config.HostPort;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;
import vmlan.program.publish.PublishRule;
import vmlan.qemu.Disk;
import vmlan.qemu.seed.Seed;

/// What a VM is: what `run` was told of it, kept, so that it can be started again without being told.
///
/// @param architecture of the guest, in QEMU's words
/// @param disks the first is the one it boots from, CD-ROMs among them; none: the demo guest
/// @param nics whose networks are named, `none` and `user` among them
/// @param published for the first NIC on a network with a gateway of ours
/// @param allowedHostPorts of the host, for the networks of the VM
/// @param qemuArguments further ones for QEMU, as they are
/// @param snapshot whether what the guest writes on its disks is thrown away when QEMU ends
/// @param seed for cloud-init; null: none
/// @param line the QEMU command line that it is, in place of all that is above but networks and rules; null for `run`'s
public record VmSpec(
        String architecture,
        List<VmDisk> disks,
        List<NicSpec> nics,
        int cpus,
        long memoryBytes,
        List<PublishRule> published,
        List<HostPort> allowedHostPorts,
        List<String> qemuArguments,
        VmBoot boot,
        boolean snapshot,
        Seed seed,
        LineSpec line) {

    public VmSpec {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        published = List.copyOf(published);
        allowedHostPorts = List.copyOf(allowedHostPorts);
        qemuArguments = List.copyOf(qemuArguments);
    }

    /// One that boots as usual, and from its disks as they are.
    public VmSpec(
            String architecture,
            List<VmDisk> disks,
            List<NicSpec> nics,
            int cpus,
            long memoryBytes,
            List<PublishRule> published,
            List<HostPort> allowedHostPorts,
            List<String> qemuArguments) {
        this(
                architecture,
                disks,
                nics,
                cpus,
                memoryBytes,
                published,
                allowedHostPorts,
                qemuArguments,
                VmBoot.USUAL,
                false,
                null);
    }

    /// One that options of `run` describe.
    public VmSpec(
            String architecture,
            List<VmDisk> disks,
            List<NicSpec> nics,
            int cpus,
            long memoryBytes,
            List<PublishRule> published,
            List<HostPort> allowedHostPorts,
            List<String> qemuArguments,
            VmBoot boot,
            boolean snapshot,
            Seed seed) {
        this(
                architecture,
                disks,
                nics,
                cpus,
                memoryBytes,
                published,
                allowedHostPorts,
                qemuArguments,
                boot,
                snapshot,
                seed,
                null);
    }

    /// One that is a QEMU command line.
    ///
    /// @param disk that it is known by; null: none that can be seen
    /// @param published by `--publish`
    static VmSpec ofLine(
            LineSpec line, String architecture, VmDisk disk, boolean snapshot, List<PublishRule> published) {
        return new VmSpec(
                architecture,
                disk == null ? List.of() : List.of(disk),
                List.of(),
                1,
                0,
                published,
                List.of(),
                List.of(),
                VmBoot.USUAL,
                snapshot,
                null,
                line);
    }

    /// Whether the VM is a QEMU command line.
    public boolean isLine() {
        return line != null;
    }

    /// The same on networks.
    VmSpec withNics(List<NicSpec> newNics) {
        return new VmSpec(
                architecture,
                disks,
                newNics,
                cpus,
                memoryBytes,
                published,
                allowedHostPorts,
                qemuArguments,
                boot,
                snapshot,
                seed,
                line);
    }

    /// The disk that it is known by, the first; null where it has none, as the demo guest.
    public Path disk() {
        return disks.isEmpty() ? null : disks.getFirst().file();
    }

    VmSpec withDisks(List<VmDisk> newDisks) {
        return with(newDisks, boot);
    }

    VmSpec booting(VmBoot newBoot) {
        return with(disks, newBoot);
    }

    private VmSpec with(List<VmDisk> newDisks, VmBoot newBoot) {
        return new VmSpec(
                architecture,
                newDisks,
                nics,
                cpus,
                memoryBytes,
                published,
                allowedHostPorts,
                qemuArguments,
                newBoot,
                snapshot,
                seed,
                line);
    }

    /// Whether the guest can change the file of that disk.
    boolean writes(VmDisk disk) {
        return disk.kind() == Disk.Kind.DISK && !snapshot;
    }

    VmSpec withPublished(List<PublishRule> rules) {
        return new VmSpec(
                architecture,
                disks,
                nics,
                cpus,
                memoryBytes,
                rules,
                allowedHostPorts,
                qemuArguments,
                boot,
                snapshot,
                seed,
                line);
    }

    /// @throws IllegalArgumentException that names the field which is missing or wrong
    static VmSpec of(Fields fields) {
        return new VmSpec(
                fields.text("architecture"),
                fields.objects("disks").stream().map(VmSpec::disk).toList(),
                fields.texts("nics").stream().map(VmSpec::nic).toList(),
                Math.toIntExact(fields.number("cpus")),
                fields.number("memoryBytes"),
                fields.texts("published").stream().map(PublishRule::parse).toList(),
                fields.texts("allowedHostPorts").stream().map(HostPort::parse).toList(),
                fields.texts("qemuArguments"),
                VmBoot.of(fields.object("boot")),
                fields.flag("snapshot"),
                seed(fields.object("seed")),
                LineSpec.of(fields.object("line")));
    }

    private static VmDisk disk(Fields fields) {
        return new VmDisk(
                Path.of(fields.text("file")),
                fields.optionalText("format").orElse(null),
                fields.flag("cdrom") ? Disk.Kind.CDROM : Disk.Kind.DISK);
    }

    private static Seed seed(Fields fields) {
        String userData = fields.optionalText("userData").orElse(null);
        List<String> keys = fields.texts("sshKeys");
        return userData == null && keys.isEmpty() ? null : new Seed(userData, keys);
    }

    private static NicSpec nic(String text) {
        try {
            return NicSpec.parse(text);
        } catch (Failure e) {
            throw new IllegalArgumentException(e.what(), e);
        }
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("architecture", architecture);
        json.put("disks", disks.stream().map(VmSpec::json).toList());
        json.put("nics", texts(nics, NicSpec::toString));
        json.put("cpus", cpus);
        json.put("memoryBytes", memoryBytes);
        json.put("published", texts(published, PublishRule::toString));
        json.put("allowedHostPorts", texts(allowedHostPorts, HostPort::toString));
        json.put("qemuArguments", qemuArguments);
        json.put("boot", boot.toJson());
        json.put("snapshot", snapshot);
        json.put("seed", seed == null ? null : json(seed));
        json.put("line", line == null ? null : line.toJson());
        return json;
    }

    private static Map<String, Object> json(VmDisk disk) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", disk.file().toString());
        json.put("format", disk.format());
        json.put("cdrom", disk.kind() == Disk.Kind.CDROM);
        return json;
    }

    private static Map<String, Object> json(Seed seed) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("userData", seed.userData());
        json.put("sshKeys", seed.sshKeys());
        return json;
    }

    private static <T> List<String> texts(List<T> values, Function<T, String> writer) {
        return new ArrayList<>(values.stream().map(writer).toList());
    }
}
