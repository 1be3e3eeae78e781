package vmlan.program.manual;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// One page. Read man(7) first.
final class ManualPage {
    private static final String EXAMPLES = "Examples:";
    /// A zero-width space: no sentence ends here.
    private static final String SEVERAL = "...\u200b";

    private final CommandSpec command;
    private final List<String> path;
    private final String above;
    private final String version;
    private final LocalDate date;
    private final StringBuilder text = new StringBuilder();

    /// @param above the page of what it is a command of; empty for `vmlan`
    ManualPage(CommandSpec command, List<String> path, String above, String version, LocalDate date) {
        this.command = command;
        this.path = path;
        this.above = above;
        this.version = version;
        this.date = date;
    }

    private String name() {
        return String.join("-", path);
    }

    String text() {
        // A title and a date are no text: their hyphens stay what they are.
        text.append(".TH ")
                .append(name().toUpperCase(Locale.ROOT))
                .append(" 1 ")
                .append(date);
        text.append(" \"vmlan ").append(version).append("\" \"vmlan\"\n");
        section("NAME");
        line(name() + " \\- ", firstSentence());
        section("SYNOPSIS");
        synopsis();
        section("DESCRIPTION");
        paragraphs(List.of(command.usageMessage().description()));
        paragraphs(footer().stream().takeWhile(line -> !line.equals(EXAMPLES)).toList());
        arguments();
        commands();
        examples();
        section("EXIT STATUS");
        item("0", "It was done.");
        item("1", "It failed: the world is not as it should be, and the message says what to do.");
        item("2", "Wrong usage or configuration: nothing was started, nothing was left behind.");
        seeAlso();
        return text.toString();
    }

    private String firstSentence() {
        String[] description = command.usageMessage().description();
        String first = description.length == 0 ? name() : description[0].strip();
        int end = first.indexOf(". ");
        String sentence = end < 0 ? first : first.substring(0, end);
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private void synopsis() {
        macro("B", String.join(" ", path));
        if (!options().isEmpty()) {
            macro("RI", "[", "OPTION", "]" + SEVERAL);
        }
        for (PositionalParamSpec argument : positionals()) {
            boolean optional = argument.arity().min() == 0;
            boolean several = argument.index().isVariable() || argument.arity().max() > 1;
            macro("RI", optional ? "[" : "", argument.paramLabel(), (optional ? "]" : "") + (several ? SEVERAL : ""));
        }
        if (path.size() == 1 || !below().isEmpty()) {
            macro("RI", "", "COMMAND");
        }
    }

    private List<OptionSpec> options() {
        return command.options().stream().filter(option -> !option.hidden()).toList();
    }

    private List<PositionalParamSpec> positionals() {
        return command.positionalParameters().stream()
                .filter(argument -> !argument.hidden())
                .toList();
    }

    private List<Map.Entry<String, CommandSpec>> below() {
        List<Map.Entry<String, CommandSpec>> below = new ArrayList<>();
        for (Map.Entry<String, CommandLine> entry : command.subcommands().entrySet()) {
            CommandSpec spec = entry.getValue().getCommandSpec();
            if (!spec.usageMessage().hidden()) {
                below.add(Map.entry(entry.getKey(), spec));
            }
        }
        return below;
    }

    private void arguments() {
        if (positionals().isEmpty() && options().isEmpty()) {
            return;
        }
        section("OPTIONS");
        for (PositionalParamSpec argument : positionals()) {
            macro("TP");
            macro("I", argument.paramLabel());
            described(argument);
        }
        for (OptionSpec option : options()) {
            macro("TP");
            List<String> words = new ArrayList<>();
            for (String name : option.names()) {
                words.add(words.isEmpty() ? name : ", " + name);
            }
            String names = String.join("", words);
            if (option.arity().max() > 0) {
                macro("BI", names + " ", option.paramLabel());
            } else {
                macro("B", names);
            }
            described(option);
        }
    }

    private void described(ArgSpec argument) {
        boolean first = true;
        for (String paragraph : argument.description()) {
            if (!first) {
                macro("IP");
            }
            first = false;
            line("", paragraph.replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValueString())));
        }
    }

    private void commands() {
        if (below().isEmpty()) {
            return;
        }
        section("COMMANDS");
        for (Map.Entry<String, CommandSpec> entry : below()) {
            macro("TP");
            macro("BR", name() + "-" + entry.getKey(), "(1)");
            line("", entry.getValue().usageMessage().description()[0]);
        }
    }

    /// picocli's markup is not used; `%%` and `%n` would be its formatter's.
    private List<String> footer() {
        return Arrays.asList(command.usageMessage().footer());
    }

    private void examples() {
        List<String> lines = footer().stream()
                .dropWhile(line -> !line.equals(EXAMPLES))
                .skip(1)
                .toList();
        if (lines.isEmpty()) {
            return;
        }
        section("EXAMPLES");
        macro("nf");
        for (String example : lines) {
            // an empty line is a mistake to mandoc where it could be a macro
            text.append(example.isBlank() ? ".sp" : escaped(example.strip())).append('\n');
        }
        macro("fi");
    }

    private void seeAlso() {
        List<String> others = new ArrayList<>();
        if (!above.isEmpty()) {
            others.add(above);
        }
        below().forEach(entry -> others.add(name() + "-" + entry.getKey()));
        if (others.isEmpty()) {
            return;
        }
        section("SEE ALSO");
        for (int i = 0; i < others.size(); i++) {
            macro("BR", others.get(i), i == others.size() - 1 ? "(1)" : "(1),");
        }
    }

    private void section(String title) {
        macro("SH", title);
    }

    private void item(String title, String what) {
        macro("TP");
        macro("B", title);
        line("", what);
    }

    /// Lines that begin with blanks are shown as they stand: commands to type.
    private void paragraphs(List<String> lines) {
        boolean literal = false;
        boolean first = text.toString().endsWith(".SH \"DESCRIPTION\"\n");
        for (String line : lines) {
            if (line.isBlank()) {
                continue;
            }
            boolean isLiteral = line.startsWith("  ");
            if (isLiteral != literal) {
                macro(isLiteral ? "nf" : "fi");
                literal = isLiteral;
            }
            if (!isLiteral && !first) {
                macro("PP");
            }
            first = false;
            line(isLiteral ? "    " : "", line.strip());
        }
        if (literal) {
            macro("fi");
        }
    }

    private void macro(String name, String... arguments) {
        text.append('.').append(name);
        for (String argument : arguments) {
            text.append(" \"").append(escaped(argument).replace("\"", "\\(dq")).append('"');
        }
        text.append('\n');
    }

    /// @param before is roff already
    private void line(String before, String content) {
        text.append(before).append(escaped(content.strip())).append('\n');
    }

    /// roff(7): a backslash begins an escape; a dot or an apostrophe at a line's begin is a request; a
    /// hyphen that is a minus is written so, for people who copy. ASCII alone is read alike everywhere.
    static String escaped(String content) {
        StringBuilder escaped = new StringBuilder();
        if (content.startsWith(".") || content.startsWith("'")) {
            escaped.append("\\&");
        }
        content.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> escaped.append("\\e");
                case '-' -> escaped.append("\\-");
                case '\'' -> escaped.append("\\(aq");
                case '`' -> escaped.append("\\(ga");
                case '~' -> escaped.append("\\(ti");
                case '\u200b' -> escaped.append("\\&");
                case '^' -> escaped.append("\\(ha");
                default -> {
                    if (c < 0x80) {
                        escaped.append((char) c);
                    } else {
                        escaped.append(String.format(Locale.ROOT, "\\[u%04X]", c));
                    }
                }
            }
        });
        return escaped.toString();
    }
}
