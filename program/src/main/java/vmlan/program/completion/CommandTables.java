package vmlan.program.completion;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The commands as four functions of sh: which commands, options and arguments there are, and what an option's value
/// is. A command is its words, each with a blank before it; `vmlan` itself is empty.
final class CommandTables {
    private static final int LONGEST_DESCRIPTION = 80;

    private final Map<String, List<String>> commands = new LinkedHashMap<>();
    private final Map<String, List<String>> options = new LinkedHashMap<>();
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, String> places = new LinkedHashMap<>();

    private CommandTables() {}

    static String of(CommandSpec root) {
        CommandTables tables = new CommandTables();
        tables.add(root, List.of());
        StringBuilder text = new StringBuilder();
        lines(text, "commands_of", tables.commands);
        lines(text, "options_of", tables.options);
        words(text, "value_of", "\"$1 $2\"", tables.values);
        words(text, "argument_of", "\"$1 $2\"", tables.places);
        return text.toString();
    }

    private void add(CommandSpec spec, List<String> path) {
        String key = key(path);
        for (OptionSpec option : spec.options()) {
            if (option.hidden()) {
                continue;
            }
            for (String name : option.names()) {
                options.computeIfAbsent(key, command -> new ArrayList<>())
                        .add(name + "\t" + sentence(option.description()));
                if (option.arity().max() > 0) {
                    values.put(pattern(key + " " + name), kind(path, option));
                }
            }
        }
        for (PositionalParamSpec argument : spec.positionalParameters()) {
            if (argument.hidden()) {
                continue;
            }
            // `case` takes the first that fits, so one without candidates has to be there, too.
            String kind = kind(path, argument);
            String before = pattern(key + " ");
            if (argument.index().isVariable()) {
                places.put(before + "*", kind);
            } else {
                for (int place = argument.index().min();
                        place <= argument.index().max();
                        place++) {
                    places.put(pattern(key + " " + place), kind);
                }
            }
        }
        for (Map.Entry<String, CommandLine> entry : spec.subcommands().entrySet()) {
            CommandSpec command = entry.getValue().getCommandSpec();
            if (!command.usageMessage().hidden()) {
                commands.computeIfAbsent(key, above -> new ArrayList<>())
                        .add(entry.getKey() + "\t"
                                + sentence(command.usageMessage().description()));
                List<String> below = new ArrayList<>(path);
                below.add(entry.getKey());
                add(command, below);
            }
        }
    }

    private static String kind(List<String> path, CommandLine.Model.ArgSpec argument) {
        return path.isEmpty() ? ArgumentKind.NONE : ArgumentKind.of(path, argument);
    }

    private static String key(List<String> path) {
        StringBuilder key = new StringBuilder();
        path.forEach(word -> key.append(' ').append(word));
        return key.toString();
    }

    private static String pattern(String text) {
        return "\"" + text + "\"";
    }

    /// The first sentence, as far as it fits beside a candidate.
    private static String sentence(String[] description) {
        String text = description.length == 0
                ? ""
                : description[0].replace("${DEFAULT-VALUE}", "").strip();
        int end = text.indexOf(". ");
        String first = end < 0 ? text : text.substring(0, end);
        String one = first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
        String plain =
                one.replaceAll("\\s*\\((default: ?|default: [^)]*)\\)$", "").replaceAll("\\s+", " ");
        return plain.length() <= LONGEST_DESCRIPTION
                ? plain
                : plain.substring(0, plain.lastIndexOf(' ', LONGEST_DESCRIPTION)) + " …";
    }

    private static void lines(StringBuilder text, String function, Map<String, List<String>> table) {
        text.append(function).append("() {\n    case $1 in\n");
        table.forEach((command, lines) -> {
            text.append("    ").append(pattern(command)).append(") printf \"%s\\n\"");
            for (String line : lines) {
                text.append(" \\\n        ").append(quoted(line));
            }
            text.append(" ;;\n");
        });
        text.append("    esac\n}\n\n");
    }

    private static void words(StringBuilder text, String function, String subject, Map<String, String> table) {
        text.append(function).append("() {\n    case ").append(subject).append(" in\n");
        table.forEach((pattern, word) -> text.append("    ")
                .append(pattern)
                .append(") echo ")
                .append(quoted(word))
                .append(" ;;\n"));
        text.append("    *) return 1 ;;\n    esac\n}\n\n");
    }

    /// In double quotes, because single ones are around the whole script.
    private static String quoted(String text) {
        return "\"" + text.replaceAll("[\\\\\"$`]", "\\\\$0") + "\"";
    }
}
