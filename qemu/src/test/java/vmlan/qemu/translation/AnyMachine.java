package vmlan.qemu.translation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import vmlan.qemu.language.Surroundings;

/// A machine where all that a line names is there, with two NICs.
final class AnyMachine implements Surroundings {
    @Override
    public boolean exists(Path file) {
        return true;
    }

    @Override
    public boolean listens(Path socket) {
        return true;
    }

    @Override
    public boolean isOpen(int descriptor) {
        return true;
    }

    @Override
    public List<String> bridgeableNics() {
        return List.of("en0", "en1");
    }

    @Override
    public int longestSocketPath() {
        return 103;
    }

    /// Those beside the golden files.
    @Override
    public Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(TranslationGoldenTest.RESOURCES.resolve(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
