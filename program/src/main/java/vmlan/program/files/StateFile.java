package vmlan.program.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

    /// A crash leaves the old or the new one, whole.
    public void write(Map<String, Object> content) throws IOException {
        WholeFile.write(path, Json.prettyBytes(content));
    }
}
