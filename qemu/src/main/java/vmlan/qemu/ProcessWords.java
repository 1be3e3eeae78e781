package vmlan.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The command lines of processes, as far as this user may read them.
///
/// Trust: whoever may start a process here chooses its words; they lead to nothing but an answer.
public final class ProcessWords {
    /// What one command line may be at most (linux/binfmts.h MAX_ARG_STRINGS leaves the limit to the stack's: a quarter
    /// of the usual 8 MiB, fs/exec.c bprm_stack_limits).
    private static final int MOST_BYTES = 2 << 20;

    private static final Charset NATIVE = Charset.forName(System.getProperty("native.encoding"));

    private ProcessWords() {}

    /// Empty for one that has ended, and for a thread of the kernel.
    ///
    /// By `/proc` where there is one: of a command line longer than a page Java has no arguments
    /// (ProcessHandleImpl_linux.c, os_getCmdlineAndUserInfo).
    public static List<String> of(long pid) {
        Path file = Path.of("/proc", Long.toString(pid), "cmdline");
        if (!Files.exists(file)) {
            return ProcessHandle.of(pid)
                    .flatMap(process -> process.info().arguments())
                    .map(List::of)
                    .orElse(List.of());
        }
        try (InputStream in = Files.newInputStream(file)) {
            return List.of(new String(in.readNBytes(MOST_BYTES), NATIVE).split("\0", -1));
        } catch (IOException e) {
            return List.of();
        }
    }

    /// Whether any process has the word.
    public static boolean isAnybodys(String word) {
        return ProcessHandle.allProcesses()
                .anyMatch(process -> of(process.pid()).contains(word));
    }
}
