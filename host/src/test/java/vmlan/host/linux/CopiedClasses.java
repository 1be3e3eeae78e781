package vmlan.host.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import vmlan.network.Switch;
import vmlan.packet.MacAddress;

/// A copy of our classes that all users can read, to run programs of the tests as other users or with other limits.
public final class CopiedClasses implements AutoCloseable {
    private final Path folder;

    public CopiedClasses() throws Exception {
        folder = Files.createTempDirectory("vmlan-classes");
        for (Class<?> each : List.of(CopiedClasses.class, Rights.class, Switch.class, MacAddress.class)) {
            Path from = Path.of(
                    each.getProtectionDomain().getCodeSource().getLocation().toURI());
            // A module that is packaged already is a jar.
            NetworkNamespace.command("cp -r " + from + (Files.isDirectory(from) ? "/. " : " ") + folder);
            // The tests of a module are in the module: its location is that of the classes.
            Path tests = from.resolveSibling("test-classes");
            if (each == Rights.class && Files.isDirectory(tests)) {
                NetworkNamespace.command("cp -r " + tests + "/. " + folder);
            }
        }
        Files.delete(folder.resolve("module-info.class"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// The command line that runs a program.
    public String java(Class<?> program, String action) {
        return Path.of(System.getProperty("java.home"), "bin", "java")
                + " -Xshare:auto -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp " + folder
                + ":" + folder + "/* " + program.getName() + " " + action;
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
