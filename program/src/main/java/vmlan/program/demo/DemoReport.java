package vmlan.program.demo;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/// Prints a line for each proof as soon as it is there.
public final class DemoReport {
    private final PrintStream out;
    private final String holds;
    private final String fails;
    private int failures;
    private int proofs;

    public DemoReport(PrintStream out) {
        this.out = out;
        boolean canSay = out.charset().newEncoder().canEncode('✓');
        holds = canSay ? "✓" : "ok  ";
        fails = canSay ? "✗" : "FAIL";
    }

    /// A line between the proofs.
    public void heading(String text) {
        out.println(text);
        out.flush();
    }

    /// Runs them one after the other, all of them whatever comes.
    ///
    /// @return [#exitCode]
    public int run(List<Check> checks) {
        for (Check check : checks) {
            print(check.name(), check.run());
        }
        return exitCode();
    }

    /// What was tried elsewhere, as a line.
    public void print(String name, Outcome outcome) {
        proofs++;
        if (!outcome.holds()) {
            failures++;
        }
        String millis = String.format(Locale.ROOT, "%.1f ms", outcome.nanos() / 1e6);
        // room for the longest names of DemoChecks
        String line = String.format(
                Locale.ROOT,
                "%s %-44s %9s  %s",
                outcome.holds() ? holds : fails,
                name,
                millis,
                firstLine(outcome.detail()));
        out.println(line.stripTrailing());
        out.flush();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    public int failures() {
        return failures;
    }

    /// 0 when something was proven and nothing failed, else 1.
    public int exitCode() {
        return failures == 0 && proofs > 0 ? 0 : 1;
    }
}
