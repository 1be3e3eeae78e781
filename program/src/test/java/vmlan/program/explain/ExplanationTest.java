package vmlan.program.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vmlan.program.files.Json;
import vmlan.program.message.Failure;
import vmlan.program.publish.PublishRule;
import vmlan.program.vm.NicSpec;
import vmlan.qemu.translation.PastedLine;

/// Whole explanations, in files: those of `right/` are of lines without a mistake. The first line of each is the
/// command as one types it; to add one, write that line. A change of words is made there, and seen in review.
class ExplanationTest {
    private static final Path GOLDEN = Path.of("src/test/resources/vmlan/program/explain");
    private static final Pattern COMMAND = Pattern.compile("\\$ vmlan explain --as (\\S+) --on (\\S+) (.*)");
    private static final Set<String> FILES = Set.of("/dev/net/tun");
    private static final Set<String> LISTENING = Set.of("/run/lan.sock");

    private static Explanation explained(String version, String system, String... words) throws Failure {
        PastedLine command = PastedLine.of(List.of(words));
        SpokenQemu qemu = SpokenQemu.choose(command, version, system, Map.of(), Path.of("/nonexistent"));
        RecordedMachine machine = new RecordedMachine(system.equals("macos"), FILES, LISTENING);
        return new Explainer(command, qemu, new SpokenQemu.Machine(machine, machine)).explain();
    }

    static List<Path> golden() throws IOException {
        try (Stream<Path> files = Files.walk(GOLDEN)) {
            List<Path> all = files.filter(Files::isRegularFile).sorted().toList();
            assertThat(all).as("files in " + GOLDEN.toAbsolutePath()).hasSizeGreaterThan(25);
            return all;
        }
    }

    @ParameterizedTest
    @MethodSource("golden")
    void anExplanationIsAsItStandsInItsFile(Path file) throws Exception {
        String expected = Files.readString(file);
        String typed = expected.substring(0, expected.indexOf('\n'));
        Matcher command = COMMAND.matcher(typed);
        assertThat(command.matches()).as(typed).isTrue();

        Explanation explanation =
                explained(command.group(1), command.group(2), command.group(3).split(" "));
        String text = typed + "\n" + ExplanationText.of(explanation);

        Path now = Path.of("target/explain").resolve(GOLDEN.relativize(file));
        Files.createDirectories(now.getParent());
        Files.writeString(now, text);
        assertThat(text).as(file + "; as it is now: " + now.toAbsolutePath()).isEqualTo(expected);
        assertThat(explanation.hasMistake()).isEqualTo(file.getParent().endsWith("wrong"));
        assertThat(text.lines())
                .as("prose fits on a terminal")
                .filteredOn(line -> !line.contains(" -") && !line.startsWith("-"))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    /// Of each better line of QEMU's, the explanation finds nothing wrong.
    @ParameterizedTest
    @MethodSource("golden")
    void whatIsBetterIsRight(Path file) throws Exception {
        String typed = Files.readString(file).lines().findFirst().orElseThrow();
        Matcher command = COMMAND.matcher(typed);
        assertThat(command.matches()).isTrue();

        for (Explanation.Better better : explained(
                        command.group(1), command.group(2), command.group(3).split(" "))
                .better()) {
            if (better.line().contains("vmlan run ")) {
                assertIsTaken(better.line().split(" "));
            } else {
                Explanation again = explained(
                        command.group(1), command.group(2), better.line().split(" "));
                assertThat(again.hasMistake()).as(better.line()).isFalse();
            }
        }
    }

    private static void assertIsTaken(String[] words) throws Failure {
        for (int i = 1; i < words.length; i++) {
            if (words[i - 1].equals("--net")) {
                assertThat(NicSpec.parse(words[i]).kind()).isNotEmpty();
            } else if (words[i - 1].equals("-p")) {
                assertThat(PublishRule.parseAll(List.of(words[i]))).hasSize(1);
            }
        }
    }

    @Test
    void bytesThatATerminalWouldObeyAreNotPrinted() throws Exception {
        String text = ExplanationText.of(explained("10.0", "linux", "-nic", "user,hostname=\u001b[31m\u009b\nx\u202e"));

        assertThat(text).contains("user,hostname=?[31m??x?").doesNotContain("\u001b", "\u009b", "\u202e");
    }

    @Test
    void programsGetEveryFieldAndNullWhereThereIsNothing() throws Exception {
        Map<String, Object> json = ExplanationJson.of(explained("10.0", "linux", "-nic", "user,restrict=on"));

        assertThat(json.keySet())
                .containsExactly(
                        "qemu", "options", "nics", "reaches", "needs", "findings", "better", "notes", "mistake");
        assertThat(Json.compact(json)).contains("\"path\":null", "\"vmlan\":null", "\"default\":true");
    }

    @Test
    void programsGetTheLineThatQemuPrints() throws Exception {
        Map<String, Object> json = ExplanationJson.of(
                explained("10.0", "linux", "qemu-system-x86_64", "-netdev", "user,id=n0", "-netdev", "tap"));

        assertThat(Json.compact(json))
                .contains("\"qemu\":\"qemu-system-x86_64: -netdev tap: Parameter 'id' is missing\"")
                .contains("\"qemu\":\"qemu-system-x86_64: warning: netdev n0 has no peer\"")
                .contains("\"mistake\":true");
    }
}
