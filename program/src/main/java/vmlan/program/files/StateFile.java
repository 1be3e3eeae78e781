package vmlan.program.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// A JSON object in a file: written whole and atomically, and set aside when it is damaged.
public final class StateFile {
    /// What a state file may hold; a larger one is not ours.
    private static final long LIMIT = 16 << 20;

    private final Path path;

    public StateFile(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /// What the file says; empty when there is none. One that is no JSON object is renamed, so that nothing
    /// is lost, and reported.
    ///
    /// @param report takes one line for the user
    public Optional<Map<String, Object>> read(Consumer<String> report) throws IOException {
        byte[] bytes;
        try {
            if (Files.size(path) > LIMIT) {
                throw new IOException(path + " is larger than " + LIMIT + " bytes");
            }
            bytes = Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            Map<String, Object> content = Json.object(bytes);
            if (content != null) {
                return Optional.of(content);
            }
            setAside("it is empty", report);
        } catch (IOException e) {
            setAside(e.getMessage().lines().findFirst().orElse("it is no JSON"), report);
        }
        return Optional.empty();
    }

    /// Renames a file that makes no sense.
    public void setAside(String why, Consumer<String> report) throws IOException {
        Path aside = path.resolveSibling(
                path.getFileName() + ".damaged-" + Instant.now().getEpochSecond());
        Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
        report.accept(path + " is damaged (" + why + "); it is now " + aside.getFileName() + ", and a new one begins");
    }

    /// Writes beside the file, brings the bytes to the disk, then renames: a crash leaves the old or the new
    /// one, whole.
    public void write(Map<String, Object> content) throws IOException {
        byte[] bytes = Json.prettyBytes(content);
        Path fresh = Files.createTempFile(
                path.getParent(),
                path.getFileName() + ".",
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (FileChannel file = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(bytes);
                while (left.hasRemaining()) {
                    file.write(left);
                }
                file.force(true);
            }
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
