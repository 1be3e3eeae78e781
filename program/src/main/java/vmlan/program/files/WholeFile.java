package vmlan.program.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/// Writes beside a file, brings the bytes to the disk, then renames: a crash leaves the old or the new one, whole.
public final class WholeFile {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    /// A file that somebody still writes is younger; one that is older was left by a writer that was killed.
    private static final Duration LEFT = Duration.ofMinutes(1);

    private WholeFile() {}

    /// Whether a file is one that was begun beside `name` and never became it.
    public static boolean isUnfinished(String name, Path file) {
        String other = file.getFileName().toString();
        return other.startsWith(name + ".") && other.endsWith(".new");
    }

    /// A file that only its owner can read.
    static void write(Path path, byte[] bytes) throws IOException {
        write(path, bytes, OWNER_ONLY);
    }

    /// One of the user's own: a link stays a link, and permissions stay as they are.
    public static void rewrite(Path path, byte[] bytes) throws IOException {
        if (Files.exists(path)) {
            Path file = path.toRealPath();
            write(file, bytes, Files.getPosixFilePermissions(file));
        } else {
            write(path, bytes, OWNER_ONLY);
        }
    }

    private static void write(Path path, byte[] bytes, Set<PosixFilePermission> permissions) throws IOException {
        removeLeft(path);
        Path fresh = Files.createTempFile(
                path.getParent(), path.getFileName() + ".", ".new", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            try (FileChannel file = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(bytes);
                while (left.hasRemaining()) {
                    file.write(left);
                }
                file.force(true);
            }
            if (!permissions.equals(OWNER_ONLY)) {
                Files.setPosixFilePermissions(fresh, permissions);
            }
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static void removeLeft(Path path) throws IOException {
        Instant oldest = Instant.now().minus(LEFT);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(
                path.toAbsolutePath().getParent(),
                file -> isUnfinished(path.getFileName().toString(), file)
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))) {
            for (Path file : left) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            // Another writer has removed it, or finished it.
        }
    }
}
