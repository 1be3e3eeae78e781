package vmlan.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskImageTest {
    @TempDir
    private Path folder;

    private String format(Path disk, List<String> notes) throws Exception {
        Qemu qemu = Qemu.find("x86_64", System.getenv(), folder.resolve("cache"));
        return DiskImage.format(disk, qemu, Map.of(), notes::add);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a disk.raw", "a,b.raw", "it's \"ä\".raw", "nbd:localhost:1.raw", "$(x).raw", "-x.raw"})
    void aNameMayHoldWhatFileNamesHold(String name) throws Exception {
        Path disk = Files.write(folder.resolve(name), new byte[1 << 16]);
        List<String> notes = new ArrayList<>();

        assertThat(format(disk, notes)).isEqualTo("raw");
        assertThat(notes).as("qemu-img was asked").isEmpty();
    }

    @Test
    void aNameOfTwoLinesIsRefusedOnOne() throws Exception {
        Path disk = Files.write(folder.resolve("two\nlines.raw"), new byte[512]);

        QemuException refused = catchThrowableOfType(QemuException.class, () -> format(disk, new ArrayList<>()));

        assertThat(refused.kind()).isEqualTo(QemuException.Kind.CONFIGURATION);
        assertThat(refused.what()).contains("two?lines.raw has a line break").hasLineCount(1);
    }

    @Test
    void aDiskThatIsNotThereIsTheUsersMistake() {
        QemuException refused =
                catchThrowableOfType(QemuException.class, () -> format(folder.resolve("none.raw"), new ArrayList<>()));

        assertThat(refused.kind()).isEqualTo(QemuException.Kind.CONFIGURATION);
        assertThat(refused.what()).endsWith("does not exist");
    }
}
