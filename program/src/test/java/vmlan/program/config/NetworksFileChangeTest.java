package vmlan.program.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// Commands put lines in and take lines out; everything else in the file stays, byte by byte.
class NetworksFileChangeTest {
    private static final String MINE = """
            # my networks, do not touch

            networks:   # all of them
                # the first
                one:
                    mode: private   # inner
                    names: {db: 10.0.0.5}
                    # the end of one

                # the second
                two:
                    ipv4: 10.2.0.0/16
                    reservations:
                        web: 10.2.0.9       # web
            # the end

            """;

    @TempDir
    private Path home;

    private Path file;
    private NetworksFileChange change;

    @BeforeEach
    void begin() throws Exception {
        Places places = Places.in(home);
        file = places.config().resolve("networks.yaml");
        change = new NetworksFileChange(places);
    }

    private void write(String text) throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String text() throws Exception {
        return Files.readString(file);
    }

    @Test
    void theFirstNetworkBeginsTheFile() throws Exception {
        NetworkBlock block = change.create("lab", Map.of("mode", "private"));
        assertThat(block.name().mode()).isEqualTo(NetworkMode.PRIVATE);
        assertThat(text()).isEqualTo("""
                        # The networks of vmlan; docs/networks.md describes all settings.
                        # yaml-language-server: $schema=networks.schema.json
                        networks:
                          lab:
                            mode: private
                        """);
        assertThat(Files.readString(file.resolveSibling("networks.schema.json")))
                .isEqualTo(NetworksFileChange.schema());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void everySettingIsWrittenSoThatItIsReadAgain() throws Exception {
        for (NetworkBlock block :
                NetworksFile.read(Refused.EVERY_SETTING).blocks().values()) {
            Map<String, Object> settings = block.toJson();
            if (block.name().isBuiltIn()) {
                settings.remove("mode");
            }
            NetworkBlock written = change.create(block.name().text(), settings);
            assertThat(written.toJson()).isEqualTo(block.toJson());
        }
    }

    @Test
    void aNetworkComesBehindTheOthersAndNoOtherByteChanges() throws Exception {
        write(MINE);
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("mode", "shared");
        settings.put("dhcp", Map.of("lease", "30m"));
        change.create("three", settings);
        assertThat(text()).isEqualTo(MINE.replace("9       # web\n", """
                        9       # web
                            three:
                                mode: shared
                                dhcp:
                                  lease: 30m
                        """));
        change.remove("three");
        assertThat(text()).isEqualTo(MINE);
    }

    @Test
    void aNetworkGoesWithItsLinesAndNothingElse() throws Exception {
        write(MINE);
        change.remove("two");
        assertThat(text()).isEqualTo(MINE.replace("""
                            two:
                                ipv4: 10.2.0.0/16
                                reservations:
                                    web: 10.2.0.9       # web
                        """.indent(0), ""));
        change.remove("one");
        assertThat(text()).contains("# my networks", "# the first", "# the second", "# the end");
        change.create("new", Map.of("mode", "shared"));
        assertThat(NetworksFile.read(text()).blocks()).containsOnlyKeys("new");
    }

    @Test
    void linesEndAsTheyDidAndAMissingEndIsAdded() throws Exception {
        write("networks:\r\n  a: {}");
        change.create("b", Map.of("mtu", 1400));
        assertThat(text()).isEqualTo("networks:\r\n  a: {}\r\n  b:\r\n    mtu: 1400\r\n");
        write("# nothing yet");
        change.create("b", Map.of("mtu", 1400));
        assertThat(text()).isEqualTo("# nothing yet\nnetworks:\n  b:\n    mtu: 1400\n");
        write("networks:\n# none\n");
        change.create("b", Map.of("mtu", 1400));
        assertThat(text()).isEqualTo("networks:\n  b:\n    mtu: 1400\n# none\n");
        write("---\nnetworks:\n  a: {}\n...\n");
        change.create("b", Map.of("mtu", 1400));
        assertThat(text()).isEqualTo("---\nnetworks:\n  a: {}\n  b:\n    mtu: 1400\n...\n");
    }

    @Test
    void whatIsWrongIsSaidAndNotWritten() throws Exception {
        write(MINE);
        assertThatThrownBy(() -> change.create("bad", Map.of("ipv4", "10.2.9.0/24", "mtu", "big")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("mtu is 'big'");
        assertThatThrownBy(() -> change.create("bad", Map.of("ipv4", "10.2.9.0/24")))
                .hasMessageContaining("overlaps 10.2.0.0/16 of two");
        assertThatThrownBy(() -> change.create("one", Map.of())).hasMessageContaining("'one' is in");
        assertThatThrownBy(() -> change.create("user", Map.of())).hasMessageContaining("no network can be called");
        assertThatThrownBy(() -> change.create("x: {}\n  y", Map.of())).isInstanceOf(Failure.class);
        assertThatThrownBy(
                        () -> change.create("bad", Map.of("mode", "bridged", "interface", "en0\n  evil: {}\n#\"\\\t")))
                .isInstanceOf(Failure.class);
        assertThat(text()).isEqualTo(MINE);
    }

    @Test
    void nothingIsPutIntoAFileWithMistakes() throws Exception {
        write("networks:\n  one: {mtu: 3}\n");
        assertThatThrownBy(() -> change.create("two", Map.of()))
                .satisfies(e -> assertThat(((Failure) e).problems()).hasSize(1));
        assertThatThrownBy(() -> change.remove("one")).isInstanceOf(Failure.class);
        assertThat(text()).isEqualTo("networks:\n  one: {mtu: 3}\n");
    }

    @Test
    void aFormThatLinesCannotChangeIsLeftToItsWriter() throws Exception {
        String braces = "networks: {one: {mode: private}}\n";
        write(braces);
        assertThatThrownBy(() -> change.create("two", Map.of("mtu", 1400)))
                .isInstanceOf(Failure.class)
                .satisfies(e -> assertThat(((Failure) e).remedy()).contains("two: {mtu: 1400}"));
        assertThatThrownBy(() -> change.remove("one")).hasMessageContaining("braces");
        assertThat(text()).isEqualTo(braces);
        String shared = "networks:\n  one: &one {mtu: 1400}\n  two: *one\n";
        write(shared);
        assertThatThrownBy(() -> change.remove("one")).hasMessageContaining("other networks would change");
        assertThat(text()).isEqualTo(shared);
        change.remove("two");
        assertThat(text()).isEqualTo("networks:\n  one: &one {mtu: 1400}\n");
    }

    @Test
    void aLinkStaysALinkAndPermissionsStay() throws Exception {
        Path real = Files.createDirectory(home.resolve("dotfiles")).resolve("networks.yaml");
        Files.writeString(real, "networks:\n");
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r--r--"));
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, real);
        change.create("lab", Map.of());
        assertThat(file).isSymbolicLink();
        assertThat(Files.readString(real)).contains("lab:");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
                .isEqualTo("rw-r--r--");
        assertThat(List.of(real.getParent().toFile().list())).containsExactly("networks.yaml");
    }
}
