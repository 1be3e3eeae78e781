package vmlan.program.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Settings as lines of YAML.
final class BlockText {
    private BlockText() {}

    /// @param settings texts, numbers, flags, lists of them and groups of those
    static List<String> lines(Map<String, Object> settings) {
        List<String> lines = new ArrayList<>();
        settings.forEach((key, value) -> {
            if (value instanceof Map<?, ?> group) {
                lines.add(key + ":");
                group.forEach((name, each) -> lines.add("  " + text(name, true) + ": " + text(each, false)));
            } else {
                lines.add(key + ": " + text(value, false));
            }
        });
        return lines;
    }

    /// Plain where YAML takes it for the same text, otherwise in quotes (YAML 1.2.2 §7.3.1).
    private static String text(Object value, boolean isKey) {
        if (value instanceof List<?> list) {
            return list.stream().map(each -> text(each, false)).collect(Collectors.joining(", ", "[", "]"));
        }
        String text = String.valueOf(value);
        boolean isPlain = text.matches("[A-Za-z0-9][A-Za-z0-9./-]*")
                && !text.matches("(?i)true|false|null|yes|no|on|off")
                && !(isKey && text.matches("[0-9.]+"));
        return value instanceof Number || value instanceof Boolean || isPlain ? text : quoted(text);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '"' || letter == '\\') {
                quoted.append('\\').append(letter);
            } else if (letter < ' ' || letter == 0x7f) {
                quoted.append(String.format("\\x%02x", (int) letter));
            } else {
                quoted.append(letter);
            }
        }
        return quoted.append('"').toString();
    }
}
