package vmlan.program.vm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.ProcessMark;

/// One command at a time changes a VM. The system takes a lock back when its holder ends, however it ends.
///
/// All locks lie in one file, each on a byte of its own that a VM's name chooses: a file for each VM could
/// not be removed without somebody waiting for one that is no more. A process closes that file never, since
/// closing it once would give up all its locks (fcntl(2), F_SETLK).
///
/// Who holds a lock and what for stands beside the VM, for those who wait; it means something only while
/// the lock is held.
final class VmLocks {
    /// A start waits for a network (30 s), QEMU (30 s) and its links (20 s).
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /// Somebody who waits that long wonders why.
    private static final Duration SAID_AFTER = Duration.ofSeconds(2);

    private static final Duration LOOK_EVERY = Duration.ofMillis(15);
    /// Beside the VM's own files.
    static final String NOTE = "busy";

    private static final Map<Path, FileChannel> CHANNELS = new ConcurrentHashMap<>();

    private final Path file;
    private final Consumer<String> report;

    /// @param file made when it is not there
    /// @param report told when somebody else is waited for
    VmLocks(Path file, Consumer<String> report) {
        this.file = file;
        this.report = report;
    }

    /// A VM that is ours to change, until closed.
    static final class Held implements AutoCloseable {
        private final FileLock lock;
        private final Path note;

        private Held(FileLock lock, Path note) {
            this.lock = lock;
            this.note = note;
        }

        @Override
        public void close() {
            try {
                Files.deleteIfExists(note);
                lock.release();
            } catch (IOException e) {
                // The lock goes with this process, and the note means nothing without it.
            }
        }
    }

    /// Waits for the VM, for a minute and a half at most.
    ///
    /// @param doing what for, as in "process 12 is …ing it"
    /// @param folder the VM's, which need not be there
    Held take(String name, String doing, Path folder) throws Failure {
        return take(name, doing, folder, PATIENCE)
                .orElseThrow(() -> Failure.world(
                        name + " is busy: " + holder(folder) + ", for " + PATIENCE.toSeconds() + " s already",
                        "try again later, or end that process"));
    }

    /// @return empty when it is not free within the limit
    Optional<Held> take(String name, String doing, Path folder, Duration limit) throws Failure {
        long start = System.nanoTime();
        boolean said = false;
        while (true) {
            Optional<FileLock> lock = tryLock(name);
            if (lock.isPresent()) {
                return Optional.of(noted(lock.get(), doing, folder));
            }
            long waited = System.nanoTime() - start;
            if (waited >= limit.toNanos()) {
                return Optional.empty();
            }
            if (!said && waited >= SAID_AFTER.toNanos()) {
                said = true;
                report.accept("waiting for " + name + ": " + holder(folder));
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    private static Held noted(FileLock lock, String doing, Path folder) {
        Path note = folder.resolve(NOTE);
        try {
            if (Files.isDirectory(folder)) {
                long self = ProcessHandle.current().pid();
                Files.writeString(note, self + " " + ProcessMark.of(self).orElse(0L) + " " + doing + "\n");
            }
        } catch (IOException e) {
            // Only those who wait would have read it.
        }
        return new Held(lock, note);
    }

    /// Whether somebody has the VM now.
    boolean isBusy(String name) throws Failure {
        Optional<FileLock> lock = tryLock(name);
        try {
            if (lock.isPresent()) {
                lock.get().release();
            }
        } catch (IOException e) {
            throw unlockable(e);
        }
        return lock.isEmpty();
    }

    /// What its holder does with it: `stopping` …; empty when that is not known.
    static String doing(Path folder) {
        String[] words = note(folder);
        return words.length == 3 ? words[2] : "";
    }

    private static String holder(Path folder) {
        String[] words = note(folder);
        return words.length == 3 ? "process " + words[0] + " is " + words[2] + " it" : "another process works on it";
    }

    private static String[] note(Path folder) {
        try {
            String[] words = Files.readString(folder.resolve(NOTE), StandardCharsets.UTF_8)
                    .strip()
                    .split(" ", 3);
            boolean alive = words.length == 3
                    && words[0].matches("[0-9]{1,10}")
                    && words[1].matches("-?[0-9]{1,19}")
                    && ProcessMark.isAlive(Long.parseLong(words[0]), Long.parseLong(words[1]));
            return alive ? words : new String[0];
        } catch (IOException | NumberFormatException e) {
            return new String[0];
        }
    }

    private Optional<FileLock> tryLock(String name) throws Failure {
        try {
            return Optional.ofNullable(channel().tryLock(position(name), 1, false));
        } catch (OverlappingFileLockException e) {
            // another thread of ours has it
            return Optional.empty();
        } catch (IOException e) {
            throw unlockable(e);
        }
    }

    private FileChannel channel() throws IOException {
        synchronized (CHANNELS) {
            FileChannel channel = CHANNELS.get(file);
            if (channel == null || !Files.exists(file)) {
                channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                CHANNELS.put(file, channel);
            }
            return channel;
        }
    }

    /// Of 2^62 positions: two names on one would wait for each other, and nothing else.
    private static long position(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong() >>> 2;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private Failure unlockable(IOException e) {
        return Failure.world("cannot lock " + file + ": " + Places.reason(e), "check the disk", e);
    }
}
