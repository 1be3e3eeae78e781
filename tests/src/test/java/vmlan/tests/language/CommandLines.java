package vmlan.tests.language;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Command lines of a resource: a machine and the words behind it, in quotes where a word has a space. Lines
/// that are empty or begin with `#` are for the reader.
final class CommandLines {
    private CommandLines() {}

    static List<List<String>> read(String resource) throws IOException {
        return texts(resource).stream().map(CommandLines::line).toList();
    }

    /// Of a resource whose lines name no machine.
    static List<List<String>> read(String resource, String machine) throws IOException {
        return texts(resource).stream().map(text -> of(machine, words(text))).toList();
    }

    private static List<String> texts(String resource) throws IOException {
        try (var stream = CommandLines.class.getResourceAsStream(resource);
                var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    private static List<String> line(String text) {
        List<String> words = words(text);
        return of(words.getFirst(), words.subList(1, words.size()));
    }

    /// @param machine one that QEMU makes, `none` for the quickest
    static List<String> of(String machine, List<String> words) {
        List<String> line = new ArrayList<>(List.of("-M", machine));
        line.addAll(CheckedQemu.STANDING_STILL);
        line.addAll(words);
        return line;
    }

    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            boolean isQuote = character == '\'' || character == '"';
            if (quote == 0 && character == ' ') {
                if (word != null) {
                    words.add(word.toString());
                }
                word = null;
                continue;
            }
            word = word == null ? new StringBuilder() : word;
            if (isQuote && (quote == 0 || quote == character)) {
                quote = quote == 0 ? character : 0;
            } else {
                word.append(character);
            }
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words;
    }
}
