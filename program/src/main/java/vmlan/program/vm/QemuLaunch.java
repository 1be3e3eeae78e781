package vmlan.program.vm;

import java.nio.file.Path;
import java.util.List;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.qemu.QemuException;
import vmlan.qemu.QemuProcess;
import vmlan.qemu.RootStart;

/// QEMU's command line for a VM, and its start in the background: by this user, or by root where that has to be.
///
/// @param root null where QEMU starts as any program does
record QemuLaunch(Places places, VmStore store, Progress progress, RootStart root) {

    /// QEMU's own words.
    List<String> line(StartPlan plan, String name, List<NicPlan> nics) throws Failure {
        List<String> line = plan.commandLine(name, nics, places, store);
        return root == null ? line : root.becomingUser(plan.qemu().version(), line);
    }

    /// What a person would type.
    List<String> typed(StartPlan plan, String name, List<NicPlan> nics) throws Failure {
        List<String> line = line(plan, name, nics);
        return root == null ? line : root.typed(line);
    }

    /// What QEMU left in its folder goes with a VM that never ran, so the remedy is the command line itself.
    QemuProcess start(List<String> line, Vm vm, Path pidFile) throws Failure {
        String name = vm.name();
        Path folder = store.folder(name);
        Path monitor = store.qmpSocket(name);
        try {
            if (root == null) {
                return QemuProcess.start(line, folder, pidFile, monitor, vm.directory());
            }
            progress.done();
            progress.note("sudo starts QEMU, which becomes " + root.user() + " before the guest runs");
            List<Path> files = List.of(store.consoleLog(name));
            return QemuProcess.startBySudo(line, folder, pidFile, monitor, vm.directory(), files);
        } catch (QemuException e) {
            String remedy = root == null ? "see what was run: the same command with --dry-run" : e.remedy();
            throw Failure.world(e.what(), remedy, e);
        }
    }
}
