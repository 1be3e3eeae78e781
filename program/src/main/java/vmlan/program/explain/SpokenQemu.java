package vmlan.program.explain;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import vmlan.program.message.Failure;
import vmlan.qemu.Dialects;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuException;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.QemuVersion;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.language.reading.FileSections;
import vmlan.qemu.tool.Programs;
import vmlan.qemu.translation.PastedLine;

/// The QEMU whose words are said: the one of the command line, else the one that VMs are started with, else what is
/// known of a version.
///
/// @param path null where no program was asked
public record SpokenQemu(HostSystem system, Dialect dialect, String path) {
    private static final String NAME = "qemu-system-";

    /// @param as a version to speak of in place of what is installed; null for that
    /// @param on a system to speak of in place of this one; null for that
    /// @param environment of which VMLAN_QEMU and PATH are used
    public static SpokenQemu choose(
            PastedLine command, String as, String on, Map<String, String> environment, Path cacheFolder)
            throws Failure {
        QemuLine line = QemuLine.parse(command.arguments());
        HostSystem system = on == null ? HostSystem.current() : HostSystem.ofKey(on);
        String architecture = command.architecture() == null ? Qemu.hostArchitecture() : command.architecture();
        if (as == null && system == HostSystem.current()) {
            Optional<Qemu> installed = installed(command, architecture, environment, cacheFolder);
            if (installed.isPresent()) {
                return new SpokenQemu(
                        system,
                        Dialects.ofLine(installed.get(), line, machineType(line), cacheFolder),
                        installed.get().binary().toString());
            }
        }
        QemuVersion version = as == null ? KnownDialect.NEWEST : version(as);
        return new SpokenQemu(
                system,
                KnownDialect.of(version, name(command, architecture), architecture, system, machineType(line)),
                null);
    }

    /// Where that QEMU runs, as the user who types the line finds it, and as root does.
    public Machine machine(PastedLine command) {
        if (system != HostSystem.current()) {
            OtherMachine other = OtherMachine.of(system, QemuLine.parse(command.arguments()));
            return new Machine(other, other);
        }
        ThisMachine asRoot = new ThisMachine(true);
        return new Machine(command.sudo() ? asRoot : new ThisMachine(), asRoot);
    }

    /// @param typed as the line is typed
    /// @param asRoot as it is with sudo
    public record Machine(Surroundings typed, Surroundings asRoot) {}

    private static Optional<Qemu> installed(
            PastedLine command, String architecture, Map<String, String> environment, Path cacheFolder) {
        Map<String, String> used = new HashMap<>(environment);
        String typed = command.program();
        if (typed != null
                && typed.contains("/")
                && Programs.isProgram(Path.of(typed).toAbsolutePath())) {
            used.put("VMLAN_QEMU", typed);
        }
        try {
            return Optional.of(Qemu.find(architecture, used, cacheFolder));
        } catch (QemuException e) {
            return Optional.empty();
        }
    }

    /// As it begins its messages with: the file's name (QEMU util/error-report.c, by g_get_prgname). Debian's
    /// `kvm` is a script that becomes the host's own.
    private static String name(PastedLine command, String architecture) {
        String typed = command.program();
        String name = typed == null ? "" : typed.substring(typed.lastIndexOf('/') + 1);
        return name.isEmpty() || name.equals("kvm") ? NAME + architecture : name;
    }

    /// Null where none is named.
    private static String machineType(QemuLine line) {
        return FileSections.of(line, new ThisMachine()).machine().orElse(null);
    }

    private static QemuVersion version(String text) throws Failure {
        String numbers = text.matches("\\d{1,4}") ? text + ".0" : text;
        return Optional.of(numbers)
                .filter(given -> given.matches("\\d{1,4}(\\.\\d{1,4}){1,2}"))
                .flatMap(given -> QemuVersion.parse("version " + given))
                .orElseThrow(
                        () -> Failure.usage("--as " + text + " is no version of QEMU", "take one such as 7.2 or 10.0"));
    }
}
