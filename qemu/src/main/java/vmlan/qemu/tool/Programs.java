package vmlan.qemu.tool;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Where programs are.
public final class Programs {
    private Programs() {}

    /// The program that the shell would run, else one in `more`.
    ///
    /// @param environment of which PATH is used
    public static Optional<Path> find(String name, Map<String, String> environment, List<Path> more) {
        String path = environment.getOrDefault("PATH", "");
        return Stream.concat(
                        Arrays.stream(path.split(File.pathSeparator))
                                .filter(folder -> folder.startsWith("/"))
                                .map(Path::of),
                        more.stream())
                .map(folder -> folder.resolve(name))
                .filter(Programs::isProgram)
                .findFirst();
    }

    public static Optional<Path> find(String name) {
        return find(name, System.getenv(), List.of(Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/sbin")));
    }

    public static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
