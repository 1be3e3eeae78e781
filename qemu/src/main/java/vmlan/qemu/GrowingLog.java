package vmlan.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// Keeps a log within bounds while QEMU writes it.
///
/// QEMU opens its console's log to append (`logappend=on`: O_APPEND), and `qemu.log` is opened so for it;
/// each write goes where the end is then, and cutting the file to nothing is safe at any time: what was
/// written between the copy and the cut is lost, and no more. The end of what was cut is kept beside it.
public final class GrowingLog {
    /// Twenty minutes of a serial port that never rests, at 115,200 baud.
    public static final long MOST_CONSOLE_BYTES = 16 << 20;

    /// QEMU says a line at its start, and complains once a frame of some failures.
    public static final long MOST_QEMU_BYTES = 1 << 20;

    private GrowingLog() {}

    /// Cuts a log that has grown over the bound, down to a quarter that is kept beside it; cheap when it
    /// has not. One at a time does: a second one would keep what the first has just cut, which is nothing.
    ///
    /// @param earlier where that quarter goes
    /// @return whether it was cut
    public static boolean bound(Path log, Path earlier, long mostBytes) throws IOException {
        try {
            if (Files.size(log) <= mostBytes) {
                return false;
            }
        } catch (NoSuchFileException e) {
            return false;
        }
        // Read by the same channel: closing another one of this file would give up the lock (fcntl(2), F_SETLK).
        try (FileChannel file = FileChannel.open(log, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = file.tryLock()) {
            // Somebody else may have it, or may have cut it since.
            if (lock == null || file.size() <= mostBytes) {
                return false;
            }
            Path unfinished = earlier.resolveSibling(earlier.getFileName() + ".new");
            Files.write(unfinished, end(file, (int) (mostBytes / 4)));
            Files.move(unfinished, earlier, StandardCopyOption.REPLACE_EXISTING);
            file.truncate(0);
            return true;
        } catch (OverlappingFileLockException e) {
            // another thread of ours has it
            return false;
        }
    }

    private static byte[] end(FileChannel from, int most) throws IOException {
        from.position(Math.max(0, from.size() - most));
        ByteBuffer bytes = ByteBuffer.allocate(most);
        while (bytes.hasRemaining() && from.read(bytes) >= 0) {}
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
