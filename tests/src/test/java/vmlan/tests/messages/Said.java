package vmlan.tests.messages;

import java.util.List;
import vmlan.tests.real.Installation;

/// The two lines that a command ended with.
record Said(String what, String remedy, int exitCode) {
    private static final String WHAT = "vmlan: ";
    private static final String REMEDY = "  → ";

    static Said of(Installation.Result result) {
        List<String> lines = result.err().lines().toList();
        int last = lines.size() - 1;
        if (last < 1
                || !lines.get(last).startsWith(REMEDY)
                || !lines.get(last - 1).startsWith(WHAT)) {
            throw new AssertionError("exit " + result.exitCode()
                    + ", and not one line what and one line what to do:\nstdout: " + result.out() + "\nstderr: "
                    + result.err());
        }
        if (!result.out().isEmpty()) {
            throw new AssertionError("a command that failed printed: " + result.out());
        }
        return new Said(
                lines.get(last - 1).substring(WHAT.length()),
                lines.get(last).substring(REMEDY.length()),
                result.exitCode());
    }
}
