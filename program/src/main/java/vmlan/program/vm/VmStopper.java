package vmlan.program.vm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import vmlan.program.message.Failure;
import vmlan.qemu.QemuException;
import vmlan.qemu.QmpClient;

/// Ends VMs: the power button first, and when the guest does not go by the deadline, QEMU's own end.
public final class VmStopper {
    private static final Duration QMP_LIMIT = Duration.ofSeconds(5);
    /// A start takes seconds; on a first run it downloads before it claims a name.
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration QUIT_LIMIT = Duration.ofSeconds(5);

    private final VmStore store;

    public VmStopper(VmStore store) {
        this.store = store;
    }

    /// How a VM ended.
    public enum How {
        NOT_RUNNING,
        POWERED_DOWN,
        /// The guest did not react; QEMU was ended.
        FORCED
    }

    /// Blocks until the VM is gone; one that a command is just starting is waited for first.
    ///
    /// @param deadline how long the guest may take; zero for no power button at all
    public How stop(String name, Duration deadline) throws Failure {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        Vm vm = store.known(name);
        while (vm.isBeingStarted() && System.nanoTime() - limit < 0) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
            Optional<Vm> now = store.find(name);
            if (now.isEmpty()) {
                return How.NOT_RUNNING;
            }
            vm = now.get();
        }
        if (vm.isBeingStarted()) {
            throw Failure.world(
                    name + " is still being started, by process " + vm.launcherPid(),
                    "end that one, or try again later");
        }
        return stop(vm, deadline);
    }

    /// The same for a VM as it is known now.
    How stop(Vm vm, Duration deadline) throws Failure {
        Optional<ProcessHandle> process = vm.isAlive() ? ProcessHandle.of(vm.pid()) : Optional.empty();
        if (process.isEmpty()) {
            return How.NOT_RUNNING;
        }
        store.write(vm.withStopRequested());
        Path monitor = store.qmpSocket(vm.name());
        if (!deadline.isZero() && ask(monitor, "system_powerdown") && ended(process.get(), deadline)) {
            return How.POWERED_DOWN;
        }
        if (!(ask(monitor, "quit") && ended(process.get(), QUIT_LIMIT))) {
            process.get().destroyForcibly();
            if (!ended(process.get(), QUIT_LIMIT)) {
                throw Failure.world(
                        "QEMU of " + vm.name() + " (pid " + vm.pid() + ") does not end, not even when killed",
                        "it waits for the system: see what its disk is doing");
            }
        }
        return How.FORCED;
    }

    /// @return whether QEMU took the command
    private static boolean ask(Path monitor, String command) {
        try (QmpClient qmp = QmpClient.connect(monitor, QMP_LIMIT)) {
            if (command.equals("system_powerdown") && qmp.status().equals("paused")) {
                // Nobody would hear the button.
                return false;
            }
            qmp.execute(command, Map.of(), QMP_LIMIT);
            return true;
        } catch (QemuException e) {
            // For `quit` the connection may end before the answer: what counts is whether the process goes.
            return command.equals("quit");
        }
    }

    private static boolean ended(ProcessHandle process, Duration limit) {
        try {
            process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return !process.isAlive();
        } catch (ExecutionException e) {
            return !process.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }
}
