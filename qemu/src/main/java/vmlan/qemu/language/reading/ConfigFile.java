package vmlan.qemu.language.reading;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.qemu.language.HashOrder;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Settings;

/// A file of `-readconfig`, read as loosely as QEMU reads it (QEMU util/qemu-config.c, which has scanf): a line that
/// is no header, and neither empty nor a comment, is a setting, and has a value if the whole line has that form.
///
/// @param error null: none
/// @param end where reading ended
record ConfigFile(List<Section> sections, String error, QemuLine.Argument end) {
    private static final Pattern WITH_ID = Pattern.compile("\\[\\s*(\\S{1,63})\\s*\"([^\"]{1,63}).*", Pattern.DOTALL);
    private static final Pattern PLAIN = Pattern.compile("\\[([^]]{1,63}).*", Pattern.DOTALL);
    private static final Pattern SETTING =
            Pattern.compile("\\s*(\\S{1,63})(\\s*=\\s*\"([^\"]{1,1023}))?.*", Pattern.DOTALL);

    /// @param last the file's last line that was a setting when the section was complete, as `file:3`; empty: none was
    record Section(String group, Map<String, String> values, String last) {
        /// In the order in which QEMU takes them over.
        Settings settings() {
            List<Settings.Entry> entries = HashOrder.ofDict(values).stream()
                    .map(entry -> new Settings.Entry(entry.getKey(), entry.getValue(), false))
                    .toList();
            return new Settings(Settings.Syntax.OPTS, entries, false);
        }

        QemuLine.Argument where(String name) {
            return new QemuLine.Argument(name, null, List.of(last));
        }
    }

    static ConfigFile parse(String file, String text) {
        List<Section> sections = new ArrayList<>();
        Section open = null;
        String last = file;
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Section header = line.startsWith("[") ? header(line) : null;
            if (header != null) {
                close(open, last, sections);
                open = header;
                continue;
            }
            last = file + ":" + number;
            Matcher setting = SETTING.matcher(line);
            boolean isSetting = setting.matches();
            if (open == null || !isSetting) {
                String error = isSetting ? "no group defined" : "parse error";
                return new ConfigFile(sections, error, new QemuLine.Argument("readconfig", null, List.of(last)));
            }
            open.values().put(setting.group(1), setting.group(3) == null ? "" : setting.group(3));
        }
        close(open, last, sections);
        return new ConfigFile(sections, null, null);
    }

    private static Section header(String line) {
        Matcher match = WITH_ID.matcher(line);
        if (match.matches()) {
            Map<String, String> values = new LinkedHashMap<>();
            values.put("id", match.group(2));
            return new Section(match.group(1), values, "");
        }
        match = PLAIN.matcher(line);
        return match.matches() ? new Section(match.group(1), new LinkedHashMap<>(), "") : null;
    }

    private static void close(Section open, String last, List<Section> sections) {
        if (open != null) {
            sections.add(new Section(open.group(), open.values(), last));
        }
    }
}
