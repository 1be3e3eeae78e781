package vmlan.program.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;
import vmlan.program.message.Problem;

/// What is wrong in a file, as it is found.
final class Problems {
    /// More than anybody reads; what follows is most likely the same again.
    private static final int MOST = 100;

    private final List<Problem> found = new ArrayList<>();
    private int left;

    void add(Node at, String what, String accepted) {
        add(at.getStartMark(), what, accepted);
    }

    void add(Optional<Mark> at, String what, String accepted) {
        add(
                at.map(mark -> mark.getLine() + 1).orElse(1),
                at.map(mark -> mark.getColumn() + 1).orElse(1),
                what,
                accepted);
    }

    void add(int line, int column, String what, String accepted) {
        if (found.size() < MOST) {
            found.add(new Problem(line, column, what, accepted));
        } else {
            left++;
        }
    }

    int count() {
        return found.size() + left;
    }

    /// In the file's order.
    List<Problem> all() {
        List<Problem> all = new ArrayList<>(found);
        all.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
        if (left > 0) {
            Problem last = all.getLast();
            all.add(new Problem(last.line(), last.column(), "and " + left + " more", "mend these first"));
        }
        return List.copyOf(all);
    }

    /// Words for what is not known: the one that was most likely meant, and all.
    static String accepted(String word, Collection<String> known) {
        String all = "accepted are " + String.join(", ", known);
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= Math.max(1, candidate.length() / 3))
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .map(candidate -> "did you mean " + candidate + "? " + all)
                .orElse(all);
    }

    /// How many letters have to be changed, added or left out (Levenshtein); of long words, their beginnings.
    private static int distance(String word, String candidate) {
        String one = word.substring(0, Math.min(word.length(), 40));
        int[] row = new int[candidate.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = diagonal + (one.charAt(i - 1) == candidate.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[candidate.length()];
    }
}
