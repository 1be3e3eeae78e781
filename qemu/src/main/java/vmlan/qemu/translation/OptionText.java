package vmlan.qemu.translation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import vmlan.qemu.language.OptsSyntax;

/// Changes in the text of one option that leave the rest of it as it was typed. Options are cut at single commas; a
/// doubled one belongs to a value (QEMU util/qemu-option.c, util/keyval.c).
final class OptionText {
    private OptionText() {}

    /// Between the commas, as typed; together with commas they are the text again. A comma at the end has an empty one
    /// behind it. The first value may be without its key.
    static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        int at = 0;
        while (at <= text.length()) {
            int end = OptsSyntax.endOfKey(text, at);
            boolean hasKey = end < text.length() && text.charAt(end) == '=';
            if (hasKey || at == 0) {
                end = OptsSyntax.readValue(text, hasKey ? end + 1 : 0, new StringBuilder());
            }
            parts.add(text.substring(at, end));
            // over the comma
            at = end + 1;
        }
        return parts;
    }

    static String key(String part) {
        int equals = part.indexOf('=');
        return equals < 0 ? part : part.substring(0, equals);
    }

    /// A value within an option.
    static String escaped(String value) {
        return OptsSyntax.escaped(value);
    }

    static String without(String text, Set<String> keys) {
        return parts(text).stream()
                .filter(part -> !(part.contains("=") && keys.contains(key(part))))
                .collect(Collectors.joining(","));
    }

    /// The same with another value wherever that key is.
    static String replacing(String text, String key, String value) {
        return parts(text).stream()
                .map(part -> part.contains("=") && key(part).equals(key) ? key + "=" + escaped(value) : part)
                .collect(Collectors.joining(","));
    }

    /// The same with another first part.
    static String startingWith(String first, String text) {
        List<String> parts = new ArrayList<>(parts(text));
        parts.set(0, first);
        return String.join(",", parts);
    }

    /// One setting more, at the end.
    static String adding(String text, String key, String value) {
        String quoted = value.replace("\\", "\\\\").replace("\"", "\\\"");
        return isJson(text) ? addingJson(text, key, "\"" + quoted + "\"") : addingPlain(text, key, escaped(value));
    }

    /// As above, of a setting that JSON has without quotes.
    static String adding(String text, String key, int value) {
        String number = Integer.toString(value);
        return isJson(text) ? addingJson(text, key, number) : addingPlain(text, key, number);
    }

    /// A comma at the end is the one that has to come.
    private static String addingPlain(String text, String key, String escaped) {
        List<String> parts = parts(text);
        boolean isOpen = parts.size() > 1 && parts.getLast().isEmpty();
        return text + (isOpen ? "" : ",") + key + "=" + escaped;
    }

    private static boolean isJson(String text) {
        return text.stripLeading().startsWith("{");
    }

    /// The last brace is its end.
    private static String addingJson(String text, String key, String value) {
        int end = text.lastIndexOf('}');
        boolean empty = text.substring(0, end).strip().equals("{");
        return text.substring(0, end) + (empty ? "" : ", ") + "\"" + key + "\": " + value + text.substring(end);
    }
}
