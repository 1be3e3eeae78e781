package vmlan.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import vmlan.host.posix.Signals;

/// A command and whatever it starts: a session of its own, so that all of it can be ended, also what the command itself
/// has left behind. What makes a session of its own again has left on purpose, and is not reached.
///
/// Its number stays taken while there is any process in it, or its first one was not waited for: no other can be hit.
final class ProcessGroup {
    /// How long a process may take over its end after it was asked to.
    static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LOOK_MILLIS = 10;

    private final Process leader;
    private boolean isEmpty;

    private ProcessGroup(Process leader) {
        this.leader = leader;
    }

    /// @param builder with the command and its folder
    /// @throws IOException no such program
    static ProcessGroup start(ProcessBuilder builder) throws IOException {
        List<String> command = new ArrayList<>(builder.command());
        requireProgram(command.getFirst(), builder.directory().toPath());
        command.addAll(0, leading());
        return new ProcessGroup(builder.command(command).start());
    }

    /// Both make a session and become the command. macOS has no setsid(1), but perl.
    private static List<String> leading() throws IOException {
        for (String program : List.of("/usr/bin/setsid", "/bin/setsid")) {
            if (Files.isExecutable(Path.of(program))) {
                return List.of(program);
            }
        }
        if (Files.isExecutable(Path.of("/usr/bin/perl"))) {
            return List.of("/usr/bin/perl", "-MPOSIX", "-e", "POSIX::setsid(); exec {$ARGV[0]} @ARGV or exit 127");
        }
        throw new IOException("neither setsid nor perl is installed");
    }

    /// As execvp(3) looks for it.
    private static void requireProgram(String program, Path folder) throws IOException {
        List<Path> places = program.contains("/")
                ? List.of(folder.resolve(program))
                : Arrays.stream(String.valueOf(System.getenv("PATH")).split(":", -1))
                        .map(entry -> folder.resolve(entry).resolve(program))
                        .toList();
        if (places.stream().noneMatch(place -> Files.isRegularFile(place) && Files.isExecutable(place))) {
            throw new IOException("there is no program " + program);
        }
    }

    Process leader() {
        return leader;
    }

    /// Asks all of them to end.
    synchronized void terminate() {
        if (!signal(Signals.SIGTERM) && leader.isAlive()) {
            // it has no session yet
            leader.destroy();
        }
    }

    /// Ends those that are left.
    synchronized void kill() {
        if (!signal(Signals.SIGKILL) && leader.isAlive()) {
            leader.destroyForcibly();
        }
    }

    synchronized boolean isAlive() {
        return leader.isAlive() || signal(0);
    }

    /// Ends what is left, and returns when nothing is; or when nothing more can be done: a killed orphan stays in its
    /// group for ever where the first process of a container waits for nobody. Not on the loop's thread.
    void end() throws InterruptedException {
        terminate();
        awaitEnd();
        kill();
        awaitEnd();
    }

    private void awaitEnd() throws InterruptedException {
        long begin = System.nanoTime();
        while (isAlive() && System.nanoTime() - begin < GRACE_NANOS) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    /// @return whether there was anybody
    private boolean signal(int number) {
        if (!isEmpty) {
            boolean isLed = leader.isAlive();
            boolean reached = Signals.sendToGroup(leader.pid(), number);
            // from now on the number may be another's
            isEmpty = !reached && !isLed;
            return reached;
        }
        return false;
    }
}
