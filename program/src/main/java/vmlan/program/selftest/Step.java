package vmlan.program.selftest;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import vmlan.qemu.tool.Printable;

/// One thing that was tried.
///
/// @param found on one line
/// @param cure what to do; null where there is nothing to be done, or nobody knows
public record Step(String name, Verdict verdict, String found, String cure, long millis) {
    /// What a step came to, before it has a name.
    record Outcome(Verdict verdict, String found, String cure) {
        static Outcome ok(String found) {
            return new Outcome(Verdict.OK, found, null);
        }

        static Outcome note(String found) {
            return new Outcome(Verdict.NOTE, found, null);
        }

        static Outcome failed(String found, String cure) {
            return new Outcome(Verdict.FAILED, found, cure == null || cure.isEmpty() ? null : cure);
        }

        static Outcome untried(String found, String cure) {
            return new Outcome(Verdict.UNTRIED, found, cure);
        }
    }

    public Step {
        found = Printable.line(found);
        cure = cure == null ? null : Printable.line(cure);
    }

    /// One line, and another one with the cure. Times are in seconds.
    public String text() {
        String line =
                String.format(Locale.ROOT, "%-7s  %-20s  %s (%.1f s)", verdict.word(), name, found, millis / 1000.0);
        return cure == null ? line : line + "\n" + " ".repeat(31) + "→ " + cure;
    }

    /// `{name, state, found, do, millis}`
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("state", verdict.word());
        json.put("found", found);
        json.put("do", cure);
        json.put("millis", millis);
        return json;
    }
}
