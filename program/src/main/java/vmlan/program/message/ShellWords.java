package vmlan.program.message;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A command line as a shell takes it, so that what `--dry-run` prints can be pasted.
public final class ShellWords {
    private ShellWords() {}

    public static String join(List<String> words) {
        return words.stream().map(ShellWords::quoted).collect(Collectors.joining(" "));
    }

    /// The words that a shell would make of a line, but for what it would put in their place: nothing is expanded.
    ///
    /// @throws IllegalArgumentException a quote does not end, or the line ends in a backslash
    public static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                if (word != null) {
                    words.add(word.toString());
                }
                word = null;
                continue;
            }
            word = word == null ? new StringBuilder() : word;
            if (c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == '\\' && quote != '\'') {
                if (++i == line.length()) {
                    throw new IllegalArgumentException("the line ends in a backslash");
                }
                // within double quotes it stands for itself but before these (POSIX, Shell Command Language, 2.2.3)
                word.append(quote == '"' && "\"\\$`".indexOf(line.charAt(i)) < 0 ? "\\" : "")
                        .append(line.charAt(i));
            } else {
                word.append(c);
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("a quote does not end: " + quote);
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words;
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
