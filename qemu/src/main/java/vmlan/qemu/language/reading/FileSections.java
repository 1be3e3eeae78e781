package vmlan.qemu.language.reading;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.qemu.language.OptsSyntax;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.QemuLine.Argument;
import vmlan.qemu.language.Settings;
import vmlan.qemu.language.Surroundings;

/// What the files of `-readconfig` say, section by section, where a line's other options have to be read together with
/// them: its machine, its accelerator.
public final class FileSections {
    private final QemuLine line;
    /// By the file's name as typed.
    private final Map<String, List<ConfigFile.Section>> sections = new HashMap<>();

    private FileSections(QemuLine line) {
        this.line = line;
    }

    public static FileSections of(QemuLine line, Surroundings surroundings) {
        FileSections files = new FileSections(line);
        for (Argument argument : line.arguments()) {
            if (argument.is("readconfig") && argument.value() != null) {
                String file = argument.value();
                surroundings
                        .text(Path.of(file))
                        .ifPresent(text -> files.sections.put(
                                file, ConfigFile.parse(file, text).sections()));
            }
        }
        return files;
    }

    /// What sections of that group say, in a file that an argument names; none where it names none.
    public List<Settings> in(Argument argument, String group) {
        if (!argument.is("readconfig") || argument.value() == null) {
            return List.of();
        }
        return sections.getOrDefault(argument.value(), List.of()).stream()
                .filter(section -> section.group().equals(group))
                .map(ConfigFile.Section::settings)
                .toList();
    }

    /// The machine's type; of several the last one counts. Empty: the program's default one.
    public Optional<String> machine() {
        List<String> types = new ArrayList<>();
        for (Argument argument : line.arguments()) {
            if ((argument.is("M") || argument.is("machine")) && argument.value() != null) {
                OptsSyntax.parse(argument.value(), "type").value("type").ifPresent(types::add);
            }
            in(argument, "machine").forEach(settings -> settings.value("type").ifPresent(types::add));
        }
        return types.isEmpty() ? Optional.empty() : Optional.of(types.getLast());
    }
}
