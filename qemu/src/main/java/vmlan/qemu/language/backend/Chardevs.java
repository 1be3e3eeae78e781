package vmlan.qemu.language.backend;

import java.util.List;
import java.util.Optional;
import vmlan.qemu.language.OptsSyntax;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Settings;

/// The `-chardev` options of a command line: what `vhost-user` and others take by name.
final class Chardevs {
    /// One of them.
    ///
    /// @param backend `socket`, `file` …
    record Chardev(String id, String backend, Settings settings) {
        boolean isOn(String key) {
            return settings.isOn(key);
        }
    }

    private Chardevs() {}

    static List<Chardev> of(QemuLine line) {
        return line.arguments().stream()
                .filter(argument -> argument.is("chardev") && argument.value() != null)
                .map(argument -> OptsSyntax.parse(argument.value(), "backend"))
                .filter(settings -> settings.has("id"))
                .map(settings -> new Chardev(
                        settings.value("id").orElseThrow(),
                        settings.value("backend").orElse(""),
                        settings))
                .toList();
    }

    static Optional<Chardev> find(QemuLine line, String id) {
        return of(line).stream().filter(chardev -> chardev.id().equals(id)).findFirst();
    }
}
