package vmlan.tests.real;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;
import vmlan.program.files.FileLock;

/// A program of the distribution for the demo guest, with the libraries of this machine, as a second
/// archive behind the guest's own (the kernel unpacks one after the other, Linux
/// Documentation/driver-api/early-userspace/buffer-format.rst).
///
/// @param debian the package's name; fetched without being installed
/// @param path of the program in the package, without `usr/`
/// @param place of it in the guest
/// @param scripts more files, executable
public record GuestProgram(String debian, String path, String place, Map<String, String> scripts) {
    private static final long LIMIT_SECONDS = 180;
    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

    /// The demo guest's initrd with the program behind it, in `folder`.
    public Path initrd(Path demo, Path folder) throws IOException, InterruptedException {
        byte[] archive = archive(programInTurn());
        Path combined = folder.resolve("initrd");
        Files.copy(demo, combined, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel out = FileChannel.open(combined, StandardOpenOption.WRITE)) {
            // an archive begins at a multiple of four
            out.position((out.size() + 3) & ~3L);
            out.write(ByteBuffer.wrap(archive));
        }
        return combined;
    }

    /// One process of the tests after the other: for the lock of apt-get's lists nobody waits.
    private Path programInTurn() throws IOException, InterruptedException {
        Path lock = Files.createDirectories(Installation.testCache()).resolve("programs-turn.lock");
        try (FileLock turn = FileLock.tryTake(lock, Duration.ofMinutes(15))
                .orElseThrow(() -> new AssertionError("another test's download does not end"))) {
            return program();
        }
    }

    private Path program() throws IOException, InterruptedException {
        Path folder = Installation.testCache().resolve(debian);
        Path program = folder.resolve(Path.of(path).getFileName());
        if (!Files.exists(program)) {
            // beside it, so that it comes by one rename: another test may look for it now
            Path work = Files.createTempDirectory(Installation.testCache(), "deb-");
            String fetch = "cd " + work + " && apt-get -q download " + debian;
            if (run(fetch).exitCode() != 0) {
                // a container's image comes without lists
                run("apt-get -q update").good();
                run(fetch).good();
            }
            run("dpkg-deb -x " + work + "/*.deb " + work).good();
            Files.createDirectories(folder);
            Path unpacked = Files.exists(work.resolve(path))
                    ? work.resolve(path)
                    : work.resolve("usr").resolve(path);
            Files.move(unpacked, program, StandardCopyOption.ATOMIC_MOVE);
            run("rm -rf " + work).good();
        }
        return program;
    }

    private static Installation.Result run(String command) throws IOException, InterruptedException {
        Path out = Files.createTempFile("vmlan-deb", ".out");
        Process process = new ProcessBuilder("sh", "-c", command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(command + " is still running after " + LIMIT_SECONDS + " s");
            }
            return new Installation.Result(process.exitValue(), Files.readString(out), "");
        } finally {
            process.destroyForcibly();
            Files.delete(out);
        }
    }

    private byte[] archive(Path program) throws IOException, InterruptedException {
        var bytes = new ByteArrayOutputStream();
        try (var cpio = new CpioArchiveOutputStream(bytes)) {
            add(cpio, place, CpioConstants.C_ISREG | 0755, Files.readAllBytes(program));
            for (Map.Entry<String, String> script : scripts.entrySet()) {
                byte[] content = script.getValue().getBytes(StandardCharsets.UTF_8);
                add(cpio, script.getKey(), CpioConstants.C_ISREG | 0755, content);
            }
            List<String> libraries = libraries(program);
            for (String folder : libraries.stream()
                    .flatMap(GuestProgram::foldersOf)
                    .distinct()
                    .sorted()
                    .toList()) {
                add(cpio, folder, CpioConstants.C_ISDIR | 0755, new byte[0]);
            }
            for (String library : libraries) {
                byte[] content = Files.readAllBytes(Path.of(library));
                add(cpio, library.substring(1), CpioConstants.C_ISREG | 0755, content);
            }
        }
        return bytes.toByteArray();
    }

    /// ldd(1): where the loader finds each, the loader itself included.
    private static List<String> libraries(Path program) throws IOException, InterruptedException {
        return LIBRARY.matcher(run("ldd " + program).good())
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static Stream<String> foldersOf(String file) {
        Matcher slash = Pattern.compile("/").matcher(file.substring(1));
        return slash.results().map(match -> file.substring(1, match.start() + 1));
    }

    private static void add(CpioArchiveOutputStream cpio, String name, int mode, byte[] content) throws IOException {
        var entry = new CpioArchiveEntry(name, content.length);
        entry.setMode(mode);
        cpio.putArchiveEntry(entry);
        cpio.write(content);
        cpio.closeArchiveEntry();
    }
}
