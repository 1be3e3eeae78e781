package vmlan.qemu.tool;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/// A small file of answers that cost time to get. It may vanish or be damaged at any time: then they are asked again.
public final class JsonFile {
    /// A cache of ours has some hundred bytes for each QEMU; anything this big is not one.
    private static final int MOST_BYTES = 1 << 20;

    private JsonFile() {}

    /// The object in `file`; empty when there is none or it cannot be read as one.
    public static Map<String, Object> read(Path file) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
                return Map.of();
            }
            return JSON.std.mapFrom(Files.readAllBytes(file));
        } catch (IOException e) {
            return Map.of();
        }
    }

    /// Writes the whole file or nothing: readers see the old one or the new one.
    public static void write(Path file, Map<String, Object> content) throws IOException {
        Files.createDirectories(file.getParent());
        Path unfinished =
                Files.createTempFile(file.getParent(), file.getFileName().toString(), ".new");
        try {
            Files.write(
                    unfinished, JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asBytes(content));
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
