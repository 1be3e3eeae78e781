package vmlan.program.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.QemuException;
import vmlan.qemu.QmpClient;

/// Holds a VM still and lets it go on.
///
/// A network stops and continues a VM, too, after it was attached anew
/// ([vmlan.program.serve.Reattachment]), and must not continue what a user has paused. Neither waits for
/// the other: whoever pauses leaves a mark first, which the network looks for between its stop and its
/// cont; the network has a mark meanwhile, for which the pause waits, and then looks whether the VM still
/// stands still.
public final class VmPause {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /// A network needs milliseconds for it, on a busy machine more, and continues the VM afterwards, whenever that is;
    /// one that died in between leaves its mark for good.
    private static final Duration WAKING_LIMIT = Duration.ofSeconds(10);

    private static final Duration LOOK_EVERY = Duration.ofMillis(10);
    /// Each try is one re-attachment that came in between.
    private static final int TRIES = 5;

    private final VmStore store;

    public VmPause(VmStore store) {
        this.store = store;
    }

    /// @return false when it was paused already
    public boolean pause(String name) throws Failure {
        try (VmLocks.Held held = store.take(name, "pausing")) {
            Vm vm = running(name);
            Path mark = store.pausedMark(name);
            boolean ran = false;
            boolean unfinished = false;
            try (QmpClient qmp = QmpClient.connect(store.qmpSocket(name), LIMIT)) {
                String before = qmp.status();
                boolean waking = before.equals("paused") && Files.exists(store.wakingMark(name));
                ran = before.equals("running") || waking;
                unfinished = ran || !Files.exists(mark);
                hold(vm, qmp);
                unfinished = false;
                return waking || !before.equals("paused");
            } catch (QemuException e) {
                throw Failure.world(name + " cannot be paused: " + e.what(), e.remedy(), e);
            } catch (IOException e) {
                throw Failure.world("cannot write " + mark + ": " + Places.reason(e), "make room for it", e);
            } finally {
                if (unfinished) {
                    letGo(vm, ran);
                }
            }
        }
    }

    private void hold(Vm vm, QmpClient qmp) throws QemuException, Failure, IOException {
        Files.writeString(store.pausedMark(vm.name()), "");
        for (int tries = 0; tries < TRIES; tries++) {
            qmp.execute("stop", Map.of(), LIMIT);
            awaitWaking(vm);
            if (!qmp.status().equals("running")) {
                return;
            }
        }
        throw Failure.world(vm.name() + " does not stay paused", "see what else talks to its monitor");
    }

    /// It could not be paused: a mark that stayed would have the next network to come back hold it still, and
    /// a stop that went through holds it still now.
    private void letGo(Vm vm, boolean ran) throws Failure {
        try {
            Files.deleteIfExists(store.pausedMark(vm.name()));
        } catch (IOException e) {
            store.report("the mark that " + vm.name() + " is paused cannot be removed: " + Places.reason(e)
                    + "; vmlan resume " + vm.name() + " does so");
        }
        if (!ran) {
            return;
        }
        // By a conversation of its own: the other one may be what failed, and is closed.
        try (QmpClient qmp = QmpClient.connect(store.qmpSocket(vm.name()), LIMIT)) {
            if (qmp.status().equals("paused")) {
                qmp.execute("cont", Map.of(), LIMIT);
            }
        } catch (QemuException e) {
            store.report("whether " + vm.name() + " goes on is not known: " + e.what() + "; vmlan resume " + vm.name()
                    + " has it go on");
        }
    }

    /// @return false when it was not paused
    public boolean resume(String name) throws Failure {
        try (VmLocks.Held held = store.take(name, "resuming")) {
            running(name);
            try (QmpClient qmp = QmpClient.connect(store.qmpSocket(name), LIMIT)) {
                Files.deleteIfExists(store.pausedMark(name));
                boolean stood = !qmp.status().equals("running");
                qmp.execute("cont", Map.of(), LIMIT);
                return stood;
            } catch (QemuException e) {
                throw Failure.world(name + " cannot be resumed: " + e.what(), e.remedy(), e);
            } catch (IOException e) {
                throw Failure.world(
                        "cannot remove the mark that " + name + " is paused: " + Places.reason(e),
                        "check the run-time folder",
                        e);
            }
        }
    }

    private void awaitWaking(Vm vm) throws Failure, IOException {
        Path waking = store.wakingMark(vm.name());
        long deadline = System.nanoTime() + WAKING_LIMIT.toNanos();
        while (Files.exists(waking) && deadline - System.nanoTime() > 0) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        Files.deleteIfExists(waking);
    }

    private Vm running(String name) throws Failure {
        Vm vm = store.known(name);
        if (!vm.isAlive()) {
            throw Failure.world(name + " does not run", "start it: " + vm.startLine());
        }
        return vm;
    }
}
