package vmlan.program.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import vmlan.program.files.Places;
import vmlan.qemu.GrowingLog;

/// Keeps the console's log of a VM within bounds where no network's process is there to do it
/// ([vmlan.program.serve.VmLogs]): commands that come by look at its size.
public final class UnwatchedLogs {
    /// Of a VM that a network looks after: that one may have ended, too.
    private static final long WATCHED_BYTES = 2 * GrowingLog.MOST_CONSOLE_BYTES;

    private final VmStore store;

    public UnwatchedLogs(VmStore store) {
        this.store = store;
    }

    /// Cheap as long as the log is small.
    public void bound(Vm vm) {
        Path log = store.consoleLog(vm.name());
        long most = vm.nics().isEmpty() ? GrowingLog.MOST_CONSOLE_BYTES : WATCHED_BYTES;
        try {
            GrowingLog.bound(log, earlier(log), most);
        } catch (IOException e) {
            store.report(log + " has grown, and cannot be cut: " + Places.reason(e));
        }
        if (vm.spec().isLine()) {
            boundOutput(vm);
        }
    }

    /// A QEMU command line that was started in the background may have its console on its output.
    private void boundOutput(Vm vm) {
        Path log = store.folder(vm.name()).resolve("qemu.log");
        try {
            GrowingLog.bound(log, log.resolveSibling("qemu.log.old"), GrowingLog.MOST_CONSOLE_BYTES);
        } catch (IOException e) {
            store.report(log + " has grown, and cannot be cut: " + Places.reason(e));
        }
    }

    /// The VM is about to start: what its console said becomes what it said before, bounded too.
    void begin(String name) throws IOException {
        Path log = store.consoleLog(name);
        if (GrowingLog.bound(log, earlier(log), GrowingLog.MOST_CONSOLE_BYTES)) {
            Files.delete(log);
        } else if (Files.exists(log)) {
            Files.move(log, earlier(log), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static Path earlier(Path log) {
        return log.resolveSibling("console.log.1");
    }
}
