package vmlan.tests.real;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import vmlan.qemu.demo.DemoGuest;
import vmlan.qemu.demo.DemoImage;
import vmlan.tests.Checkout;

/// Disks that boot, made of packages by `setup/dev/disks.sh` once and kept in the tests' cache until what they are made
/// of is something else. Never write to one: run it with `--snapshot`, or a copy or overlay of it.
public final class TestDisks {
    private static final long LIMIT_MINUTES = 10;

    private TestDisks() {}

    /// The demo guest, which says its addresses on its console, behind a boot loader.
    public static Path boot(String architecture) throws Exception {
        DemoImage demo = DemoGuest.prepare(architecture, Installation.testCache(), step -> {});
        return make("boot-" + architecture, List.of(demo.kernel(), demo.initrd()));
    }

    /// Debian with cloud-init.
    static Path cloud() throws Exception {
        return make("cloud-x86_64", List.of());
    }

    private static Path make(String kind, List<Path> from) throws IOException, InterruptedException {
        Path script = Checkout.folder().resolve("setup/dev/disks.sh");
        String recipe = HexFormat.of().toHexDigits((Files.readString(script) + from).hashCode());
        Path folder = Installation.testCache().resolve("disks");
        Files.createDirectories(folder);
        Path disk = folder.resolve(kind + "-" + recipe + ".raw");
        try (FileChannel channel =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (!lock.isValid() || Files.exists(disk)) {
                return disk;
            }
            try (Stream<Path> others = Files.list(folder)) {
                for (Path other : others.toList()) {
                    if (other.getFileName().toString().matches(kind + "-[0-9a-f]{8}[.]raw")) {
                        Files.delete(other);
                    }
                }
            }
            List<String> command = new ArrayList<>(List.of("sh", script.toString(), kind, disk.toString()));
            from.forEach(file -> command.add(file.toString()));
            Path log = folder.resolve(kind + ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                process.destroy();
                throw new AssertionError(script + " has not ended; it said:\n" + Files.readString(log));
            }
            if (process.exitValue() != 0) {
                throw new AssertionError(script + " failed:\n" + Files.readString(log));
            }
            return disk;
        }
    }

    /// A disk of one's own on top of another.
    public static Path overlay(Path disk, String format, Path overlay) throws Exception {
        qemuImg("create", "-q", "-f", "qcow2", "-b", disk.toString(), "-F", format, overlay.toString());
        return overlay;
    }

    static void qemuImg(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Qemus.QEMU_7.folder().resolve("qemu-img").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new AssertionError(command + " failed");
        }
    }
}
