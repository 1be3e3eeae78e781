package vmlan.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Programs made for a test: a QEMU of another version, one that hangs.
final class Scripts {
    private Scripts() {}

    static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    /// A QEMU that answers as one of that version and counts, in a file beside it, how often it was asked.
    static Path fakeQemu(Path folder, String version, String netdevs) throws IOException {
        return write(folder.resolve("qemu-system-x86_64"), """
                echo asked >>'%s/asked'
                case $1 in
                --version) echo 'QEMU emulator version %s' ;;
                -machine) printf 'Available netdev backend types:\\n%s\\n' ;;
                esac
                """.formatted(folder, version, netdevs));
    }

    static long timesAsked(Path folder) throws IOException {
        Path file = folder.resolve("asked");
        return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    }
}
