package vmlan.qemu.language;

import java.util.ArrayList;
import java.util.List;

/// `key=value,key=value` as QEMU util/qemu-option.c has it: a comma in a value is doubled, a key without a value is a
/// flag (`restrict`, `norestrict`), and the first value may be without its key. No text is wrong here.
public final class OptsSyntax {
    private OptsSyntax() {}

    /// @param impliedKey of the first value; null: it has to have one
    public static Settings parse(String text, String impliedKey) {
        List<Settings.Entry> entries = new ArrayList<>();
        boolean help = false;
        int at = 0;
        while (at < text.length()) {
            int end = endOfKey(text, at);
            boolean hasValue = end < text.length() && text.charAt(end) == '=';
            boolean implied = !hasValue && at == 0 && impliedKey != null;
            if (hasValue || implied) {
                String key = implied ? impliedKey : text.substring(at, end);
                StringBuilder value = new StringBuilder();
                at = readValue(text, implied ? at : end + 1, value);
                entries.add(new Settings.Entry(key, value.toString(), implied));
            } else {
                String key = text.substring(at, end);
                boolean off = key.startsWith("no");
                help |= !off && isHelp(key);
                entries.add(new Settings.Entry(
                        off ? key.substring(2) : key, off ? "off" : "on", false, Settings.Shape.FLAG));
                at = end;
            }
            // over the comma
            at++;
        }
        return new Settings(Settings.Syntax.OPTS, entries, help);
    }

    /// The id is looked for before anything else and without an implied key, and the first one counts.
    public static String id(String text) {
        return parse(text, null).entries().stream()
                .filter(entry -> entry.key().equals("id"))
                .map(Settings.Entry::value)
                .findFirst()
                .orElse(null);
    }

    public static String print(Settings settings) {
        List<String> words = settings.entries().stream().map(OptsSyntax::print).toList();
        String text = String.join(",", words);
        // An empty word is only there when a comma ends it.
        return !words.isEmpty() && words.getLast().isEmpty() ? text + "," : text;
    }

    private static String print(Settings.Entry entry) {
        if (entry.shape() == Settings.Shape.FLAG) {
            return (entry.value().equals("off") ? "no" : "") + entry.key();
        }
        return (entry.implied() ? "" : entry.key() + "=") + escaped(entry.value());
    }

    public static String escaped(String value) {
        return value.replace(",", ",,");
    }

    /// What asks QEMU for help (include/qemu/help_option.h).
    public static boolean isHelp(String text) {
        return text.equals("?") || text.equals("help");
    }

    public static int endOfKey(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) != '=' && text.charAt(end) != ',') {
            end++;
        }
        return end;
    }

    /// @return where the value ends: at a single comma or behind the text
    public static int readValue(String text, int from, StringBuilder value) {
        int at = from;
        while (at < text.length()) {
            char character = text.charAt(at);
            if (character == ',') {
                if (at + 1 >= text.length() || text.charAt(at + 1) != ',') {
                    return at;
                }
                at++;
            }
            value.append(character);
            at++;
        }
        return at;
    }
}
