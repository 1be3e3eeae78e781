package vmlan.program.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFileTest {
    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    @Test
    void whatIsWrittenIsReadAndOnlyTheOwnerMay() throws IOException {
        StateFile file = new StateFile(folder.resolve("a.json"));
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("text", "ä \" \n");
        content.put("number", 42);
        content.put("nothing", null);
        content.put("list", List.of(Map.of("a", 1)));
        file.write(content);
        assertThat(file.read(said::add)).contains(content);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
        assertThat(said).isEmpty();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).as("nothing but the file itself").containsExactly(file.path());
        }
    }

    @Test
    void aFileThatIsNotThereIsEmptyAndNothingIsSaid() throws IOException {
        assertThat(new StateFile(folder.resolve("none.json")).read(said::add)).isEmpty();
        assertThat(said).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1]", "{\"a\":", "nonsense", "\0\0\0\0", "42"})
    void aDamagedFileIsSetAsideAndSaidAndANewOneBegins(String damage) throws IOException {
        StateFile file = new StateFile(folder.resolve("a.json"));
        Files.writeString(file.path(), damage);
        assertThat(file.read(said::add)).isEmpty();
        assertThat(said).singleElement().asString().contains("is damaged").contains("a.json.damaged-");
        assertThat(file.path()).doesNotExist();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.toList())
                    .singleElement()
                    .satisfies(aside -> assertThat(Files.readString(aside)).isEqualTo(damage));
        }
        file.write(Map.of("a", 1));
        assertThat(file.read(said::add)).contains(Map.of("a", 1));
    }

    @Test
    void aWriteThatFailsLeavesNothingBehind() throws IOException {
        Path inTheWay = folder.resolve("a.json");
        Files.createDirectories(inTheWay.resolve("not empty"));
        StateFile file = new StateFile(inTheWay);
        assertThatThrownBy(() -> file.write(Map.of("a", 1))).isInstanceOf(IOException.class);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(inTheWay);
        }
    }

    @Test
    void whatAKilledWriterHasLeftGoesWithTheNextWrite() throws IOException {
        Path file = folder.resolve("vm.json");
        Path left = Files.createFile(folder.resolve("vm.json.12.new"));
        Path other = Files.createFile(folder.resolve("leases.json.12.new"));
        FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
        Files.setLastModifiedTime(left, longAgo);
        Files.setLastModifiedTime(other, longAgo);
        Path young = Files.createFile(folder.resolve("vm.json.13.new"));
        new StateFile(file).write(Map.of());
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsOnly(file, young, other);
        }
    }
}
