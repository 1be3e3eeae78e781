package vmlan.program.vm;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import vmlan.program.message.Failure;

/// Copies a log out, and what is added to it while it is followed: also to the one that takes its place at
/// the next start of the VM, and from the beginning again when it was cut.
///
/// It looks five times a second. Java's WatchService would need the same on macOS, where it looks every ten
/// seconds.
public final class LogFollower {
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final int BLOCK = 1 << 16;

    private final Path log;
    private final OutputStream out;
    private FileChannel file;
    private Object key;

    public LogFollower(Path log, OutputStream out) {
        this.log = log;
        this.out = out;
    }

    /// Whether more may come.
    public interface Going {
        boolean on() throws Failure;
    }

    /// @param lines how many of the last lines to begin with; negative: all
    /// @param going asked when there is nothing left to copy; the copy ends with it
    public void copy(long lines, Going going) throws IOException, Failure {
        try {
            if (open()) {
                file.position(lines < 0 ? 0 : start(lines));
            }
            while (true) {
                // Asked first: what came before the end is still copied.
                boolean on = going.on();
                drain();
                if (!on) {
                    return;
                }
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
            }
        } finally {
            close();
        }
    }

    private boolean open() throws IOException {
        try {
            Object now = key();
            file = FileChannel.open(log);
            key = now;
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private Object key() throws IOException {
        return Files.readAttributes(log, BasicFileAttributes.class).fileKey();
    }

    private void drain() throws IOException {
        if (file == null && !open()) {
            return;
        }
        read();
        try {
            if (!Objects.equals(key(), key)) {
                // the rest of the old one, which was moved away between the two
                read();
                close();
                if (open()) {
                    read();
                }
            }
        } catch (NoSuchFileException e) {
            // moved away, and the next is not there yet
        }
        out.flush();
    }

    private void read() throws IOException {
        if (file.size() < file.position()) {
            file.position(0);
        }
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        while (file.read(block) >= 0 && block.position() > 0) {
            out.write(block.array(), 0, block.position());
            block.clear();
        }
    }

    /// Where the last lines begin; read from the end, however long the log is.
    private long start(long lines) throws IOException {
        long end = file.size();
        long found = 0;
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (long from = end; from > 0; ) {
            int length = (int) Math.min(BLOCK, from);
            from -= length;
            block.clear().limit(length);
            while (block.hasRemaining() && file.read(block, from + block.position()) >= 0) {}
            for (int i = block.position() - 1; i >= 0; i--) {
                boolean isLast = from + i == end - 1;
                if (block.get(i) == '\n' && !isLast && ++found == lines) {
                    return from + i + 1;
                }
            }
        }
        return lines == 0 ? end : 0;
    }

    private void close() throws IOException {
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
