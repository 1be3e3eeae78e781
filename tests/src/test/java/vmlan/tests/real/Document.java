package vmlan.tests.real;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import vmlan.tests.Checkout;

/// A page of `docs/`, of which the tests run what it shows.
record Document(String name, List<String> lines) {
    static Document of(String name) throws IOException {
        return new Document(
                name, Files.readAllLines(Checkout.folder().resolve("docs").resolve(name)));
    }

    /// The commands of its one fenced block, a line each; those that go on behind a backslash are joined.
    List<String> commands() {
        int begin = lines.indexOf("```");
        int end = begin + 1 + lines.subList(begin + 1, lines.size()).indexOf("```");
        if (begin < 0 || end <= begin || lines.lastIndexOf("```") != end) {
            throw new AssertionError(name + " has not exactly one fenced block");
        }
        List<String> commands = new ArrayList<>();
        String begun = "";
        for (String line : lines.subList(begin + 1, end)) {
            if (line.endsWith("\\")) {
                begun += line.substring(0, line.length() - 1);
            } else {
                commands.add(begun + line);
                begun = "";
            }
        }
        return commands;
    }

    /// The first column of its tables' rows, as far as it is set as code.
    List<List<String>> firstCells() {
        List<List<String>> cells = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("|")) {
                String[] parts =
                        line.substring(1, Math.max(1, line.indexOf('|', 1))).split("`", -1);
                List<String> codes = new ArrayList<>();
                for (int i = 1; i < parts.length; i += 2) {
                    codes.add(parts[i]);
                }
                cells.add(codes);
            }
        }
        return cells;
    }
}
