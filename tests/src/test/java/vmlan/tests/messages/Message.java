package vmlan.tests.messages;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is said and what is advised; `…` stands for whatever depends on the case.
///
/// @param exitCode of the command that says it
record Message(String what, String remedy, int exitCode) implements Comparable<Message> {
    static final String ANYTHING = "…";
    private static final int OF_EXEC = 125;
    private static final Pattern ROW = Pattern.compile("\\| (.+?) \\| (.+?) \\| ([12]) \\|");

    /// Reads a row of the table; null for a line that is none.
    static Message ofRow(String line) {
        Matcher row = ROW.matcher(line);
        return row.matches()
                ? new Message(unescaped(row.group(1)), unescaped(row.group(2)), Integer.parseInt(row.group(3)))
                : null;
    }

    String toRow() {
        return "| " + escaped(what) + " | " + escaped(remedy) + " | " + exitCode + " |";
    }

    /// Whether a command that said these two lines, and ended so, meant this one. `exec` has a code of its own for all,
    /// since these may be the guest's.
    boolean fits(String saidWhat, String saidRemedy, int endedWith) {
        return (endedWith == exitCode || endedWith == OF_EXEC)
                && expression(what).matcher(saidWhat).matches()
                && expression(remedy).matcher(saidRemedy).matches();
    }

    /// Whether only the case decides what is said, such as the words of another program.
    boolean isAnything() {
        return what.equals(ANYTHING);
    }

    private static Pattern expression(String text) {
        StringBuilder expression = new StringBuilder();
        for (String part : text.split(ANYTHING, -1)) {
            expression.append(expression.isEmpty() ? "" : ".*").append(Pattern.quote(part));
        }
        return Pattern.compile(expression.toString(), Pattern.DOTALL);
    }

    /// A `|` would end the cell, `<`, `*`, `[` and `_` mean something in Markdown.
    private static String escaped(String text) {
        return text.replaceAll("([|<*\\[\\]_`$\\\\])", "\\\\$1");
    }

    private static String unescaped(String cell) {
        return cell.replaceAll("\\\\([|<*\\[\\]_`$\\\\])", "$1");
    }

    @Override
    public int compareTo(Message other) {
        int byWhat = what.compareToIgnoreCase(other.what);
        return byWhat != 0 ? byWhat : (remedy + exitCode).compareTo(other.remedy + other.exitCode);
    }
}
