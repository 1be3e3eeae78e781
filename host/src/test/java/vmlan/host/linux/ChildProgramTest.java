package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ChildProgramTest {
    private static final Path SHELL = Path.of("/bin/sh");

    @TempDir
    private Path folder;

    /// Which number an open file of this process has.
    private static int descriptor(Path file) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(each -> isFor(each, file))
                    .mapToInt(each -> Integer.parseInt(each.getFileName().toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean isFor(Path open, Path file) {
        try {
            return Files.readSymbolicLink(open).equals(file);
        } catch (IOException e) {
            // the listing's own, which is closed
            return false;
        }
    }

    @Test
    void inheritsWhatItIsGivenAndNothingElse() throws Exception {
        Path given = Files.writeString(folder.toRealPath().resolve("given"), "from the shell");
        Path other = Files.writeString(folder.toRealPath().resolve("other"), "ours");
        Path out = folder.resolve("out");
        Path environment = folder.resolve("environment");
        try (FileInputStream first = new FileInputStream(given.toFile());
                FileInputStream second = new FileInputStream(other.toFile())) {
            int number = descriptor(given);
            ChildProgram child = ChildProgram.start(
                    SHELL,
                    List.of(
                            "sh",
                            "-c",
                            "cat /proc/self/environ >" + environment + "; cat /proc/self/fd/" + number + " >" + out
                                    + "; test -e /proc/self/fd/" + descriptor(other) + " && exit 9; exit 3"),
                    number);
            assertThat(child.pid()).isPositive();
            assertThat(child.await()).isEqualTo(3);
            assertThat(first.available() + second.available()).isPositive();
        }
        assertThat(out).hasContent("from the shell");
        assertThat(Files.readString(environment)).contains("PATH=" + System.getenv("PATH") + "\0");
    }

    @Test
    void aSignalIsToldAsByAShell() throws Exception {
        ChildProgram child = ChildProgram.start(SHELL, List.of("sh", "-c", "kill -TERM $$"));
        assertThat(child.await()).isEqualTo(128 + 15);
    }

    @Test
    void aProgramThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> ChildProgram.start(folder.resolve("none"), List.of("none")))
                .hasMessageContaining("posix_spawn")
                .hasMessageContaining("ENOENT");
    }
}
