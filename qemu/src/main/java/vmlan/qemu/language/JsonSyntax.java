package vmlan.qemu.language;

import java.util.ArrayList;
import java.util.List;
import vmlan.qemu.language.JsonTokens.Kind;
import vmlan.qemu.language.JsonTokens.Token;

/// `{"type": "stream", "addr": {…}}` as QEMU qobject/json-parser.c reads it. A library would not do: QEMU takes single
/// quotes, and what it says to a mistake is what is wanted here.
public final class JsonSyntax {
    private final List<Token> tokens;
    private int at;

    private JsonSyntax(List<Token> tokens) {
        this.tokens = tokens;
    }

    public static boolean isJson(String text) {
        return text.startsWith("{");
    }

    public static Parsed parse(String text) {
        List<Settings.Entry> entries = new ArrayList<>();
        try {
            JsonTokens tokens = new JsonTokens(text);
            Tree tree = new JsonSyntax(tokens.read()).value();
            if (tokens.hasMore()) {
                throw new Wrong("Expecting at most one JSON value");
            }
            if (tree instanceof Tree.Dict dict) {
                dict.members().forEach((name, member) -> flatten(escaped(name), member, entries));
            }
            return new Parsed(new Settings(Settings.Syntax.JSON, entries, false), tree, null);
        } catch (Wrong e) {
            return new Parsed(new Settings(Settings.Syntax.JSON, List.of(), false), null, e.getMessage());
        }
    }

    private Tree value() throws Wrong {
        Token token = tokens.get(at);
        at++;
        return switch (token.kind()) {
            case OPEN_OBJECT -> object();
            case OPEN_LIST -> list();
            case STRING -> new Tree.Text(string(token.text()));
            case INTEGER, FLOAT -> new Tree.Numeral(token.text());
            case KEYWORD ->
                switch (token.text()) {
                    case "true" -> new Tree.Bool(true);
                    case "false" -> new Tree.Bool(false);
                    case "null" -> new Tree.Null();
                    default -> throw wrong("invalid keyword '" + token.text() + "'");
                };
            case END -> throw wrong("premature EOI");
            default -> throw wrong("expecting value");
        };
    }

    private Tree.Dict object() throws Wrong {
        Tree.Dict object = Tree.Dict.empty();
        if (tokens.get(at).kind() == Kind.CLOSE_OBJECT) {
            at++;
            return object;
        }
        do {
            if (!(value() instanceof Tree.Text key)) {
                throw wrong("key is not a string in object");
            }
            expect(Kind.COLON, "missing : in object pair");
            Tree value = value();
            if (object.members().put(key.value(), value) != null) {
                throw wrong("duplicate key");
            }
        } while (continues(Kind.CLOSE_OBJECT, "expected separator in dict"));
        return object;
    }

    private Tree.Items list() throws Wrong {
        List<Tree> items = new ArrayList<>();
        if (tokens.get(at).kind() == Kind.CLOSE_LIST) {
            at++;
            return new Tree.Items(items);
        }
        do {
            items.add(value());
        } while (continues(Kind.CLOSE_LIST, "expected separator in list"));
        return new Tree.Items(items);
    }

    private boolean continues(Kind close, String otherwise) throws Wrong {
        if (tokens.get(at).kind() == close) {
            at++;
            return false;
        }
        expect(Kind.COMMA, otherwise);
        return true;
    }

    private void expect(Kind kind, String otherwise) throws Wrong {
        Kind found = tokens.get(at).kind();
        if (found != kind) {
            throw wrong(found == Kind.END ? "premature EOI" : otherwise);
        }
        at++;
    }

    private static String string(String quoted) throws Wrong {
        StringBuilder text = new StringBuilder();
        int at = 1;
        while (at < quoted.length() - 1) {
            char character = quoted.charAt(at);
            at++;
            if (character != '\\') {
                text.append(character);
                continue;
            }
            char escape = quoted.charAt(at);
            at++;
            switch (escape) {
                case '"', '\'', '\\', '/' -> text.append(escape);
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'u' -> at = unicode(quoted, at, text);
                default -> throw wrong("invalid escape sequence in string");
            }
        }
        return text.toString();
    }

    /// @return behind the four digits, or behind the second four of a pair
    private static int unicode(String quoted, int from, StringBuilder text) throws Wrong {
        int code = hex(quoted, from);
        int end = from + 4;
        if (Character.isHighSurrogate((char) code) && code >= 0 && quoted.startsWith("\\u", end)) {
            int low = hex(quoted, end + 2);
            if (low >= 0 && Character.isLowSurrogate((char) low)) {
                code = Character.toCodePoint((char) code, (char) low);
                end += 6;
            }
        }
        boolean surrogate = code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
        // Unicode's noncharacters (QEMU util/unicode.c, is_valid_codepoint).
        boolean none = (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) == 0xfffe;
        if (code < 0 || surrogate || none) {
            String digits = quoted.substring(from, Math.min(from + 4, quoted.length()));
            throw wrong("\\u" + digits + " is not a valid Unicode character");
        }
        text.appendCodePoint(code);
        return end;
    }

    private static int hex(String text, int from) {
        int code = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = i < text.length() && text.charAt(i) < 128 ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0) {
                return -1;
            }
            code = code * 16 + digit;
        }
        return code;
    }

    private static void flatten(String key, Tree tree, List<Settings.Entry> entries) {
        switch (tree) {
            case Tree.Text text -> entries.add(new Settings.Entry(key, text.value(), false));
            case Tree.Numeral number ->
                entries.add(new Settings.Entry(key, number.text(), false, Settings.Shape.NUMBER));
            case Tree.Bool bool ->
                entries.add(new Settings.Entry(key, String.valueOf(bool.value()), false, Settings.Shape.BOOLEAN));
            case Tree.Null nothing -> entries.add(new Settings.Entry(key, "null", false, Settings.Shape.NULL));
            case Tree.Items items -> {
                if (items.items().isEmpty()) {
                    entries.add(new Settings.Entry(key, "[]", false, Settings.Shape.EMPTY_LIST));
                }
                for (int i = 0; i < items.items().size(); i++) {
                    flatten(key + "." + i, items.items().get(i), entries);
                }
            }
            case Tree.Dict dict -> {
                if (dict.members().isEmpty()) {
                    entries.add(new Settings.Entry(key, "{}", false, Settings.Shape.EMPTY_OBJECT));
                }
                dict.members().forEach((name, member) -> flatten(key + "." + escaped(name), member, entries));
            }
        }
    }

    /// So that a name is told from two names and from a number of a list.
    private static String escaped(String name) {
        String escaped = name.replace("\\", "\\\\").replace(".", "\\.");
        return !escaped.isEmpty() && escaped.charAt(0) >= '0' && escaped.charAt(0) <= '9' ? "\\" + escaped : escaped;
    }

    public static String print(Settings settings) {
        StringBuilder text = new StringBuilder();
        printMembers(settings.entries(), 0, text);
        return text.toString();
    }

    /// Entries that lie in one object or list, from that part of their keys on.
    private static void printMembers(List<Settings.Entry> entries, int depth, StringBuilder text) {
        boolean list = !entries.isEmpty() && isIndex(part(entries.getFirst(), depth));
        text.append(list ? '[' : '{');
        int from = 0;
        while (from < entries.size()) {
            String name = part(entries.get(from), depth);
            int to = from + 1;
            while (to < entries.size() && name.equals(part(entries.get(to), depth))) {
                to++;
            }
            text.append(from == 0 ? "" : ", ");
            if (!list) {
                quote(name.replaceAll("\\\\(.)", "$1"), text);
                text.append(": ");
            }
            Settings.Entry first = entries.get(from);
            if (parts(first).size() > depth + 1) {
                printMembers(entries.subList(from, to), depth + 1, text);
            } else if (first.shape() == Settings.Shape.TEXT || first.shape() == Settings.Shape.FLAG) {
                quote(first.value(), text);
            } else {
                text.append(first.value());
            }
            from = to;
        }
        text.append(list ? ']' : '}');
    }

    private static boolean isIndex(String part) {
        return !part.isEmpty() && part.charAt(0) >= '0' && part.charAt(0) <= '9';
    }

    private static String part(Settings.Entry entry, int depth) {
        List<String> parts = parts(entry);
        return depth < parts.size() ? parts.get(depth) : "";
    }

    private static List<String> parts(Settings.Entry entry) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < entry.key().length(); i++) {
            char character = entry.key().charAt(i);
            if (character == '.') {
                parts.add(part.toString());
                part.setLength(0);
                continue;
            }
            part.append(character);
            if (character == '\\' && i + 1 < entry.key().length()) {
                i++;
                part.append(entry.key().charAt(i));
            }
        }
        parts.add(part.toString());
        return parts;
    }

    private static void quote(String value, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if (character == '"' || character == '\\') {
                text.append('\\').append(character);
            } else if (character < ' ') {
                text.append(String.format("\\u%04x", (int) character));
            } else {
                text.append(character);
            }
        }
        text.append('"');
    }

    private static Wrong wrong(String text) {
        return new Wrong("JSON parse error, " + text);
    }
}
