package vmlan.tests.nat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import vmlan.tests.lan.Words;

/// The programs that are in C, so that they are not what is measured; compiled once.
public enum CProgram {
    PUMP("pump.c"),
    CONNECTIONS("connections.c");

    private static final Path FOLDER = Path.of("target/nat").toAbsolutePath();
    private static final Map<CProgram, Path> COMPILED = new ConcurrentHashMap<>();

    private final String source;

    CProgram(String source) {
        this.source = source;
    }

    public Path path() {
        return COMPILED.computeIfAbsent(this, CProgram::compile);
    }

    private Path compile() {
        try (InputStream in = CProgram.class.getResourceAsStream(source)) {
            Path file = Files.createDirectories(FOLDER).resolve(source);
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            Path program = FOLDER.resolve(source.replace(".c", ""));
            Words.of("gcc", "-D_GNU_SOURCE", "-O2", "-pthread", "-o", program.toString(), file.toString())
                    .good();
            return program;
        } catch (IOException e) {
            throw new AssertionError(source + " cannot be compiled", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// A file beside the sources, written out so that other programs can read it.
    static Path resource(String name) throws IOException {
        try (InputStream in = CProgram.class.getResourceAsStream(name)) {
            Path file = Files.createDirectories(FOLDER).resolve(name);
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            if (!file.toFile().setExecutable(true)) {
                throw new IOException(file + " cannot be made executable");
            }
            return file;
        }
    }
}
