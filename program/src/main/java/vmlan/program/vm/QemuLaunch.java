package vmlan.program.vm;

import java.nio.file.Path;
import java.util.List;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.qemu.QemuException;
import vmlan.qemu.QemuProcess;
import vmlan.qemu.QemuStaysException;
import vmlan.qemu.RootStart;

/// QEMU's command line for a VM, and its start in the background: by this user, or by root where that has to be.
///
/// @param root null where QEMU starts as any program does
record QemuLaunch(Places places, VmStore store, Progress progress, RootStart root) {
    /// net/vmnet-common.m, vmnet_if_create.
    private static final String NO_VMNET = "cannot create vmnet interface";

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
    ///
    /// @throws QemuStaysException it runs all the same
    QemuProcess start(List<String> line, Vm vm, Path pidFile) throws Failure, QemuStaysException {
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
        } catch (QemuStaysException e) {
            throw e;
        } catch (QemuException e) {
            throw Failure.world(e.what(), remedy(vm, e), e);
        }
    }

    /// Where it is tried without root, as from macOS 26 on, vmnet may refuse. It does not say why: QEMU's words are
    /// `general failure (possibly not enough privileges)` of a status that means many things (net/vmnet-common.m).
    private String remedy(Vm vm, QemuException e) {
        if (root != null) {
            return e.remedy();
        }
        if (!vm.vmnetNics().isEmpty() && e.what().contains(NO_VMNET) && !QemuRights.isRoot()) {
            return "let sudo start QEMU, which becomes you before the guest runs, by the same command with --sudo";
        }
        return "see what was run: the same command with --dry-run";
    }
}
