package vmlan.qemu.language;

import java.util.ArrayList;
import java.util.List;

/// The tokens of one JSON value, as QEMU's lexer takes them (QEMU qobject/json-lexer.c, json-streamer.c): RFC 8259, and
/// strings in single quotes. A text is taken apart until its brackets are even; what is wrong in a token is said before
/// anything about their order.
final class JsonTokens {
    /// MAX_NESTING of json-streamer.c.
    private static final int DEEPEST = 1024;

    enum Kind {
        OPEN_OBJECT,
        CLOSE_OBJECT,
        OPEN_LIST,
        CLOSE_LIST,
        COLON,
        COMMA,
        STRING,
        INTEGER,
        FLOAT,
        KEYWORD,
        END
    }

    record Token(Kind kind, String text) {}

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    JsonTokens(String text) {
        this.text = text;
    }

    /// @throws Wrong a token is none
    List<Token> read() throws Wrong {
        int objects = 0;
        int lists = 0;
        do {
            skipSpace();
            if (at >= text.length()) {
                break;
            }
            Token token = next();
            tokens.add(token);
            objects += token.kind() == Kind.OPEN_OBJECT ? 1 : token.kind() == Kind.CLOSE_OBJECT ? -1 : 0;
            lists += token.kind() == Kind.OPEN_LIST ? 1 : token.kind() == Kind.CLOSE_LIST ? -1 : 0;
            if (objects + lists > DEEPEST) {
                throw new Wrong("JSON nesting depth limit exceeded");
            }
        } while (objects >= 0 && lists >= 0 && objects + lists > 0);
        tokens.add(new Token(Kind.END, ""));
        return tokens;
    }

    /// Whether there is more than the one value.
    boolean hasMore() {
        skipSpace();
        return at < text.length();
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private Token next() throws Wrong {
        char first = text.charAt(at);
        return switch (first) {
            case '{' -> sign(Kind.OPEN_OBJECT);
            case '}' -> sign(Kind.CLOSE_OBJECT);
            case '[' -> sign(Kind.OPEN_LIST);
            case ']' -> sign(Kind.CLOSE_LIST);
            case ':' -> sign(Kind.COLON);
            case ',' -> sign(Kind.COMMA);
            case '"', '\'' -> string(first);
            default -> {
                if (first >= 'a' && first <= 'z') {
                    yield keyword();
                }
                if (first == '-' || isDigit(first)) {
                    yield number();
                }
                throw stray(at, at + 1);
            }
        };
    }

    private Token sign(Kind kind) {
        at++;
        return new Token(kind, text.substring(at - 1, at));
    }

    private Token keyword() {
        int from = at;
        while (at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'z') {
            at++;
        }
        return new Token(Kind.KEYWORD, text.substring(from, at));
    }

    private Token string(char quote) throws Wrong {
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != quote) {
            if (text.charAt(end) == '\\') {
                end++;
            }
            if (end < text.length() && text.charAt(end) < ' ') {
                throw stray(at, end + 1);
            }
            end++;
        }
        if (end >= text.length()) {
            throw stray(at, text.length());
        }
        Token token = new Token(Kind.STRING, text.substring(at, end + 1));
        at = end + 1;
        return token;
    }

    private Token number() throws Wrong {
        int from = at;
        int end = at + (text.charAt(at) == '-' ? 1 : 0);
        boolean zero = is(end, '0');
        end = digits(from, end);
        if (zero && end - 1 > from + (text.charAt(from) == '-' ? 1 : 0)) {
            throw stray(from, from + (text.charAt(from) == '-' ? 3 : 2));
        }
        boolean whole = true;
        if (is(end, '.')) {
            end = digits(from, end + 1);
            whole = false;
        }
        // After 0 comes a dot or nothing.
        if ((!zero || !whole) && (is(end, 'e') || is(end, 'E'))) {
            end++;
            end = digits(from, end + (is(end, '-') || is(end, '+') ? 1 : 0));
            whole = false;
        }
        at = end;
        return new Token(whole ? Kind.INTEGER : Kind.FLOAT, text.substring(from, end));
    }

    private int digits(int from, int first) throws Wrong {
        int end = first;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        if (end == first) {
            throw stray(from, end + 1);
        }
        return end;
    }

    private boolean is(int where, char character) {
        return where < text.length() && text.charAt(where) == character;
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private Wrong stray(int from, int to) {
        return new Wrong("JSON parse error, stray '" + text.substring(from, Math.min(to, text.length())) + "'");
    }
}
