package vmlan.program.vm;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vmlan.program.files.Fields;
import vmlan.program.message.ShellWords;
import vmlan.qemu.ProcessMark;

/// What is kept of a VM, from its first start until `rm`.
///
/// @param disk null for the demo guest
/// @param diskFormat told by QEMU's tool when the disk was first used, and kept: a guest can write any header
///     into a raw disk, and must not become the reader of the file that this header names
/// @param launcherPid the command that is starting it, 0 when none is
/// @param pid of QEMU, 0 before it was ever started
/// @param pidMark tells that process from a later one of the same pid
/// @param stopRequested whether its end, when it comes, was asked for
public record Vm(
        String name,
        Path disk,
        String diskFormat,
        List<VmNic> nics,
        String qemu,
        String accelerator,
        long launcherPid,
        long launcherMark,
        long pid,
        long pidMark,
        boolean stopRequested) {

    /// @param network a network's name
    /// @param port the id of its port there
    public record VmNic(String network, String port, String mac) {}

    public boolean isAlive() {
        return pid != 0 && ProcessMark.isAlive(pid, pidMark);
    }

    public boolean isBeingStarted() {
        return launcherPid != 0 && ProcessMark.isAlive(launcherPid, launcherMark);
    }

    /// What to type to start it again.
    public String startLine() {
        String line = "vmlan run --name " + name;
        return disk == null ? line : line + " " + ShellWords.join(List.of(disk.toString()));
    }

    /// @throws IllegalArgumentException that names the field which is missing or wrong
    static Vm of(String name, Fields fields) {
        return new Vm(
                name,
                fields.optionalText("disk").map(Path::of).orElse(null),
                fields.optionalText("diskFormat").orElse(null),
                fields.objects("nics").stream()
                        .map(nic -> new VmNic(nic.text("network"), nic.text("port"), nic.text("mac")))
                        .toList(),
                fields.optionalText("qemu").orElse(null),
                fields.optionalText("accelerator").orElse(null),
                fields.optionalNumber("launcherPid").orElse(0L),
                fields.optionalNumber("launcherMark").orElse(0L),
                fields.optionalNumber("pid").orElse(0L),
                fields.optionalNumber("pidMark").orElse(0L),
                fields.flag("stopRequested"));
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("disk", disk == null ? null : disk.toString());
        json.put("diskFormat", diskFormat);
        json.put("nics", nics.stream().map(Vm::json).toList());
        json.put("qemu", qemu);
        json.put("accelerator", accelerator);
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

    private Vm with(long newLauncherPid, long newLauncherMark, long newPid, long newPidMark, boolean newStopRequested) {
        return new Vm(
                name,
                disk,
                diskFormat,
                nics,
                qemu,
                accelerator,
                newLauncherPid,
                newLauncherMark,
                newPid,
                newPidMark,
                newStopRequested);
    }
}
