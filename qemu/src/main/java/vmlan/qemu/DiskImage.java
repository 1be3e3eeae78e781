package vmlan.qemu;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import vmlan.qemu.tool.Install;
import vmlan.qemu.tool.Programs;
import vmlan.qemu.tool.Tool;

/// What kind of disk image a file is.
public final class DiskImage {
    /// "QFI" 0xfb (QEMU docs/interop/qcow2.txt).
    private static final byte[] QCOW2_MAGIC = {'Q', 'F', 'I', (byte) 0xfb};

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private DiskImage() {}

    /// The format of `disk` in QEMU's words, asked of the qemu-img beside the binary or on PATH. Ask once, when the
    /// disk is handed over, and keep the answer: see [Disk#format].
    ///
    /// @param note is told, when there is no qemu-img, what was assumed
    public static String format(Path disk, Qemu qemu, Map<String, String> environment, Consumer<String> note)
            throws QemuException {
        if (!Files.isReadable(disk)) {
            boolean exists = Files.exists(disk);
            throw new QemuException(
                    "the disk " + disk + (exists ? " cannot be read by this user" : " does not exist"),
                    exists ? "change its owner or its mode: ls -l " + disk : "check the path");
        }
        if (Files.isDirectory(disk)) {
            throw new QemuException("the disk " + disk + " is a folder", "name a disk image");
        }
        Path beside = qemu.binary().resolveSibling("qemu-img");
        Optional<Path> program = Programs.isProgram(beside)
                ? Optional.of(beside)
                : Programs.find("qemu-img", environment, List.of(Path.of("/usr/bin")));
        return program.isPresent() ? asked(program.get(), disk) : guessed(disk, note);
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
            throw new QemuException("the disk " + disk + " cannot be read: " + e.getMessage(), "check the file", e);
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
