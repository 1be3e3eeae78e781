package vmlan.qemu.language.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.Surroundings;

/// What QEMU says of each backend, word for word. The tables were made with QEMU 7.2.22 and 10.0.13 themselves; those
/// of backends that these do not have are from the sources that they name: vmnet was not run on a Mac.
class BackendChecksTest {
    private static final List<String> TRIED =
            List.of("user", "user-forwarding", "stream", "dgram", "socket", "tap", "vhost", "others");

    /// Who says what of a line, the whole reading or the backends alone.
    private interface Said {
        List<Finding> of(List<String> words, String version);
    }

    @TestFactory
    Stream<DynamicContainer> everyBackendSaysWhatQemuSays() {
        return TRIED.stream()
                .map(name -> table(name, (words, version) -> TriedLines.read(words, version, BareHost.plain())));
    }

    @TestFactory
    Stream<DynamicContainer> backendsThatTheseQemusLackSayWhatTheirSourceSays() {
        Set<String> files = Set.of("/tmp");
        return Stream.of(
                table("vmnet", backends(new BareHost(files, List.of("en0", "en1", "bridge0")))),
                table("vmnet-without-nics", backends(new BareHost(files, List.of()))),
                table("unbuilt", backends(new BareHost(files, List.of()))));
    }

    private static Said backends(Surroundings surroundings) {
        return (words, version) -> TriedLines.said(words, version, surroundings);
    }

    private static DynamicContainer table(String name, Said said) {
        List<DynamicTest> tests = new ArrayList<>();
        for (TriedLines.Row row : TriedLines.read(name).rows()) {
            for (String version : List.of("7.2", "10.0")) {
                if (!row.isFor(version)) {
                    continue;
                }
                tests.add(DynamicTest.dynamicTest(version + " " + row, () -> saysWhatIsExpected(row, version, said)));
            }
        }
        return DynamicContainer.dynamicContainer(name, tests);
    }

    private static void saysWhatIsExpected(TriedLines.Row row, String version, Said saying) {
        List<String> said = saying.of(row.words(), version).stream()
                .map(BackendChecksTest::text)
                .toList();
        List<String> expected = row.expected(version);
        assertThat(row.source()).as("the source of " + row).isNotNull();
        assertThat(said).as(row.toString()).hasSameSizeAs(expected);
        for (int at = 0; at < said.size(); at++) {
            if (expected.get(at).startsWith("silent: ")) {
                assertThat(said.get(at)).startsWith(expected.get(at));
            } else {
                assertThat(said.get(at)).isEqualTo(expected.get(at));
            }
        }
    }

    private static String text(Finding finding) {
        return switch (finding.severity()) {
            case ERROR -> finding.text();
            case WARNING -> "warning: " + finding.text();
            case SILENT -> "silent: " + finding.text();
        };
    }

    @Test
    void aBackendWithoutRulesIsTakenWithoutAWord() {
        assertThat(TriedLines.said(List.of("-netdev", "nonsense,id=n"), "10.0", BareHost.plain()))
                .isEmpty();
    }
}
