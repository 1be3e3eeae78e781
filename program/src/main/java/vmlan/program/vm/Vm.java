package vmlan.program.vm;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vmlan.program.files.Fields;
import vmlan.qemu.ProcessMark;

/// What is kept of a VM, from its first start until `rm`.
///
/// @param nics those on networks of ours, as they were at the last start
/// @param vmnetNics those on QEMU's own vmnet, by the same names
/// @param published rules of ports of the host that lead to it now, as people write them
/// @param directory where `run` was typed, which paths in arguments for QEMU are relative to
/// @param autostart whether it starts with the user's session
/// @param launcherPid the command that is starting it, 0 when none is
/// @param pid of QEMU, 0 before it was ever started
/// @param pidMark tells that process from a later one of the same pid
/// @param stopRequested whether its end, when it comes, was asked for
public record Vm(
        String name,
        VmSpec spec,
        List<VmNic> nics,
        List<VmNic> vmnetNics,
        List<String> published,
        String qemu,
        String accelerator,
        Path directory,
        boolean autostart,
        long launcherPid,
        long launcherMark,
        long pid,
        long pidMark,
        boolean stopRequested) {

    /// One that has none of QEMU's own.
    public Vm(
            String name,
            VmSpec spec,
            List<VmNic> nics,
            List<String> published,
            String qemu,
            String accelerator,
            Path directory,
            boolean autostart,
            long launcherPid,
            long launcherMark,
            long pid,
            long pidMark,
            boolean stopRequested) {
        this(
                name,
                spec,
                nics,
                List.of(),
                published,
                qemu,
                accelerator,
                directory,
                autostart,
                launcherPid,
                launcherMark,
                pid,
                pidMark,
                stopRequested);
    }

    /// @param network a network's name
    /// @param port the id of its port there
    public record VmNic(String network, String port, String mac) {}

    /// The networks that it is on.
    public Set<String> networks() {
        return nics.stream().map(VmNic::network).collect(Collectors.toSet());
    }

    public boolean isAlive() {
        return pid != 0 && ProcessMark.isAlive(pid, pidMark);
    }

    public boolean isBeingStarted() {
        return launcherPid != 0 && ProcessMark.isAlive(launcherPid, launcherMark);
    }

    /// What to type to start it again.
    public String startLine() {
        return "vmlan start " + name;
    }

    /// The disk that it is known by; null where it has none.
    public Path disk() {
        return spec.disk();
    }

    /// @throws IllegalArgumentException that names the field which is missing or wrong
    static Vm of(String name, Fields fields) {
        return new Vm(
                name,
                VmSpec.of(fields.object("spec")),
                nics(fields, "nics"),
                nics(fields, "vmnetNics"),
                fields.texts("published"),
                fields.optionalText("qemu").orElse(null),
                fields.optionalText("accelerator").orElse(null),
                fields.optionalText("directory").map(Path::of).orElse(Path.of("/")),
                fields.flag("autostart"),
                fields.optionalNumber("launcherPid").orElse(0L),
                fields.optionalNumber("launcherMark").orElse(0L),
                fields.optionalNumber("pid").orElse(0L),
                fields.optionalNumber("pidMark").orElse(0L),
                fields.flag("stopRequested"));
    }

    private static List<VmNic> nics(Fields fields, String name) {
        return fields.objects(name).stream()
                .map(nic -> new VmNic(nic.text("network"), nic.text("port"), nic.text("mac")))
                .toList();
    }

    /// All whose MAC addresses are the VM's for ever.
    Stream<VmNic> allNics() {
        return Stream.concat(nics.stream(), vmnetNics.stream());
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("spec", spec.toJson());
        json.put("nics", nics.stream().map(Vm::json).toList());
        json.put("vmnetNics", vmnetNics.stream().map(Vm::json).toList());
        json.put("published", published);
        json.put("qemu", qemu);
        json.put("accelerator", accelerator);
        json.put("directory", directory.toString());
        json.put("autostart", autostart);
        json.put("launcherPid", launcherPid);
        json.put("launcherMark", launcherMark);
        json.put("pid", pid);
        json.put("pidMark", pidMark);
        json.put("stopRequested", stopRequested);
        return json;
    }

    private static Map<String, Object> json(VmNic nic) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("network", nic.network());
        json.put("port", nic.port());
        json.put("mac", nic.mac());
        return json;
    }

    Vm started(long newPid, long newPidMark) {
        return with(0, 0, newPid, newPidMark, false);
    }

    /// No command is starting it any more, and none has.
    Vm notStarted() {
        return with(0, 0, 0, 0, true);
    }

    Vm withStopRequested() {
        return with(launcherPid, launcherMark, pid, pidMark, true);
    }

    Vm withPublished(List<String> rules) {
        return new Vm(
                name,
                spec,
                nics,
                vmnetNics,
                rules,
                qemu,
                accelerator,
                directory,
                autostart,
                launcherPid,
                launcherMark,
                pid,
                pidMark,
                stopRequested);
    }

    Vm withAutostart(boolean on) {
        return new Vm(
                name,
                spec,
                nics,
                vmnetNics,
                published,
                qemu,
                accelerator,
                directory,
                on,
                launcherPid,
                launcherMark,
                pid,
                pidMark,
                stopRequested);
    }

    private Vm with(long newLauncherPid, long newLauncherMark, long newPid, long newPidMark, boolean newStopRequested) {
        return new Vm(
                name,
                spec,
                nics,
                vmnetNics,
                published,
                qemu,
                accelerator,
                directory,
                autostart,
                newLauncherPid,
                newLauncherMark,
                newPid,
                newPidMark,
                newStopRequested);
    }
}
