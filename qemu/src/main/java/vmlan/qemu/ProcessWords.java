package vmlan.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The command lines of processes, as far as this user may read them.
///
/// Trust: whoever may start a process here chooses its words; so those of other users are not looked for.
public final class ProcessWords {
    /// What one command line may be at most (linux/binfmts.h MAX_ARG_STRINGS leaves the limit to the stack's: a quarter
    /// of the usual 8 MiB, fs/exec.c bprm_stack_limits).
    private static final int MOST_BYTES = 2 << 20;

    private static final Charset NATIVE = Charset.forName(System.getProperty("native.encoding"));

    private static final Optional<String> ROOT = Optional.of("root");

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
            String words = new String(in.readNBytes(MOST_BYTES), NATIVE);
            // each ends with a zero byte (proc(5))
            return words.isEmpty()
                    ? List.of()
                    : List.of(words.replaceFirst("\0$", "").split("\0", -1));
        } catch (IOException e) {
            return List.of();
        }
    }

    /// A process of this user or of root's that has the word. It looks at all of the machine.
    public static Optional<ProcessHandle> whoHas(String word) {
        Optional<String> self = ProcessHandle.current().info().user();
        return ProcessHandle.allProcesses()
                .filter(process -> of(process.pid()).contains(word))
                .filter(process -> {
                    Optional<String> user = process.info().user();
                    return user.equals(self) || user.equals(ROOT);
                })
                .findFirst();
    }
}
