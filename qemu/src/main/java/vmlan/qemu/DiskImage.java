package vmlan.qemu;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import vmlan.qemu.tool.Install;
import vmlan.qemu.tool.Printable;
import vmlan.qemu.tool.Programs;
import vmlan.qemu.tool.SystemWords;
import vmlan.qemu.tool.Tool;

/// What kind of disk image a file is.
public final class DiskImage {
    /// "QFI" 0xfb (QEMU docs/interop/qcow2.txt).
    private static final byte[] QCOW2_MAGIC = {'Q', 'F', 'I', (byte) 0xfb};

    private static final int SECTOR = 512;

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private DiskImage() {}

    /// The format of `disk` in QEMU's words, asked of the qemu-img beside the binary or on PATH. Ask once, when the
    /// disk is handed over, and keep the answer: see [Disk#format].
    ///
    /// @param note is told, when there is no qemu-img, what was assumed
    public static String format(Path disk, Qemu qemu, Map<String, String> environment, Consumer<String> note)
            throws QemuException {
        check(disk);
        Optional<Path> program = program(qemu, environment);
        return program.isPresent() ? asked(program.get(), disk) : guessed(disk, note);
    }

    /// What the disk looks like now, which is no word to go by for a disk that a guest has written; empty without
    /// qemu-img.
    public static Optional<String> looks(Path disk, Qemu qemu, Map<String, String> environment) throws QemuException {
        Optional<Path> program = program(qemu, environment);
        return program.isPresent() ? Optional.of(asked(program.get(), disk)) : Optional.empty();
    }

    private static Optional<Path> program(Qemu qemu, Map<String, String> environment) {
        Path beside = qemu.binary().resolveSibling("qemu-img");
        return Programs.isProgram(beside)
                ? Optional.of(beside)
                : Programs.find("qemu-img", environment, List.of(Path.of("/usr/bin")));
    }

    /// Whether there can be a disk in that file; what kind of one is for [#format] to find out.
    ///
    /// @throws QemuException it is missing, empty, badly named, not to be read by this user, or neither a file
    ///     nor a block device
    public static void check(Path disk) throws QemuException {
        if (disk.toString().chars().anyMatch(Character::isISOControl)) {
            // Logs and messages are lines, and so is what a shell is told of it.
            throw QemuException.configuration(
                    "the disk " + Printable.marked(disk.toString())
                            + " has a line break or another control character in its name",
                    "rename it");
        }
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(disk, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            throw QemuException.configuration("the disk " + disk + " does not exist", "check the path");
        } catch (IOException e) {
            throw QemuException.configuration(
                    "the disk " + disk + " cannot be looked at: " + e.getMessage(), "check the path");
        }
        if (attributes.isDirectory()) {
            throw QemuException.configuration("the disk " + disk + " is a folder", "name a disk image");
        }
        if (!Files.isReadable(disk)) {
            throw QemuException.configuration(
                    "the disk " + disk + " cannot be read by this user", "change its owner or its mode: ls -l " + disk);
        }
        if (attributes.isOther() && !isBlockDevice(disk)) {
            throw QemuException.configuration(
                    "the disk " + disk + " is neither a file nor a block device", "name a disk image");
        }
        if (attributes.isRegularFile() && attributes.size() < SECTOR) {
            throw QemuException.configuration(
                    "the disk " + disk + " is " + (attributes.size() == 0 ? "empty" : "shorter than a sector"),
                    "was it copied whole? For a new disk: qemu-img create -f qcow2 " + disk + " 10G");
        }
    }

    /// The type's bits of st_mode (POSIX sys/stat.h).
    private static boolean isBlockDevice(Path disk) {
        try {
            return ((int) Files.getAttribute(disk, "unix:mode") & 0170000) == 0060000;
        } catch (IOException e) {
            return false;
        }
    }

    private static String asked(Path program, Path disk) throws QemuException {
        try {
            // -U: also while a VM has it open
            Tool run = Tool.run(
                    LIMIT,
                    List.of(
                            program.toString(),
                            "info",
                            "-U",
                            "--output=json",
                            disk.toAbsolutePath().toString()));
            if (!run.succeeded()) {
                throw new QemuException(
                        run.lastLine().replaceFirst("^qemu-img: ", ""), "check that " + disk + " is a disk image");
            }
            if (JSON.std.mapFrom(run.output()).get("format") instanceof String format) {
                return format;
            }
            throw new IOException("no format in its answer");
        } catch (IOException e) {
            throw new QemuException(
                    program + " info " + disk + ": " + e.getMessage(), "try it by hand; a reinstall may help", e);
        }
    }

    private static String guessed(Path disk, Consumer<String> note) throws QemuException {
        byte[] beginning;
        try (InputStream in = Files.newInputStream(disk)) {
            beginning = in.readNBytes(QCOW2_MAGIC.length);
        } catch (IOException e) {
            throw new QemuException("the disk " + disk + " cannot be read: " + SystemWords.of(e), "check the file", e);
        }
        if (Arrays.equals(beginning, QCOW2_MAGIC)) {
            return "qcow2";
        }
        String line = Install.QEMU_IMG.line();
        note.accept("qemu-img is not installed, so " + disk + " is taken as a raw disk"
                + (line.isEmpty() ? "" : "; for other formats: " + line));
        return "raw";
    }
}
