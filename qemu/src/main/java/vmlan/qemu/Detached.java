package vmlan.qemu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.qemu.tool.Programs;

/// How a process is started that outlives the terminal: in a session of its own, which neither Ctrl-C nor a hang-up
/// reaches.
public final class Detached {
    private Detached() {}

    /// A shell that starts its arguments in the background, prints their pid, and ends with its standard
    /// input: its end would also end what Java reads of the output. From then on it has no output itself, so
    /// that the end of what was started is seen as the end of its output.
    ///
    /// Java waits for its children in system calls, and its own end waits 0.3 s for whoever is in one (HotSpot
    /// vmOperations.cpp, wait_for_threads_in_native_to_block): so nothing that lives on may be a child.
    private static final String LEAVE = """
            "$@" </dev/null &
            echo "$!"
            exec >/dev/null
            read -r _
            """;

    /// The same, with the output of what is started appended to a file.
    private static final String LEAVE_WITH_LOG = """
            log=$1
            shift
            "$@" </dev/null >>"$log" 2>&1 &
            echo "$!"
            exec >/dev/null
            read -r _
            """;

    /// Starts a command in a session of its own, as nobody's child.
    ///
    /// @param builder what else is wanted of the process; its command is set here
    /// @param log takes what the process says; null: that goes where the builder's does, and its standard
    ///     output has a line of the process' pid, mostly the first
    /// @return the shell between, whose standard input the caller closes
    public static Process leave(ProcessBuilder builder, List<String> command, Path log) throws IOException {
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", log == null ? LEAVE : LEAVE_WITH_LOG, "vmlan"));
        if (log != null) {
            words.add(log.toAbsolutePath().toString());
        }
        words.addAll(prefix());
        words.addAll(command);
        return builder.command(words).start();
    }

    /// What goes in front of the command line. macOS has no setsid(1), but perl; both exec in place, so the process
    /// identifier stays: a child of ours leads no process group yet (setsid(2)).
    ///
    /// @throws IOException neither is there
    static List<String> prefix() throws IOException {
        Optional<Path> setsid = Programs.find("setsid", Map.of(), List.of(Path.of("/usr/bin"), Path.of("/bin")));
        if (setsid.isPresent()) {
            return List.of(setsid.get().toString());
        }
        Path perl = Path.of("/usr/bin/perl");
        if (Programs.isProgram(perl)) {
            return List.of(perl.toString(), "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV or die \"$ARGV[0]: $!\\n\"");
        }
        throw new IOException("neither setsid nor perl is installed");
    }
}
