package vmlan.program.vm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import vmlan.program.message.Failure;
import vmlan.qemu.ProcessMark;
import vmlan.qemu.QemuException;
import vmlan.qemu.QemuProcess;
import vmlan.qemu.QmpClient;

/// What a VM does now.
///
/// @param lastWords why it failed or stands still, or that it is about to run; empty otherwise
public record VmStatus(State state, String lastWords) {
    /// As the contract names them.
    public enum State {
        RUNNING,
        PAUSED,
        STOPPED,
        FAILED
    }

    /// What the shell around QEMU says when a signal ended it: the signal's number tells the same to everybody.
    private static final String SHELLS_WORDS =
            "(Killed|Terminated|Hangup|Aborted|Segmentation fault|Bus error)( \\(core dumped\\))?";

    /// QEMU's run states in which a guest gets on (QEMU qapi/run-state.json, RunState); in the others it
    /// stands still, for a reason such as `io-error`.
    private static final Set<String> GOING =
            Set.of("running", "prelaunch", "inmigrate", "finish-migrate", "restore-vm");

    /// A monitor that is busy with another command answers within this or not at all; then the VM counts as
    /// running.
    private static final Duration QMP_LIMIT = Duration.ofSeconds(2);

    /// The shell above QEMU writes down how that ended in milliseconds, on a machine that is not busy.
    static final Duration EXIT_LIMIT = Duration.ofSeconds(10);

    /// Looks at the process, asks its monitor, and for an ended one reads how it ended. Blocks for as long as either is
    /// not told.
    public static VmStatus of(Vm vm, VmStore store) throws Failure {
        if (vm.isAlive()) {
            String word = qemusWord(store.qmpSocket(vm.name()));
            if (GOING.contains(word)) {
                return new VmStatus(State.RUNNING, "");
            }
            return new VmStatus(State.PAUSED, word.equals("paused") ? "" : "QEMU says: " + word);
        }
        if (vm.pid() == 0 && vm.isBeingStarted()) {
            return new VmStatus(State.STOPPED, "it is being started");
        }
        if (vm.pid() == 0 || vm.stopRequested()) {
            return new VmStatus(State.STOPPED, "");
        }
        Path folder = store.folder(vm.name());
        if (Files.exists(folder.resolve(VmStore.IN_TERMINAL))) {
            return new VmStatus(State.STOPPED, "");
        }
        boolean isOfEarlierBoot = ProcessMark.isOfEarlierBoot(vm.pidMark());
        Optional<Integer> status =
                isOfEarlierBoot ? QemuProcess.exitStatus(folder) : QemuProcess.awaitExitStatus(folder, EXIT_LIMIT);
        if (status.isPresent() ? status.get() == 0 : isOfEarlierBoot) {
            return new VmStatus(State.STOPPED, "");
        }
        String words = QemuProcess.lastWords(folder);
        if (words.isEmpty() || words.matches(SHELLS_WORDS)) {
            words = status.map(VmStatus::describe).orElse("QEMU ended without a word");
        }
        return new VmStatus(State.FAILED, words);
    }

    private static String describe(int status) {
        return status > 128 ? "QEMU was ended by signal " + (status - 128) : "QEMU ended with status " + status;
    }

    private static String qemusWord(Path monitor) {
        try (QmpClient qmp = QmpClient.connect(monitor, QMP_LIMIT)) {
            return qmp.status();
        } catch (QemuException e) {
            return "running";
        }
    }
}
