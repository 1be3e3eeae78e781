package vmlan.program.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Settings;

/// A command line with one option changed; all others stay as they were typed.
final class OptionEdit {
    private static final Set<String> OF_NICS = Set.of("id", "model", "mac", "macaddr");

    private OptionEdit() {}

    /// With another value of a key, where it stood, or with it at the end.
    static QemuLine with(QemuLine line, NetworkOption option, String key, String value) {
        return with(line, option, Map.of(key, value));
    }

    /// The same with several keys.
    static QemuLine with(QemuLine line, NetworkOption option, Map<String, String> values) {
        return change(line, option, entries -> {
            List<Settings.Entry> changed = new ArrayList<>();
            for (Settings.Entry entry : entries) {
                String value = values.getOrDefault(entry.key(), entry.value());
                changed.add(
                        value.equals(entry.value()) ? entry : new Settings.Entry(entry.key(), value, entry.implied()));
            }
            values.forEach((key, value) -> {
                if (!option.settings().has(key)) {
                    changed.add(new Settings.Entry(key, value, false));
                }
            });
            return changed;
        });
    }

    /// Another backend in the same place; of its settings only those of the guest's NIC stay.
    static QemuLine withType(QemuLine line, NetworkOption option, String type, Map<String, String> values) {
        return change(line, option, entries -> {
            List<Settings.Entry> changed = new ArrayList<>();
            for (Settings.Entry entry : entries) {
                if (entry.key().equals("type")) {
                    changed.add(new Settings.Entry("type", type, entry.implied()));
                } else if (OF_NICS.contains(entry.key())) {
                    changed.add(entry);
                }
            }
            values.forEach((key, value) -> changed.add(new Settings.Entry(key, value, false)));
            return changed;
        });
    }

    static QemuLine without(QemuLine line, NetworkOption option, String key) {
        return change(
                line,
                option,
                entries -> entries.stream()
                        .filter(entry -> !entry.key().equals(key))
                        .toList());
    }

    static QemuLine renamed(QemuLine line, NetworkOption option, String key, String name) {
        return change(
                line,
                option,
                entries -> entries.stream()
                        .map(entry -> entry.key().equals(key)
                                ? new Settings.Entry(name, entry.value(), entry.implied(), entry.shape())
                                : entry)
                        .toList());
    }

    private static QemuLine change(QemuLine line, NetworkOption option, UnaryOperator<List<Settings.Entry>> change) {
        Settings old = option.settings();
        Settings settings = new Settings(old.syntax(), change.apply(old.entries()), old.help());
        return replaced(line, option.at(), List.of(argument(option.at().words().getFirst(), settings.print())));
    }

    /// @param option with its hyphens
    static QemuLine.Argument argument(String option, String value) {
        return new QemuLine.Argument(option.replaceFirst("^--?", ""), value, List.of(option, value));
    }

    /// With other arguments in the place of one; of two that are the same the later one is meant.
    static QemuLine replaced(QemuLine line, QemuLine.Argument old, List<QemuLine.Argument> others) {
        List<QemuLine.Argument> arguments = new ArrayList<>(line.arguments());
        int place = arguments.lastIndexOf(old);
        if (place >= 0) {
            arguments.remove(place);
            arguments.addAll(place, others);
        }
        return new QemuLine(arguments);
    }

    static QemuLine behind(QemuLine line, QemuLine.Argument place, QemuLine.Argument added) {
        return replaced(line, place, List.of(place, added));
    }
}
