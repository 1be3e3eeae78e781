package vmlan.host.dns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// A file whose changes are noticed when it is asked for, at most once a second. It need not be there.
final class WatchedFile {
    /// A `stat` costs a microsecond; a guest can ask 100,000 times in a second.
    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    /// A hosts file that blocks the world's advertisers has some megabytes. What is longer is not read.
    private static final long MOST_BYTES = 32 << 20;

    /// What tells one content from the next. The key is the file itself (device and inode), so that a link that leads
    /// elsewhere, and a file that was renamed over this one, are seen even where time and length are the same.
    private record State(FileTime changed, long length, Object key) {}

    private final Path path;
    private State state;
    private long lookedAt;
    private boolean looked;

    WatchedFile(Path path) {
        this.path = path;
    }

    /// Whether it is another one than when this was asked before; it is at first.
    boolean hasChanged(long now) {
        if (looked && now - lookedAt < LOOK_AGAIN_NANOS) {
            return false;
        }
        State current = look();
        boolean changed = !looked || !Objects.equals(current, state);
        lookedAt = now;
        looked = true;
        state = current;
        return changed;
    }

    /// The next question is answered by a look, however soon it comes.
    void lookAgain() {
        lookedAt -= LOOK_AGAIN_NANOS;
    }

    private State look() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new State(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            return null;
        }
    }

    /// How long it was when it was looked at.
    long length() {
        return state == null ? 0 : state.length;
    }

    /// The content, empty when there is none. Any thread.
    String read() {
        try {
            return Files.size(path) > MOST_BYTES
                    ? ""
                    : new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
