package vmlan.program.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// A lock between processes. The system takes it back when its holder ends, however it ends.
public final class FileLock implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);

    private final FileChannel file;

    private FileLock(FileChannel file) {
        this.file = file;
    }

    /// Waits for the lock; holders keep it for seconds at most, while a network's process starts.
    ///
    /// @throws IOException also when it is not free after a minute
    public static FileLock take(Path path) throws IOException {
        return tryTake(path, PATIENCE)
                .orElseThrow(() ->
                        new IOException("another process has held " + path + " for " + PATIENCE.toSeconds() + " s"));
    }

    /// Takes the lock if it gets free within the limit. The system has no lock with a time limit, so this
    /// looks again and again.
    public static Optional<FileLock> tryTake(Path path, Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        FileChannel file = open(path);
        try {
            while (file.tryLock() == null) {
                if (System.nanoTime() - deadline >= 0) {
                    file.close();
                    return Optional.empty();
                }
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
            }
            return Optional.of(new FileLock(file));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
