package vmlan.qemu.language;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What an option says, key by key, in the order in which it stands there. A key may be there more than once; what
/// that means is the key's own matter. Keys of nested settings are joined by dots, elements of lists are counted from
/// zero: `addr.type`, `dnssearch.0.str`.
///
/// @param syntax how it was written, and how it is written again
/// @param help whether the option asks for help instead of saying something
public record Settings(Syntax syntax, List<Entry> entries, boolean help) {
    /// How an option is written.
    public enum Syntax {
        /// QEMU util/qemu-option.c: `user,hostfwd=tcp::80-:80,restrict`
        OPTS,
        /// QEMU util/keyval.c: `stream,addr.type=unix,addr.path=/a`
        KEYVAL,
        /// `{"type": "user"}`
        JSON
    }

    /// What stands at a key.
    public enum Shape {
        TEXT,
        /// A key alone, `restrict` or `norestrict`, which stands for on and off.
        FLAG,
        /// The rest is for JSON: its text is as it was typed.
        NUMBER,
        BOOLEAN,
        NULL,
        EMPTY_OBJECT,
        EMPTY_LIST
    }

    /// One setting.
    ///
    /// @param key in JSON a dot or a digit that is part of a name has a backslash before it
    /// @param implied the key was not written: the first value of an option, `user` in `-netdev user`
    public record Entry(String key, String value, boolean implied, Shape shape) {
        public Entry(String key, String value, boolean implied) {
            this(key, value, implied, Shape.TEXT);
        }
    }

    public Settings {
        entries = List.copyOf(entries);
    }

    /// The last value of the key, which is the one that counts where one does.
    public Optional<String> value(String key) {
        return entries.reversed().stream()
                .filter(entry -> entry.key().equals(key))
                .map(Entry::value)
                .findFirst();
    }

    /// All values of the key.
    public List<String> values(String key) {
        return entries.stream()
                .filter(entry -> entry.key().equals(key))
                .map(Entry::value)
                .toList();
    }

    /// All values of a list, however it is written: a key again and again, or `key.0.str`, `key.1.str`.
    public List<String> list(String key) {
        return entries.stream()
                .filter(entry -> entry.key().equals(key)
                        || (entry.key().startsWith(key + ".")
                                && entry.key().substring(key.length()).matches("\\.\\d+(\\.str)?")))
                .map(Entry::value)
                .toList();
    }

    /// Whether a switch is on; empty where it is not there (QEMU qapi/qapi-util.c, qapi_bool_parse).
    public Optional<Boolean> flag(String key) {
        return value(key).map(value -> switch (value) {
            case "on", "yes", "true", "y" -> true;
            default -> false;
        });
    }

    public boolean isOn(String key) {
        return flag(key).orElse(false);
    }

    public boolean has(String key) {
        return value(key).isPresent();
    }

    /// The same without these keys and what is nested below them.
    public Settings without(String... keys) {
        List<Entry> left = entries.stream()
                .filter(entry -> Arrays.stream(keys)
                        .noneMatch(key -> entry.key().equals(key) || entry.key().startsWith(key + ".")))
                .toList();
        return new Settings(syntax, left, help);
    }

    /// The same with one more setting at its end.
    public Settings with(String key, String value) {
        List<Entry> more = new ArrayList<>(entries);
        more.add(new Entry(key, value, false));
        return new Settings(syntax, more, help);
    }

    /// As QEMU reads it: [OptsSyntax], [KeyvalSyntax] and [JsonSyntax] make the same settings of it again.
    public String print() {
        return switch (syntax) {
            case OPTS -> OptsSyntax.print(this);
            case KEYVAL -> KeyvalSyntax.print(this);
            case JSON -> JsonSyntax.print(this);
        };
    }
}
