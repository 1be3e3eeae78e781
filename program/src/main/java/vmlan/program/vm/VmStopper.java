package vmlan.program.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;
import vmlan.qemu.GuestAgent;
import vmlan.qemu.QemuException;
import vmlan.qemu.QemuProcess;
import vmlan.qemu.QmpClient;

/// Ends VMs: the power button first, and when the guest does not go by the deadline, QEMU's own end.
public final class VmStopper {
    private static final Duration QMP_LIMIT = Duration.ofSeconds(5);
    private static final Duration QUIT_LIMIT = Duration.ofSeconds(5);
    /// Nothing keeps a killed one but the system, which has its memory to free and may be busy.
    private static final Duration KILL_LIMIT = Duration.ofSeconds(30);
    /// Between two tries at a monitor that does not answer.
    private static final Duration PRESS_AGAIN = Duration.ofSeconds(1);
    /// QEMU is not our child, so nothing wakes us when it goes.
    private static final Duration LOOK_EVERY = Duration.ofMillis(15);

    private final VmStore store;
    private final VmPorts ports;

    public VmStopper(VmStore store, Networks networks) {
        this.store = store;
        this.ports = new VmPorts(networks);
    }

    /// How a VM ended.
    public enum How {
        NOT_RUNNING,
        POWERED_DOWN,
        /// The guest did not react; QEMU was ended.
        FORCED
    }

    /// Blocks until the VM is gone; another command that works on it is waited for first.
    ///
    /// @param deadline how long the guest may take; zero for no power button at all
    public How stop(String name, Duration deadline) throws Failure {
        boolean hurried = deadline.isZero() && hurry(name);
        try (VmLocks.Held held = store.take(name, "stopping")) {
            Optional<Vm> vm = store.find(name);
            How how = vm.isEmpty() ? How.NOT_RUNNING : stop(vm.get(), deadline);
            if (!hurried || how != How.NOT_RUNNING) {
                return how;
            }
            if (vm.isPresent() && !vm.get().stopRequested()) {
                requested(vm.get(), true);
            }
            return How.FORCED;
        }
    }

    /// A stop that waits for the guest is not waited for by one that does not.
    ///
    /// @return whether QEMU was ended
    boolean hurry(String name) throws Failure {
        Vm vm = store.known(name);
        String doing = store.locks().isBusy(name) ? VmLocks.doing(store.folder(name)) : "";
        // The QEMU that a restart has started is another.
        boolean isEnding = doing.equals("stopping") || (doing.equals("restarting") && vm.stopRequested());
        return vm.isAlive() && isEnding && killed(vm);
    }

    /// The same for a VM as it is known now.
    How stop(Vm vm, Duration deadline) throws Failure {
        if (!vm.isAlive()) {
            return How.NOT_RUNNING;
        }
        boolean written = requested(vm, true);
        boolean gone = !deadline.isZero() && powersDown(vm, deadline);
        How how = gone && !endedBySignal(vm) ? How.POWERED_DOWN : How.FORCED;
        if (!gone) {
            end(vm);
        }
        if (!written) {
            // There may be room now: a guest or its QEMU can be what filled the disk.
            requested(vm, false);
        }
        ports.remove(vm);
        return how;
    }

    /// Writes down that the end which is to come was asked for. A disk that is full keeps nobody from ending VMs.
    private boolean requested(Vm vm, boolean say) {
        try {
            store.write(vm.withStopRequested());
            return true;
        } catch (Failure e) {
            if (say) {
                store.report(e.what() + "; " + vm.name() + " is ended all the same");
            }
            return false;
        }
    }

    /// Presses the button until QEMU takes it, and at each third of the time again: a guest that boots does
    /// not hear it. One that does not heed it may have an agent that does.
    private boolean powersDown(Vm vm, Duration deadline) throws Failure {
        long start = System.nanoTime();
        for (int third = 1; third <= 3; third++) {
            long end = start + deadline.toNanos() / 3 * third;
            if (third == 2) {
                askAgent(vm, left(start + deadline.toNanos()));
            }
            boolean pressed = false;
            do {
                pressed = pressed || press(vm, left(end));
                Duration wait = left(end);
                if (ended(vm, pressed || wait.compareTo(PRESS_AGAIN) < 0 ? wait : PRESS_AGAIN)) {
                    return true;
                }
            } while (!left(end).isZero());
        }
        return false;
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    private static Duration atMost(Duration limit, Duration most) {
        return limit.compareTo(most) < 0 ? limit : most;
    }

    /// A VM that was paused goes on for it: nobody would hear the button.
    ///
    /// @return whether QEMU took it
    private boolean press(Vm vm, Duration limit) throws Failure {
        Duration each = atMost(limit, QMP_LIMIT);
        try (QmpClient qmp = QmpClient.connect(store.qmpSocket(vm.name()), each)) {
            // Before it goes on: a network looks for the mark (VmPause).
            Files.deleteIfExists(store.pausedMark(vm.name()));
            if (qmp.status().equals("paused")) {
                qmp.execute("cont", Map.of(), each);
            }
            qmp.execute("system_powerdown", Map.of(), each);
            return true;
        } catch (QemuException | IOException e) {
            // The monitor is busy, or QEMU is: tried again until the deadline.
            return false;
        }
    }

    /// Also where QEMU does not say whether there is one.
    private void askAgent(Vm vm, Duration limit) throws Failure {
        AgentState state = AgentState.of(store.qmpSocket(vm.name()));
        if (state != AgentState.LISTENING && state != AgentState.UNKNOWN) {
            return;
        }
        try (GuestAgent agent = GuestAgent.connect(
                store.agentSocket(vm.name()), RandomGenerator.getDefault(), atMost(limit, QMP_LIMIT))) {
            agent.powerDown();
        } catch (QemuException e) {
            // Then the button stays all that was tried; the deadline decides.
        }
    }

    /// Whether somebody ended the QEMU that we were waiting for: it says so of SIGTERM (QEMU
    /// system/runstate.c, qemu_kill_report) and exits with 0, and the shell above it knows of others.
    private boolean endedBySignal(Vm vm) {
        Path folder = store.folder(vm.name());
        Optional<Integer> status = QemuProcess.awaitExitStatus(folder, VmStatus.EXIT_LIMIT);
        return status.orElse(0) > 128 || QemuProcess.lastWords(folder).startsWith("terminating on signal");
    }

    /// Ends QEMU: by its monitor, by a signal that it heeds, by one that it cannot but heed.
    private void end(Vm vm) throws Failure {
        if (!(quits(vm) && ended(vm, QUIT_LIMIT)) && !killed(vm)) {
            throw Failure.world(
                    "QEMU of " + vm.name() + " (pid " + vm.pid() + ") does not end, not even when killed",
                    "it waits for the system: see what its disk is doing");
        }
    }

    /// @return whether QEMU took the command, or may have: the connection may end before the answer
    private boolean quits(Vm vm) throws Failure {
        try (QmpClient qmp = QmpClient.connect(store.qmpSocket(vm.name()), QMP_LIMIT)) {
            try {
                qmp.execute("quit", Map.of(), QMP_LIMIT);
            } catch (QemuException e) {
                return ended(vm, PRESS_AGAIN);
            }
            return true;
        } catch (QemuException e) {
            return false;
        }
    }

    private boolean killed(Vm vm) throws Failure {
        signal(vm, ProcessHandle::destroy);
        if (!ended(vm, QUIT_LIMIT)) {
            signal(vm, ProcessHandle::destroyForcibly);
        }
        return ended(vm, KILL_LIMIT);
    }

    /// @param how with whether it could be
    private static void signal(Vm vm, Predicate<ProcessHandle> how) throws Failure {
        Optional<ProcessHandle> qemu = vm.isAlive() ? ProcessHandle.of(vm.pid()) : Optional.empty();
        // One that ended meanwhile cannot be either.
        if (qemu.isPresent() && !how.test(qemu.get()) && vm.isAlive()) {
            throw Failure.world(
                    "QEMU of " + vm.name() + " (pid " + vm.pid() + ") is another user's, and runs on",
                    "end it: sudo kill " + vm.pid());
        }
    }

    /// Waits for QEMU's end.
    private static boolean ended(Vm vm, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (vm.isAlive()) {
            if (left(end).isZero() || !pause()) {
                return !vm.isAlive();
            }
        }
        return true;
    }

    /// @return false when interrupted
    private static boolean pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
