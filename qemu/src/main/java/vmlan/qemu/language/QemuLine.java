package vmlan.qemu.language;

import java.util.ArrayList;
import java.util.List;

/// The arguments of one QEMU, each with the words that it was made of: what nobody changes is given to QEMU as it was
/// typed, byte for byte and in order.
public record QemuLine(List<Argument> arguments) {
    public QemuLine {
        arguments = List.copyOf(arguments);
    }

    /// One argument.
    ///
    /// @param name the option without its hyphens, `nic` of `-nic` and `--nic`; null for the file of a disk
    /// @param value null where the option takes none, or none is there
    /// @param words as they were typed: one or two. Of an option that is in a file of `-readconfig`, and so not one
    ///     of the line's arguments, the place: `vm.cfg:3`
    public record Argument(String name, String value, List<String> words) {
        public Argument {
            words = List.copyOf(words);
        }

        public boolean isInFile() {
            return name != null && !words.isEmpty() && !words.getFirst().startsWith("-");
        }

        public boolean is(String option) {
            return option.equals(name);
        }
    }

    /// @param words what stands behind the program's name
    public static QemuLine parse(List<String> words) {
        List<Argument> arguments = new ArrayList<>();
        int at = 0;
        while (at < words.size()) {
            String word = words.get(at++);
            if (!word.startsWith("-")) {
                arguments.add(new Argument(null, word, List.of(word)));
                continue;
            }
            String name = word.substring(word.startsWith("--") ? 2 : 1);
            if (OptionTable.takesValue(name) && at < words.size()) {
                String value = words.get(at++);
                arguments.add(new Argument(name, value, List.of(word, value)));
            } else {
                arguments.add(new Argument(name, null, List.of(word)));
            }
        }
        return new QemuLine(arguments);
    }

    /// As it was typed.
    public List<String> words() {
        return arguments.stream().flatMap(argument -> argument.words().stream()).toList();
    }
}
