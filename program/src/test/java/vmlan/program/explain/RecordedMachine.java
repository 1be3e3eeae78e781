package vmlan.program.explain;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import vmlan.qemu.language.Surroundings;

/// A machine that is not looked at: two NICs, and the files that are named.
record RecordedMachine(boolean isMac, Set<String> files, Set<String> listening) implements Surroundings {
    @Override
    public boolean exists(Path file) {
        return files.contains(file.toString()) || listens(file);
    }

    @Override
    public boolean listens(Path socket) {
        return listening.contains(socket.toString());
    }

    @Override
    public boolean isOpen(int descriptor) {
        return descriptor >= 0 && descriptor <= 2;
    }

    @Override
    public List<String> bridgeableNics() {
        return List.of("en0", "en1");
    }

    @Override
    public int longestSocketPath() {
        return 107;
    }

    /// The files for `-readconfig` that lines of the golden files name.
    @Override
    public Optional<String> text(Path file) {
        return file.toString().equals("vmnet.cfg")
                ? Optional.of("[netdev \"n0\"]\n  type = \"vmnet-shared\"\n")
                : Optional.empty();
    }
}
