package vmlan.qemu.language;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `key=value,a.b=value,list.0=value` as QEMU util/keyval.c has it: keys with dots make nested settings, and settings
/// whose keys are all numbers are a list. A comma in a value is doubled; a first value without its key is taken as it
/// is, up to the comma. Other than in [OptsSyntax] there are no flags, and a key has to be a name.
public final class KeyvalSyntax {
    /// QEMU's buffer for a part of a key, with its zero.
    private static final int LONGEST_PART = 127;

    /// No option of QEMU's is nested so deep: what is further below is refused unseen.
    private static final int DEEPEST = 64;

    private final String text;
    private final Tree.Dict root = Tree.Dict.empty();
    private final List<Settings.Entry> entries = new ArrayList<>();
    private boolean help;
    private int at;

    private KeyvalSyntax(String text) {
        this.text = text;
    }

    /// @param impliedKey of the first value; null: it has to have one
    public static Parsed parse(String text, String impliedKey) {
        KeyvalSyntax syntax = new KeyvalSyntax(text);
        Tree tree = null;
        String error = null;
        try {
            boolean first = true;
            while (syntax.at < text.length()) {
                syntax.parameter(first ? impliedKey : null);
                first = false;
            }
            if (syntax.help) {
                throw new Wrong("Help is not available for this option");
            }
            tree = listified(syntax.root, List.of());
        } catch (Wrong e) {
            error = e.getMessage();
        }
        return new Parsed(new Settings(Settings.Syntax.KEYVAL, syntax.entries, syntax.help), tree, error);
    }

    public static String print(Settings settings) {
        return Stream.concat(
                        settings.entries().stream()
                                .map(entry ->
                                        (entry.implied() ? "" : entry.key() + "=") + OptsSyntax.escaped(entry.value())),
                        settings.help() ? Stream.of("help") : Stream.empty())
                .collect(Collectors.joining(","));
    }

    private void parameter(String impliedKey) throws Wrong {
        int end = OptsSyntax.endOfKey(text, at);
        boolean hasValue = end < text.length() && text.charAt(end) == '=';
        if (end > at && !hasValue) {
            String word = text.substring(at, end);
            if (OptsSyntax.isHelp(word)) {
                help = true;
                at = Math.min(text.length(), end + 1);
                return;
            }
            if (impliedKey != null) {
                at = Math.min(text.length(), end + 1);
                put(impliedKey, word, true);
                return;
            }
        }
        String key = text.substring(at, end);
        checkKey(key);
        Tree.Dict parent = parent(key);
        if (!hasValue) {
            throw new Wrong("Expected '=' after parameter '" + key + "'");
        }
        StringBuilder value = new StringBuilder();
        at = Math.min(text.length(), OptsSyntax.readValue(text, end + 1, value) + 1);
        put(parent, key, value.toString(), false);
    }

    private void put(String key, String value, boolean implied) throws Wrong {
        put(parent(key), key, value, implied);
    }

    private void put(Tree.Dict parent, String key, String value, boolean implied) throws Wrong {
        String last = key.substring(key.lastIndexOf('.') + 1);
        Tree old = parent.members().get(last);
        if (old != null && !(old instanceof Tree.Text)) {
            throw new Wrong("Parameters '" + key + ".*' used inconsistently");
        }
        parent.members().put(last, new Tree.Text(value));
        entries.add(new Settings.Entry(key, value, implied));
    }

    private Tree.Dict parent(String key) throws Wrong {
        Tree.Dict parent = root;
        int from = 0;
        for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', from)) {
            Tree next = parent.members().computeIfAbsent(key.substring(from, dot), name -> Tree.Dict.empty());
            if (!(next instanceof Tree.Dict dict)) {
                throw new Wrong("Parameters '" + key.substring(0, dot) + ".*' used inconsistently");
            }
            parent = dict;
            from = dot + 1;
        }
        return parent;
    }

    private static void checkKey(String key) throws Wrong {
        int from = 0;
        while (true) {
            int length = from > 0 ? digits(key, from) : 0;
            if (length == 0) {
                length = nameLength(key, from);
            }
            int end = from + length;
            if (length == 0 || (end < key.length() && key.charAt(end) != '.')) {
                throw new Wrong("Invalid parameter '" + key + "'");
            }
            if (length > LONGEST_PART) {
                boolean whole = from == 0 && end == key.length();
                throw new Wrong(
                        "Parameter" + (whole ? "" : " fragment") + " '" + key.substring(from, end) + "' is too long");
            }
            if (end == key.length()) {
                return;
            }
            from = end + 1;
        }
    }

    private static int digits(String key, int from) {
        int end = from;
        while (end < key.length() && isDigit(key.charAt(end))) {
            end++;
        }
        return end - from;
    }

    /// How long the name is that begins there (QEMU qapi/qapi-util.c, parse_qapi_name): letters, digits, `-` and `_`
    /// behind a letter, and before it all `__` and a domain where somebody else than QEMU made the name.
    private static int nameLength(String key, int from) {
        int at = from;
        if (at < key.length() && key.charAt(at) == '_') {
            at++;
            if (at >= key.length() || key.charAt(at) != '_') {
                return 0;
            }
            at++;
            while (at < key.length() && (isLetter(key.charAt(at)) || isDigit(key.charAt(at)) || isOne(key, at, "-."))) {
                at++;
            }
            if (at >= key.length() || key.charAt(at) != '_') {
                return 0;
            }
            at++;
        }
        if (at >= key.length() || !isLetter(key.charAt(at))) {
            return 0;
        }
        while (at < key.length() && (isLetter(key.charAt(at)) || isDigit(key.charAt(at)) || isOne(key, at, "-_"))) {
            at++;
        }
        return at - from;
    }

    private static boolean isOne(String key, int at, String of) {
        return of.indexOf(key.charAt(at)) >= 0;
    }

    private static boolean isLetter(char character) {
        return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    /// A dictionary all of whose keys are numbers becomes a list, the inner ones first.
    private static Tree listified(Tree.Dict dict, List<String> path) throws Wrong {
        Tree.Dict members = Tree.Dict.empty();
        boolean hasIndex = false;
        boolean hasName = false;
        for (Map.Entry<String, Tree> member : HashOrder.ofDict(dict.members())) {
            boolean index = isDigit(member.getKey().charAt(0));
            hasIndex |= index;
            hasName |= !index;
            List<String> below =
                    Stream.concat(path.stream(), Stream.of(member.getKey())).toList();
            members.members()
                    .put(
                            member.getKey(),
                            path.size() < DEEPEST && member.getValue() instanceof Tree.Dict nested
                                    ? listified(nested, below)
                                    : member.getValue());
        }
        String prefix = path.stream().map(part -> part + ".").collect(Collectors.joining());
        if (hasIndex && hasName) {
            throw new Wrong("Parameters '" + prefix + "*' used inconsistently");
        }
        return hasIndex ? items(members, prefix) : members;
    }

    private static Tree items(Tree.Dict dict, String prefix) throws Wrong {
        Tree[] items = new Tree[dict.members().size()];
        boolean beyond = false;
        for (Map.Entry<String, Tree> member : dict.members().entrySet()) {
            int index = index(member.getKey());
            if (index < items.length) {
                items[index] = member.getValue();
            } else {
                beyond = true;
            }
        }
        // 0 and 00 are two keys and one element, so there may be fewer elements than keys.
        int count = 0;
        for (int i = 0; i < items.length; i++) {
            count = items[i] == null ? count : i + 1;
        }
        List<Tree> list = new ArrayList<>();
        for (int i = 0; i < (beyond ? items.length : count); i++) {
            if (items[i] == null) {
                throw new Wrong("Parameter '" + prefix + i + "' missing");
            }
            list.add(items[i]);
        }
        if (beyond) {
            throw new Wrong("Parameter '" + prefix + items.length + "' missing");
        }
        return new Tree.Items(list);
    }

    /// A number too big counts as the biggest.
    private static int index(String key) {
        String digits = key.replaceFirst("^0+(?=\\d)", "");
        return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }
}
