package vmlan.tests.nat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import vmlan.tests.lan.Words;

/// The programs that are in C, so that they are not what is measured; compiled once. Another process of the tests may
/// be starting one at this moment: so each file comes whole, by a rename, and what is there is never written to.
public enum CProgram {
    PUMP("pump.c"),
    CONNECTIONS("connections.c");

    private static final Path FOLDER = Path.of("target/nat").toAbsolutePath();
    private static final Map<CProgram, Path> COMPILED = new ConcurrentHashMap<>();
    private static final Map<String, Path> WRITTEN = new ConcurrentHashMap<>();

    private final String source;

    CProgram(String source) {
        this.source = source;
    }

    public Path path() {
        return COMPILED.computeIfAbsent(this, CProgram::compile);
    }

    private Path compile() {
        try (InputStream in = CProgram.class.getResourceAsStream(source)) {
            Path work = Files.createTempDirectory(Files.createDirectories(FOLDER), "compile");
            Path file = work.resolve(source);
            Files.copy(in, file);
            Path program = work.resolve("program");
            Words.of("gcc", "-D_GNU_SOURCE", "-O2", "-pthread", "-o", program.toString(), file.toString())
                    .good();
            Path place = Files.move(program, FOLDER.resolve(source.replace(".c", "")), StandardCopyOption.ATOMIC_MOVE);
            Files.delete(file);
            Files.delete(work);
            return place;
        } catch (IOException e) {
            throw new AssertionError(source + " cannot be compiled", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// A file beside the sources, written out so that other programs can read it.
    static Path resource(String name) {
        return WRITTEN.computeIfAbsent(name, CProgram::write);
    }

    private static Path write(String name) {
        try (InputStream in = CProgram.class.getResourceAsStream(name)) {
            Path file = Files.createTempFile(Files.createDirectories(FOLDER), name, ".new");
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            return Files.move(file, FOLDER.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new AssertionError(name + " cannot be written", e);
        }
    }
}
