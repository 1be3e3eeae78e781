package vmlan.program.vm;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.qemu.GuestAgent;
import vmlan.qemu.QemuException;

/// Runs a command in a guest by its agent, and passes on what it printed and how it ended.
///
/// The agent keeps the output until the command has ended. It is asked again and again, each time by a
/// conversation of its own, so that two commands can run in one guest at once.
public final class GuestExec {
    /// As docker and podman have them: our own failure, and a command that is not there.
    public static final int FAILED = 125;

    public static final int NOT_FOUND = 127;

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final Duration FIRST_LOOK = Duration.ofMillis(10);
    private static final Duration LAST_LOOK = Duration.ofMillis(500);

    private final Vm vm;
    private final VmStore store;
    private final Progress progress;
    private final RandomGenerator random;

    /// In the guest; 0 before the command was started and after it ended.
    private volatile long pid;

    public GuestExec(Vm vm, VmStore store, Progress progress, RandomGenerator random) {
        this.vm = vm;
        this.store = store;
        this.progress = progress;
        this.random = random;
    }

    /// Waits until the guest's agent is there.
    ///
    /// @param limit for a guest that is booting
    public void await(Duration limit) throws Failure {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            AgentState state = AgentState.of(store.qmpSocket(vm.name()));
            if (state == AgentState.LISTENING || state == AgentState.UNKNOWN) {
                return;
            }
            if (!vm.isAlive()) {
                throw Failure.world(vm.name() + " does not run", "start it: " + vm.startLine());
            }
            if (state == AgentState.NO_PORT) {
                throw Failure.world(
                        vm.name() + " was started without a line to a guest agent",
                        "start it anew: vmlan restart " + vm.name());
            }
            if (System.nanoTime() - deadline >= 0) {
                throw Failure.world(
                        "no guest agent runs in " + vm.name() + ", or it still boots",
                        "in the guest: apt-get install qemu-guest-agent, or dnf; to wait for it longer: --wait SECONDS");
            }
            progress.step("waiting for the guest agent of " + vm.name());
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    /// Blocks until the command has ended.
    ///
    /// @param input for its standard input; null for none
    /// @param limit after which it is ended
    /// @return its exit code, 128 and more when a signal ended it
    public int run(List<String> command, byte[] input, Duration limit, OutputStream out, OutputStream err)
            throws Failure, IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            try (GuestAgent agent = connect(ANSWER_LIMIT)) {
                pid = agent.start(command, input);
            } catch (GuestAgent.RefusedException e) {
                boolean isMissing = e.what().contains("No such file or directory");
                throw Failure.world(
                                e.what(),
                                isMissing ? "check the command; a shell's words need one: sh -c '…'" : e.remedy(),
                                e)
                        .withExitCode(isMissing ? NOT_FOUND : FAILED);
            }
            Duration look = FIRST_LOOK;
            while (true) {
                GuestAgent.Outcome outcome;
                try (GuestAgent agent = connect(ANSWER_LIMIT)) {
                    outcome = agent.status(pid);
                }
                if (outcome.exited()) {
                    pid = 0;
                    return passOn(outcome, out, err);
                }
                if (System.nanoTime() - deadline >= 0) {
                    end();
                    throw Failure.world(
                            "the command did not end within " + limit.toSeconds() + " s and was told to end",
                            "give it longer: --timeout SECONDS");
                }
                LockSupport.parkNanos(look.toNanos());
                look = look.multipliedBy(2).compareTo(LAST_LOOK) > 0 ? LAST_LOOK : look.multipliedBy(2);
            }
        } catch (QemuException e) {
            throw failed(e);
        }
    }

    private int passOn(GuestAgent.Outcome outcome, OutputStream out, OutputStream err) throws IOException {
        progress.done();
        out.write(outcome.out());
        out.flush();
        err.write(outcome.err());
        err.flush();
        if (outcome.truncated()) {
            progress.note("the guest agent keeps 16 MiB of each output; the rest is lost");
        }
        return outcome.status();
    }

    private Failure failed(QemuException e) {
        if (!vm.isAlive()) {
            return Failure.world(vm.name() + " ended meanwhile", "start it: " + vm.startLine(), e);
        }
        return Failure.world(e.what(), e.remedy().replace("NAME", vm.name()), e);
    }

    private GuestAgent connect(Duration limit) throws QemuException, Failure {
        Path socket = store.agentSocket(vm.name());
        return GuestAgent.connect(socket, random, limit);
    }

    /// The user does not wait any longer: the command is told to end, by the guest's own `kill`.
    public void end() {
        long running = pid;
        pid = 0;
        if (running == 0) {
            return;
        }
        try (GuestAgent agent = connect(KILL_LIMIT)) {
            agent.start(List.of("kill", "-TERM", Long.toString(running)), null);
        } catch (QemuException | Failure e) {
            progress.note("the command goes on in " + vm.name() + " as its process " + running);
        }
    }
}
