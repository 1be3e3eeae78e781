package vmlan.qemu.tool;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One run of another program: no terminal, no input but what is given, messages in English, and an end after a limit
/// of time.
///
/// @param status the exit status, -1 when it ran out of time
/// @param output standard output, its first [#MOST_OUTPUT] bytes
/// @param errors standard error, likewise
public record Tool(int status, boolean timedOut, String output, String errors) {
    /// More than any answer that we ask for; `apt-get update` with many sources says some tens of kilobytes.
    public static final int MOST_OUTPUT = 1 << 20;
    /// How long a killed program has until it is given up: a process in an uninterruptible system call dies later,
    /// and /dev/kvm can do that.
    private static final Duration AFTER_KILL = Duration.ofSeconds(2);
    /// How long the rest of what an ended program said is waited for. It is there at once where this process runs; one
    /// that a busy machine lets wait must not take the answer for shorter than it is.
    private static final Duration AFTER_END = Duration.ofSeconds(10);

    public boolean succeeded() {
        return status == 0;
    }

    /// Its last word on standard error, else on standard output, else the exit status in words.
    public String lastLine() {
        for (String text : List.of(errors, output)) {
            List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
            if (!lines.isEmpty()) {
                return lines.getLast().strip();
            }
        }
        return timedOut ? "it did not end in time" : "exit status " + status;
    }

    public static Tool run(Duration limit, List<String> command) throws IOException {
        return run(limit, null, command);
    }

    /// Runs `command` and waits. One that passes the limit is killed, with its children, and reaped.
    ///
    /// @param folder where it runs; null: where this process does
    /// @throws IOException it cannot be started, or the wait was interrupted (then the thread stays interrupted)
    public static Tool run(Duration limit, Path folder, List<String> command) throws IOException {
        return run(limit, folder, "", command);
    }

    /// @param input short enough for a pipe: what its reader does not want waits there
    public static Tool run(Duration limit, Path folder, String input, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        if (input.isEmpty()) {
            builder.redirectInput(Redirect.from(new File("/dev/null")));
        }
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
        if (folder != null) {
            builder.directory(folder.toFile());
        }
        Process process = builder.start();
        if (!input.isEmpty()) {
            give(process, input);
        }
        var output = new Drain(process.getInputStream());
        var errors = new Drain(process.getErrorStream());
        try {
            boolean ended = process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
            if (!ended) {
                kill(process);
            }
            long until = System.nanoTime() + (ended ? AFTER_END : AFTER_KILL).toNanos();
            return new Tool(ended ? process.exitValue() : -1, !ended, output.text(until), errors.text(until));
        } catch (InterruptedException e) {
            kill(process);
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("interrupted while waiting for " + command.getFirst());
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    private static void give(Process process, String input) {
        try (OutputStream pipe = process.getOutputStream()) {
            pipe.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // it ended without it, and says why
        }
    }

    private static void kill(Process process) {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
        boolean interrupted = Thread.interrupted();
        try {
            process.waitFor(AFTER_KILL.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Reads a pipe to its end, so that the program never blocks on it, and keeps the beginning.
    private static final class Drain {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final Thread reader;

        Drain(InputStream pipe) {
            reader = Thread.ofVirtual().start(() -> {
                byte[] buffer = new byte[8192];
                try (pipe) {
                    for (int n = pipe.read(buffer); n >= 0; n = pipe.read(buffer)) {
                        keep(buffer, n);
                    }
                } catch (IOException e) {
                    // the pipe of a killed program: what came before stands
                }
            });
        }

        private synchronized void keep(byte[] bytes, int length) {
            kept.write(bytes, 0, Math.min(length, MOST_OUTPUT - kept.size()));
        }

        /// What came so far. A grandchild can hold the pipe open after the program's end, hence the limit.
        ///
        /// @param until by System#nanoTime
        String text(long until) throws InterruptedException {
            reader.join(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
            synchronized (this) {
                return kept.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
