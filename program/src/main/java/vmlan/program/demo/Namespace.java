package vmlan.program.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import vmlan.program.message.Failure;
import vmlan.program.message.ShellWords;
import vmlan.qemu.tool.Tool;

/// A network namespace without a name, and the shell that keeps it.
///
/// ```
/// this process ──pipe──▶ sh: read        the namespace is there as long as a process in it
///        ends ──▶ end of file ──▶ kills whatever else is in the namespace, removes the folder, ends
/// ```
///
/// The kernel closes the pipe, so that works after SIGKILL too. Ctrl-C reaches the keeper with all the
/// terminal's processes; it ignores that, for what runs inside is to be ended in good order.
final class Namespace implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final Duration SCRIPT_LIMIT = Duration.ofSeconds(30);
    /// The keeper looks at every process of the machine, twice at least, each by a process of its own: half a second on
    /// a quiet machine.
    private static final Duration END_LIMIT = Duration.ofSeconds(60);

    /// `$1`: a folder to remove at the end, or nothing. Processes show up in /proc with the namespace that
    /// they are in; who may not be looked at is another user's, so none of ours. Were the namespace not a new
    /// one, everybody would be in it.
    private static final String KEEPER = """
            trap '' INT HUP TERM
            mine=$(readlink /proc/$$/ns/net)
            if [ -z "$mine" ] || [ "$mine" = "$(readlink /proc/$PPID/ns/net)" ]; then
                echo "the namespace is not a new one"
                exit 1
            fi
            echo ready
            read -r _
            exec >/dev/null 2>&1
            tries=0
            while [ $tries -lt 50 ]; do
                left=
                for folder in /proc/[0-9]*; do
                    [ "${folder#/proc/}" != $$ ] && [ "$(readlink "$folder/ns/net")" = "$mine" ] || continue
                    kill -KILL "${folder#/proc/}" && left=yes
                done
                [ -n "$left" ] || break
                sleep 0.1
                tries=$((tries + 1))
            done
            [ -z "$1" ] || rm -rf "$1"
            """;

    private final String name;
    private final LanPrograms programs;
    private final Process keeper;
    private final boolean hasUsers;

    private Namespace(String name, LanPrograms programs, Process keeper, boolean hasUsers) {
        this.name = name;
        this.programs = programs;
        this.keeper = keeper;
        this.hasUsers = hasUsers;
    }

    /// The first one: with a user namespace around it and all later ones if this process has no rights itself.
    static Namespace first(String name, LanPrograms programs, boolean withUsers) throws Failure {
        List<String> words = new ArrayList<>(List.of(programs.unshare().toString(), "--net"));
        if (withUsers) {
            words.addAll(List.of("--user", "--map-root-user"));
        }
        return new Namespace(name, programs, keep(programs, words, null), withUsers);
    }

    /// Another one, in the same user namespace.
    ///
    /// @param folder is removed when the namespace ends, once every process in it is gone; null: none is
    Namespace sibling(String siblingName, Path folder) throws Failure {
        List<String> words = new ArrayList<>();
        if (hasUsers) {
            words.addAll(List.of(
                    programs.nsenter().toString(),
                    "--target",
                    Long.toString(keeper.pid()),
                    "--user",
                    "--preserve-credentials",
                    "--"));
        }
        words.addAll(List.of(programs.unshare().toString(), "--net"));
        return new Namespace(siblingName, programs, keep(programs, words, folder), hasUsers);
    }

    private static Process keep(LanPrograms programs, List<String> before, Path folder) throws Failure {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(programs.shell().toString(), "-c", KEEPER, "vmlan-demo-keeper"));
        command.add(folder == null ? "" : folder.toString());
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("PATH", programs.path());
            Process process = builder.start();
            try {
                awaitReady(process);
                return process;
            } catch (Failure e) {
                process.destroyForcibly();
                throw e;
            }
        } catch (IOException e) {
            throw refused(e.getMessage(), e);
        }
    }

    private static void awaitReady(Process process) throws Failure {
        CompletableFuture<String> said = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                said.complete(firstWord(process));
            } catch (IOException e) {
                said.completeExceptionally(e);
            }
        });
        try {
            String word = said.get(START_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
            if (!word.equals("ready")) {
                throw refused(word, null);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw refused("its shell says nothing", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.world("interrupted", "start it again", e);
        }
    }

    /// `ready`, or all that is said instead. The reader stays open: a closed one would be the keeper's SIGPIPE.
    private static String firstWord(Process process) throws IOException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String last = "it ended at once";
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            last = line;
            if (line.equals("ready")) {
                break;
            }
        }
        return last;
    }

    private static Failure refused(String why, Throwable cause) {
        return Failure.world("no network namespace can be made: " + why, LanPrograms.permission(), cause);
    }

    long pid() {
        return keeper.pid();
    }

    /// The words in front of a command that is to run here. The user stays, as does the working directory.
    List<String> prefix() {
        List<String> words =
                new ArrayList<>(List.of(programs.nsenter().toString(), "--target", Long.toString(keeper.pid())));
        if (hasUsers) {
            words.addAll(List.of("--user", "--preserve-credentials"));
        }
        words.addAll(List.of("--net", "--"));
        return List.copyOf(words);
    }

    /// Starts a program here that goes when the namespace does. Its input is a pipe, its errors go nowhere.
    Process start(List<String> command, Redirect output) throws IOException {
        List<String> words = new ArrayList<>(prefix());
        // not in the terminal's session: Ctrl-C is for the one who started us
        words.add(programs.setsid().toString());
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words).redirectOutput(output);
        builder.redirectError(Redirect.DISCARD);
        builder.environment().put("PATH", programs.path());
        return builder.start();
    }

    /// Runs shell commands here, up to the first one that fails.
    Tool tryScript(String commands) throws Failure {
        List<String> words = new ArrayList<>(prefix());
        String path = "PATH=" + ShellWords.join(List.of(programs.path())) + "; export PATH\n";
        words.addAll(List.of(programs.shell().toString(), "-ec", path + commands));
        try {
            return Tool.run(SCRIPT_LIMIT, words);
        } catch (IOException e) {
            throw Failure.world("nothing can be started in the demo's " + name + ": " + e.getMessage(), "try again", e);
        }
    }

    /// The same, where none may fail.
    void script(String commands) throws Failure {
        Tool tool = tryScript(commands);
        if (!tool.succeeded()) {
            throw Failure.world(
                    "the demo's " + name + " cannot be set up: " + tool.lastLine(),
                    tool.lastLine().contains("not permitted")
                            ? LanPrograms.permission()
                            : "the kernel must have veth and bridge: modprobe veth; modprobe bridge");
        }
    }

    /// Begins the end and does not wait for it.
    void end() {
        try {
            keeper.getOutputStream().close();
        } catch (IOException e) {
            // it has ended already
        }
    }

    /// Ends everything in the namespace, and with it the namespace.
    @Override
    public void close() {
        end();
        boolean interrupted = Thread.interrupted();
        try {
            if (!keeper.waitFor(END_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
                keeper.destroyForcibly();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            keeper.destroyForcibly();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
