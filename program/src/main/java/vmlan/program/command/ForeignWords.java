package vmlan.program.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Commands that are followed by words of another program, which has options of its own, one of them perhaps the first
/// word: what is ours ends at the first word that is not one of our options.
///
/// @param flags our options
/// @param withWord those of them that take a word, behind a blank or a `=`
record ForeignWords(Set<String> flags, Set<String> withWord) {
    /// With `--` where the other program's words begin, if it is not there already.
    String[] marked(String[] arguments) {
        List<String> marked = new ArrayList<>(List.of(arguments));
        int at = 1;
        while (at < marked.size() && isOurs(marked.get(at))) {
            at += withWord.contains(marked.get(at)) ? 2 : 1;
        }
        if (at < marked.size() && !marked.get(at).equals("--")) {
            marked.add(at, "--");
        }
        return marked.toArray(String[]::new);
    }

    private boolean isOurs(String word) {
        return flags.contains(word)
                || withWord.contains(word)
                || withWord.stream().anyMatch(option -> word.startsWith(attached(option)) && word.length() > 2);
    }

    /// How a word begins that is an option with its value: `--name=web`, `-p8080:80`.
    private static String attached(String option) {
        return option.startsWith("--") ? option + "=" : option;
    }
}
