package vmlan.program.serve;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import vmlan.program.files.Places;

/// Tells when a file may have changed: also one that is not there yet, and one that a link leads to. On a thread of its
/// own that sleeps until the system says that something happened in the file's folder, or where there is none, in the
/// nearest one above it.
///
/// The system has so many watches and no more for a user, all programs together. Where none is left the file is looked
/// at every few seconds: a network must not fail for the want of one.
final class FileWatch implements AutoCloseable {
    /// Editors write, rename and remove; they are done by then.
    private static final long SETTLE_MILLIS = 200;
    /// A folder in which something happens all the time must not put it off for ever.
    private static final int MOST_SETTLES = 10;

    static final Duration LOOK_EVERY = Duration.ofSeconds(10);

    private final Path file;
    private final Runnable changed;
    private final NetworkLog log;
    private final Duration lookEvery;
    /// Null where the system gave none.
    private final WatchService service;
    private final Thread thread;

    /// @param changed called on the watch's thread, the first time at once: the file may have changed since it was read
    FileWatch(Path file, Runnable changed, NetworkLog log) {
        this(file, changed, log, () -> FileSystems.getDefault().newWatchService(), LOOK_EVERY);
    }

    /// @param lookEvery how often where there is no service
    FileWatch(Path file, Runnable changed, NetworkLog log, Opener opener, Duration lookEvery) {
        this.file = file;
        this.changed = changed;
        this.log = log;
        this.lookEvery = lookEvery;
        this.service = open(opener);
        this.thread =
                Thread.ofPlatform().daemon().name("vmlan-config").start(service == null ? this::look : this::watch);
    }

    interface Opener {
        WatchService open() throws IOException;
    }

    private WatchService open(Opener opener) {
        try {
            return opener.open();
        } catch (IOException e) {
            sayThatItLooks(e);
            return null;
        }
    }

    private void sayThatItLooks(IOException e) {
        String cure = Files.exists(Path.of("/proc/sys/fs/inotify"))
                ? "; for more: sudo sysctl fs.inotify.max_user_instances=1024 fs.inotify.max_user_watches=1048576"
                : "";
        log.accept("changes of " + file + " are seen within " + lookEvery.toSeconds()
                + " s only, since it cannot be watched: " + Places.reason(e) + cure);
    }

    private void look() {
        try {
            Object last = null;
            while (true) {
                Object now = mark();
                if (!now.equals(last)) {
                    last = now;
                    changed.run();
                }
                Thread.sleep(lookEvery);
            }
        } catch (InterruptedException e) {
            // The network ends.
        } catch (RuntimeException e) {
            log.failure("changes of " + file + " are not seen any more", e);
        }
    }

    /// Another one after each change. Editors that rename leave a file with another key.
    private Object mark() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Arrays.asList(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            return "none";
        }
    }

    private void watch() {
        try {
            Set<WatchKey> watched = Set.of();
            while (true) {
                Set<WatchKey> now = register();
                changed.run();
                watched.stream().filter(key -> !now.contains(key)).forEach(WatchKey::cancel);
                if (now.isEmpty() || !watched.containsAll(now)) {
                    // What happened before it was watched, also to the folders, nobody has told.
                    watched = now;
                    continue;
                }
                watched = now;
                WatchKey key = service.take();
                for (int i = 0; key != null && i < MOST_SETTLES; i++) {
                    key.pollEvents();
                    key.reset();
                    key = service.poll(SETTLE_MILLIS, TimeUnit.MILLISECONDS);
                }
                if (key != null) {
                    key.reset();
                }
            }
        } catch (ClosedWatchServiceException | InterruptedException e) {
            // The network ends.
        } catch (IOException e) {
            sayThatItLooks(e);
            look();
        } catch (RuntimeException e) {
            log.failure("changes of " + file + " are not seen any more", e);
        }
    }

    /// The folder of the name, and that of the file itself. The same folder has the same key.
    private Set<WatchKey> register() throws IOException {
        Set<WatchKey> keys = new HashSet<>();
        Path folder = file.getParent();
        while (!Files.isDirectory(folder) && folder.getParent() != null) {
            folder = folder.getParent();
        }
        try {
            if (!folder.equals(file.getParent())) {
                keys.add(folder.register(service, StandardWatchEventKinds.ENTRY_CREATE));
                return keys;
            }
            keys.add(register(folder));
            if (Files.isSymbolicLink(file) && Files.exists(file)) {
                keys.add(register(file.toRealPath().getParent()));
            }
        } catch (NoSuchFileException e) {
            return Set.of(); // a folder went this moment
        } catch (IOException e) {
            throw new IOException(folder + " cannot be watched: " + Places.reason(e), e);
        }
        return keys;
    }

    private WatchKey register(Path folder) throws IOException {
        return folder.register(
                service,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
    }

    @Override
    public void close() throws IOException {
        if (service != null) {
            service.close();
        }
        thread.interrupt();
    }
}
