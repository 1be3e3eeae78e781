package vmlan.program.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// A lock between processes. The system takes it back when its holder ends, however it ends.
public final class FileLock implements AutoCloseable {
    private final FileChannel file;

    private FileLock(FileChannel file) {
        this.file = file;
    }

    /// Waits for the lock. Holders keep it for milliseconds, never while they wait for somebody.
    public static FileLock take(Path path) throws IOException {
        FileChannel file = open(path);
        try {
            file.lock();
            return new FileLock(file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /// Takes the lock if nobody has it.
    public static Optional<FileLock> tryTake(Path path) throws IOException {
        FileChannel file = open(path);
        try {
            if (file.tryLock() != null) {
                return Optional.of(new FileLock(file));
            }
            file.close();
            return Optional.empty();
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
