package vmlan.qemu.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import vmlan.qemu.tool.Tool;

/// Finds the busybox that becomes the demo guest's user space.
final class Busybox {
    /// Debian's has 2 MB.
    private static final int MOST_BYTES = 32 << 20;

    private static final Duration LIST_LIMIT = Duration.ofSeconds(10);

    /// Debian's `busybox` and others may lack these; without one of them the guest is not worth a boot.
    private static final Set<String> APPLETS =
            Set.of("init", "insmod", "ip", "udhcpc", "httpd", "acpid", "cttyhack", "ping", "ping6", "poweroff");

    private static final List<String> PLACES =
            List.of("bin/busybox", "usr/bin/busybox", "usr/sbin/busybox", "bin/busybox.static");

    private Busybox() {}

    /// An installed one that is for that architecture, static, and has what the guest needs.
    static Optional<byte[]> installed(Path root, String architecture) {
        for (String place : PLACES) {
            try {
                Path file = root.resolve(place);
                if (Files.isReadable(file) && Files.size(file) <= MOST_BYTES) {
                    byte[] content = Files.readAllBytes(file);
                    if (isStatic(content, architecture) && applets(file).containsAll(APPLETS)) {
                        return Optional.of(content);
                    }
                }
            } catch (IOException e) {
                // not this one
            }
        }
        return Optional.empty();
    }

    static byte[] in(DebPackage deb, String architecture) throws IOException {
        byte[][] found = new byte[1][];
        deb.forEach((name, content) -> {
            if (PLACES.contains(name)) {
                found[0] = Compressed.read(content, MOST_BYTES);
            }
        });
        if (found[0] == null || !isStatic(found[0], architecture)) {
            throw new IOException("there is no static busybox for " + architecture + " in " + deb.file());
        }
        return found[0];
    }

    private static boolean isStatic(byte[] content, String architecture) throws IOException {
        Elf elf = Elf.of(content);
        return elf.architecture().equals(architecture) && elf.isStatic();
    }

    private static Set<String> applets(Path busybox) throws IOException {
        return Tool.run(LIST_LIMIT, List.of(busybox.toString(), "--list"))
                .output()
                .lines()
                .map(String::strip)
                .collect(Collectors.toSet());
    }
}
