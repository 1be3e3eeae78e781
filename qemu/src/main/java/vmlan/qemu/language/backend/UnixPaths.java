package vmlan.qemu.language.backend;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// The paths of Unix sockets.
final class UnixPaths {
    private UnixPaths() {}

    static int length(String path) {
        return path.getBytes(StandardCharsets.UTF_8).length;
    }

    static Path folder(String path) {
        Path folder = Path.of(path).getParent();
        return folder == null ? Path.of("") : folder;
    }

    /// The system's words why no socket can be made there, when what was there is gone.
    static Optional<String> whyNotBind(Making making, String path) {
        return making.surroundings().whyNotMakeIn(folder(path));
    }
}
