package vmlan.program.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import vmlan.program.files.Json;

/// What a `run` by the name of a VM that is there changes of it. It goes to terminals and logs, so nothing is told of a
/// seed but that it is another: user data holds passwords.
final class SpecChange {
    /// A line of a terminal has room for two or three such values.
    private static final int MOST_CHARACTERS = 60;

    private SpecChange() {}

    /// @return one line, such as `cpus 2 (was 1)`; empty when they are the same
    static Optional<String> describe(VmSpec before, VmSpec now) {
        Map<String, Object> old = before.toJson();
        Map<String, Object> changed = now.toJson();
        TreeSet<String> keys = new TreeSet<>(old.keySet());
        keys.addAll(changed.keySet());
        List<String> changes = new ArrayList<>();
        for (String key : keys) {
            if (!Objects.equals(old.get(key), changed.get(key))) {
                changes.add(
                        key.equals("seed")
                                ? seed(before, now)
                                : key.equals("line")
                                        ? line(before, now)
                                        : key + " " + text(changed.get(key)) + " (was " + text(old.get(key)) + ")");
            }
        }
        return changes.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", changes));
    }

    private static String seed(VmSpec before, VmSpec now) {
        if (before.seed() == null) {
            return "a seed (was none)";
        }
        return now.seed() == null ? "no seed (was one)" : "another seed";
    }

    /// A long line is told by where the two part.
    private static String line(VmSpec before, VmSpec now) {
        if (before.line() == null || now.line() == null) {
            return now.line() == null ? "no QEMU command line (was one)" : "a QEMU command line (was none)";
        }
        List<String> old = before.line().words();
        List<String> words = now.line().words();
        int at = 0;
        while (at < Math.min(old.size(), words.size()) && old.get(at).equals(words.get(at))) {
            at++;
        }
        if (at < old.size() || at < words.size()) {
            return "another QEMU command line: " + word(words, at) + " (was " + word(old, at) + ")";
        }
        return now.line().engine() != before.line().engine()
                ? (now.line().engine() ? "--engine" : "no --engine")
                : "the QEMU command line in " + now.line().directory() + " (was in "
                        + before.line().directory() + ")";
    }

    private static String word(List<String> words, int at) {
        return at < words.size() ? text(words.get(at)) : "its end";
    }

    private static String text(Object value) {
        String text = value instanceof List<?> list && list.isEmpty() ? "none" : Json.compact(value);
        return text.codePointCount(0, text.length()) <= MOST_CHARACTERS
                ? text
                : text.substring(0, text.offsetByCodePoints(0, MOST_CHARACTERS)) + "…";
    }
}
