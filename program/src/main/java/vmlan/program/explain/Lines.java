package vmlan.program.explain;

import java.util.ArrayList;
import java.util.List;
import vmlan.qemu.tool.Printable;

/// Lines of a terminal: words are wrapped under where they begin. What the user typed is never broken, so that it can
/// be copied; what a terminal would obey is a question mark.
final class Lines {
    private static final int WIDTH = 100;

    private final List<String> lines = new ArrayList<>();

    void blank() {
        lines.add("");
    }

    /// As it is, however long.
    void whole(String text) {
        lines.add(Printable.marked(text).stripTrailing());
    }

    /// @param lead before the first line, as wide as the others are indented
    void wrapped(String lead, String text) {
        String indent = " ".repeat(lead.length());
        StringBuilder line = new StringBuilder(lead);
        boolean begun = false;
        for (String word : text.split(" ", -1)) {
            if (begun && line.length() + 1 + word.length() > WIDTH) {
                whole(line.toString());
                line = new StringBuilder(indent);
                begun = false;
            }
            line.append(begun ? " " : "").append(word);
            begun = true;
        }
        whole(line.toString());
    }

    /// Columns as wide as their widest cell; the last one is wrapped.
    void table(String indent, List<List<String>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder lead = new StringBuilder(indent);
            for (int i = 0; i < columns - 1; i++) {
                lead.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            wrapped(lead.toString(), row.getLast());
        }
    }

    String text() {
        return String.join("\n", lines) + "\n";
    }
}
