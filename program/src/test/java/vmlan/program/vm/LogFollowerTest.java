package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class LogFollowerTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Path log() {
        return folder.resolve("console.log");
    }

    private void append(String text) throws Exception {
        Files.writeString(log(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /// A step before each look, and the end after the last.
    private interface Step {
        void run() throws Exception;
    }

    private String follow(long lines, List<Step> steps) throws Exception {
        Queue<Step> left = new ArrayDeque<>(steps);
        new LogFollower(log(), out).copy(lines, () -> {
            Step step = left.poll();
            try {
                if (step != null) {
                    step.run();
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return step != null;
        });
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whatIsAddedComesAndTheEndEndsIt() throws Exception {
        append("one\n");
        assertThat(follow(-1, List.of(() -> append("two\n"), () -> {}, () -> append("three"))))
                .isEqualTo("one\ntwo\nthree");
    }

    @Test
    void theNextStartsLogIsFollowedAndNothingOfTheOldOneIsLost() throws Exception {
        append("old\n");
        assertThat(follow(
                        -1,
                        List.of(
                                () -> {},
                                () -> {
                                    append("old end\n");
                                    Files.move(log(), folder.resolve("console.log.1"));
                                },
                                () -> {},
                                () -> append("new\n"))))
                .isEqualTo("old\nold end\nnew\n");
    }

    @Test
    void aLogThatWasCutBeginsAgain() throws Exception {
        append("0123456789\n");
        assertThat(follow(-1, List.of(() -> {}, () -> {
                    try (FileChannel file = FileChannel.open(log(), StandardOpenOption.WRITE)) {
                        file.truncate(0);
                    }
                    append("more\n");
                })))
                .isEqualTo("0123456789\nmore\n");
    }

    @Test
    void aLogThatIsNotThereYetIsWaitedFor() throws Exception {
        assertThat(follow(5, List.of(() -> {}, () -> append("first\n")))).isEqualTo("first\n");
    }

    @ParameterizedTest
    @CsvSource({"0, ''", "1, c", "2, b/c", "3, a/b/c", "9, a/b/c"})
    void theLastLines(long lines, String expected) throws Exception {
        append("a\nb\nc\n");
        String wanted = expected.isEmpty() ? "" : expected.replace('/', '\n') + "\n";
        assertThat(follow(lines, List.of())).isEqualTo(wanted);
    }

    @Test
    void theLastLinesOfALongLogWithoutAnEnd() throws Exception {
        append("x".repeat(200_000) + "\n" + "y".repeat(70_000) + "\nz");
        assertThat(follow(2, List.of())).isEqualTo("y".repeat(70_000) + "\nz");
    }
}
