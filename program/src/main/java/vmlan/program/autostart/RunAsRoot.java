package vmlan.program.autostart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Whether files that root is to run can be changed by anybody but root and one user.
///
/// A file can be changed by its owner and whoever its permissions let write, and be replaced by whoever can write to a
/// folder on the way to it, or to a link of it. A sticky folder lets nobody replace what is another's.
///
/// @param owner the user
/// @param groups whose members may become root anyway
record RunAsRoot(int owner, Set<Integer> groups) {
    private static final int GROUP_WRITES = 0020;
    private static final int OTHERS_WRITE = 0002;
    private static final int STICKY = 01000;
    private static final int FILE_TYPE = 0170000;
    private static final int FOLDER = 0040000;

    /// On macOS wheel, and admin, whose members sudo serves (`%admin ALL = (ALL) ALL` in its /etc/sudoers). Homebrew's
    /// folders can be written by admin.
    static final Set<Integer> MACS = Set.of(0, 80);

    /// The first thing that somebody else can change.
    ///
    /// @param files and folders; what is in these counts, too
    Optional<Path> changeable(List<Path> files) throws IOException {
        Set<Path> all = new LinkedHashSet<>();
        for (Path file : files) {
            for (Path each : List.of(file.toAbsolutePath(), file.toRealPath())) {
                for (Path folder = each; folder != null; folder = folder.getParent()) {
                    all.add(folder);
                }
            }
            try (Stream<Path> below = Files.walk(file.toRealPath())) {
                below.forEach(all::add);
            }
        }
        for (Path each : all) {
            if (isOthers(each)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    private boolean isOthers(Path path) throws IOException {
        int uid = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (uid != 0 && uid != owner) {
            return true;
        }
        if (Files.isSymbolicLink(path)) {
            return false; // has no permissions of its own
        }
        int mode = (Integer) Files.getAttribute(path, "unix:mode");
        if ((mode & FILE_TYPE) == FOLDER && (mode & STICKY) != 0) {
            return false;
        }
        int gid = (Integer) Files.getAttribute(path, "unix:gid");
        return (mode & OTHERS_WRITE) != 0 || ((mode & GROUP_WRITES) != 0 && !groups.contains(gid));
    }
}
