package vmlan.qemu.tool;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// The word that somebody meant who typed another.
public final class Nearest {
    /// Two letters that are wrong are a slip; more are another word.
    private static final int FARTHEST = 2;

    private Nearest() {}

    public static Optional<String> of(String typed, Collection<String> words) {
        return of(typed, words, FARTHEST);
    }

    /// @param farthest how many letters may be wrong
    public static Optional<String> of(String typed, Collection<String> words, int farthest) {
        return words.stream()
                .map(word -> new Found(word, distance(typed, word, farthest)))
                .filter(found -> found.distance <= farthest && found.distance < found.word.length())
                .min(Comparator.comparingInt(Found::distance).thenComparing(Found::word))
                .map(Found::word);
    }

    private record Found(String word, int distance) {}

    /// Letters that were added, left out or taken for another (Levenshtein's).
    private static int distance(String typed, String word, int farthest) {
        if (Math.abs(typed.length() - word.length()) > farthest) {
            return farthest + 1;
        }
        int[] row = new int[word.length() + 1];
        for (int i = 0; i <= word.length(); i++) {
            row[i] = i;
        }
        for (int i = 1; i <= typed.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int k = 1; k <= word.length(); k++) {
                int replaced = diagonal + (typed.charAt(i - 1) == word.charAt(k - 1) ? 0 : 1);
                diagonal = row[k];
                row[k] = Math.min(replaced, 1 + Math.min(row[k], row[k - 1]));
            }
        }
        return row[word.length()];
    }
}
