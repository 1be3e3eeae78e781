package vmlan.program.doctor;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vmlan.qemu.tool.Printable;

/// What was found, for people and for programs.
public record Report(List<Finding> findings) {
    public Report {
        findings = List.copyOf(findings);
    }

    /// Whether vmlan works here at all.
    public boolean isHealthy() {
        return count(State.PROBLEM) == 0;
    }

    private long count(State state) {
        return findings.stream().filter(finding -> finding.state() == state).count();
    }

    /// `{checks: [{name, state, found, why, do}], problems, warnings}`
    public Map<String, Object> toJson() {
        List<Map<String, Object>> checks = new ArrayList<>();
        for (Finding finding : findings) {
            Map<String, Object> check = new LinkedHashMap<>();
            check.put("name", finding.name());
            check.put("state", finding.state().word());
            check.put("found", printable(finding.found()));
            check.put("why", finding.why());
            check.put("do", finding.cure() == null ? null : printable(finding.cure()));
            checks.add(check);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("checks", checks);
        json.put("problems", count(State.PROBLEM));
        json.put("warnings", count(State.WARNING));
        return json;
    }

    /// A line for what is well, three for what is not.
    public void print(PrintStream out) {
        int nameWidth = findings.stream()
                .mapToInt(finding -> finding.name().length())
                .max()
                .orElse(0);
        String format = "%-7s  %-" + nameWidth + "s  %s%n";
        String indent = " ".repeat("problem".length() + 2 + nameWidth + 2);
        for (Finding finding : findings) {
            out.printf(format, finding.state().word(), finding.name(), printable(finding.found()));
            if (finding.state() != State.OK) {
                out.println(indent + finding.why());
                if (finding.cure() != null) {
                    out.println(indent + "→ " + printable(finding.cure()));
                }
            }
        }
        out.println();
        out.println(summary());
    }

    private String summary() {
        long problems = count(State.PROBLEM);
        long warnings = count(State.WARNING);
        if (problems == 0 && warnings == 0) {
            return "vmlan works here.";
        }
        String counted = counted(problems, "problem")
                + (problems > 0 && warnings > 0 ? ", " : "")
                + counted(warnings, "warning");
        return problems == 0 ? "vmlan works here, with " + counted + "." : "vmlan does not work here: " + counted + ".";
    }

    private static String counted(long number, String what) {
        return number == 0 ? "" : number + " " + what + (number == 1 ? "" : "s");
    }

    /// Names of files and words of programs come from elsewhere, and this is a terminal.
    private static String printable(String text) {
        return Printable.line(text);
    }
}
