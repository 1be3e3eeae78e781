package vmlan.program.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.program.message.Failure;

class DemoReportTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private DemoReport report(Charset charset) {
        return new DemoReport(new PrintStream(bytes, true, charset));
    }

    private static Check check(String name, Outcome outcome) {
        return Check.once(name, LIMIT, limit -> outcome);
    }

    @Test
    void everyProofIsALineAndAllAreTried() {
        DemoReport report = report(StandardCharsets.UTF_8);
        int exitCode = report.run(List.of(
                check("host → demo, ping", new Outcome(true, "192.168.77.100", 400_000)),
                check("other → demo, ping", new Outcome(false, "no answer\nmore", 2_000_000_000)),
                check("demo → host, ping", new Outcome(true, "", 1_000_000))));
        assertThat(exitCode).isEqualTo(1);
        assertThat(report.failures()).isEqualTo(1);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("""
                        ✓ host → demo, ping                               0.4 ms  192.168.77.100
                        ✗ other → demo, ping                           2000.0 ms  no answer
                        ✓ demo → host, ping                               1.0 ms
                        """);
    }

    @Test
    void theExitCodeSaysWhetherAllHold() {
        assertThat(report(StandardCharsets.UTF_8).run(List.of(check("a", new Outcome(true, "", 1)))))
                .isZero();
        assertThat(report(StandardCharsets.UTF_8).run(List.of()))
                .as("nothing was proven")
                .isEqualTo(1);
    }

    @Test
    void aTerminalWithoutTheSignsGetsWords() {
        report(StandardCharsets.US_ASCII)
                .run(List.of(check("a", new Outcome(true, "", 1)), check("b", new Outcome(false, "", 1))));
        assertThat(bytes.toString(StandardCharsets.US_ASCII)).contains("ok   a").contains("FAIL b");
    }

    @Test
    void whatNeedsTimeIsTriedAgain() {
        int[] tries = new int[1];
        Outcome outcome = Check.eventually("late", LIMIT, limit -> new Outcome(++tries[0] == 3, "", 7))
                .run();
        assertThat(outcome).isEqualTo(new Outcome(true, "", 7));
        assertThat(tries[0]).isEqualTo(3);
    }

    @Test
    void whatNeverComesTrueEndsWithTheLimitAndItsLastReason() {
        Outcome outcome = Check.eventually("never", Duration.ofMillis(300), limit -> Outcome.no("as before", 7))
                .run();
        assertThat(outcome.holds()).isFalse();
        assertThat(outcome.detail()).isEqualTo("as before");
        assertThat(outcome.nanos()).isBetween(300_000_000L, 20_000_000_000L);
    }

    @Test
    void silenceIsListenedForOnce() {
        int[] tries = new int[1];
        Check.once("silence", LIMIT, limit -> new Outcome(++tries[0] > 1, "", 7))
                .run();
        assertThat(tries[0]).isEqualTo(1);
    }

    @Test
    void aGuestThatEndsFailsTheProof() {
        Outcome outcome = Check.eventually("gone", LIMIT, limit -> {
                    throw Failure.world("demo has ended", "look why");
                })
                .run();
        assertThat(outcome.holds()).isFalse();
        assertThat(outcome.detail()).isEqualTo("demo has ended");
    }
}
