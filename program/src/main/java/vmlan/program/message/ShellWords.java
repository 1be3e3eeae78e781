package vmlan.program.message;

import java.util.List;
import java.util.stream.Collectors;

/// A command line as a shell takes it, so that what `--dry-run` prints can be pasted.
public final class ShellWords {
    private ShellWords() {}

    public static String join(List<String> words) {
        return words.stream().map(ShellWords::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
