package vmlan.program.serve;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import vmlan.qemu.tool.Printable;

/// The log of a network process: a line an event, never a line a frame; two files of 1 MiB at most.
final class NetworkLog implements Consumer<String> {
    private static final long LIMIT = 1 << 20;

    private final Path path;
    private PrintStream out;
    private long written;

    NetworkLog(Path path) throws IOException {
        this.path = path;
        open();
    }

    private void open() throws IOException {
        written = Files.exists(path) ? Files.size(path) : 0;
        out = new PrintStream(
                Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                true,
                StandardCharsets.UTF_8);
    }

    /// Any thread.
    @Override
    public synchronized void accept(String line) {
        String text = Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + printable(line);
        if (written + text.length() > LIMIT) {
            rotate();
        }
        out.println(text);
        written += text.length() + 1;
    }

    /// Names and messages may hold a guest's bytes: a terminal that shows the log must not obey them.
    private static String printable(String line) {
        return Printable.marked(line);
    }

    private void rotate() {
        out.close();
        try {
            Files.move(path, path.resolveSibling(path.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            open();
        } catch (IOException e) {
            // No place for a log is no reason to end a network.
            out = new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8);
            written = 0;
        }
    }

    /// With the first lines of the stack, for errors that are ours.
    void failure(String where, Throwable e) {
        accept(where + ": " + e);
        StackTraceElement[] trace = e.getStackTrace();
        for (int i = 0; i < Math.min(trace.length, 12); i++) {
            accept("    at " + trace[i]);
        }
    }
}
