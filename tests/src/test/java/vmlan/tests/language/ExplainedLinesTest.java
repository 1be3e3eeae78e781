package vmlan.tests.language;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// The command itself beside QEMU, for a few lines that do not depend on the machine; [LanguageDifferenceTest] has the
/// many.
class ExplainedLinesTest {
    private static final List<String> LINES = List.of(
            "-nic user",
            "-nic user,model=foo",
            "-nic vmnet-shared",
            "-netdev user,id=bridge1",
            "-netdev user,id=n0,bogus=1,bogus2=3,foo=2",
            "-netdev stream,id=n0,addr.type=inet -netdev user,id=1x",
            "-netdev {\"type\":\"user\",\"id\":7}",
            "-netdev user,id=n0,restrict -device virtio-net,netdev=n0,mac=xx");

    @TempDir
    Path room;

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void whatIsExplainedIsWhatQemuSays(Qemus generation) throws Exception {
        Files.setPosixFilePermissions(room, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path binary = generation.folder().resolve("qemu-system-x86_64");
        List<List<String>> lines = LINES.stream()
                .map(line -> CommandLines.of("q35", List.of(line.split(" "))))
                .toList();
        List<CheckedQemu.Outcome> outcomes = new CheckedQemu(binary, Path.of("/")).check(lines);
        try (Installation vmlan = Installation.create(generation)) {
            for (int i = 0; i < lines.size(); i++) {
                List<String> words = new ArrayList<>(List.of("explain", "--json", binary.toString()));
                words.addAll(lines.get(i));
                Installation.Result result = vmlan.vmlan(words.toArray(String[]::new));
                Map<String, Object> explained = JSON.std.mapFrom(result.out());
                boolean refuses = false;
                List<String> said = new ArrayList<>();
                for (Object element : (List<?>) explained.get("findings")) {
                    Map<?, ?> finding = (Map<?, ?>) element;
                    if (Objects.equals(finding.get("printed"), true) && finding.get("qemu") != null) {
                        String.valueOf(finding.get("qemu")).lines().forEach(said::add);
                    }
                    refuses |= Objects.equals(finding.get("severity"), "error")
                            && Objects.equals(finding.get("elsewhere"), false);
                }
                assertThat(Comparison.plain(said))
                        .as(LINES.get(i))
                        .isEqualTo(Comparison.plain(outcomes.get(i).errors()));
                assertThat(refuses).as(LINES.get(i)).isEqualTo(outcomes.get(i).status() != 0);
                assertThat(result.exitCode())
                        .as(LINES.get(i))
                        .isEqualTo(Objects.equals(explained.get("mistake"), true) ? 2 : 0);
            }
        }
    }
}
