package vmlan.qemu.translation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import vmlan.qemu.language.OptsSyntax;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.QemuLine.Argument;
import vmlan.qemu.language.Settings;

/// What a command line says beside its networks, as far as vmlan goes by it. Each answer is a guess at what people
/// mean, and never changes what QEMU is given.
public record LineFacts(QemuLine line) {
    /// Options whose value may be a question: `-device help`, `-nic model=help`.
    private static final Set<String> ASKABLE = Set.of(
            "M",
            "machine",
            "cpu",
            "accel",
            "device",
            "netdev",
            "nic",
            "net",
            "object",
            "chardev",
            "display",
            "vga",
            "d",
            "trace",
            "audio",
            "audiodev",
            "tpmdev",
            "usbdevice",
            "smp",
            "dump-vmstate",
            "plugin",
            "watchdog-action");

    /// For the key that stands before a first value.
    private static final String FIRST = "";

    /// Keys of what an option makes.
    private static final Set<String> MADE = Set.of(FIRST, "type", "model", "driver", "accel", "backend", "qom-type");

    /// JSON has its quotes around them.
    private static final Pattern DESCRIPTORS = Pattern.compile(
            "(?:\\b(?:fds?|vhostfds?|sockfd|addr\\.str)|\"str)\"?[=:] ?\"?[0-9]+(?::[0-9]+)*|/(?:dev|proc/self)/fd/[0-9]+");

    private static final Set<String> NICS = Set.of("nic", "net", "device");

    private static final Pattern MAC =
            Pattern.compile("\\bmac(?:addr)?\"?[=:] ?\"?((?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2})");

    private static final Set<String> DISKS = Set.of("hda", "drive", "blockdev", "cdrom");

    /// Whether QEMU answers a question and ends: there is no VM then.
    public boolean asksOnly() {
        return line.arguments().stream().anyMatch(LineFacts::isQuestion);
    }

    private static boolean isQuestion(Argument argument) {
        if (argument.name() == null) {
            return false;
        }
        return switch (argument.name()) {
            case "version", "help", "h", "?", "audio-help" -> true;
            case "L" -> argument.value() != null && OptsSyntax.isHelp(argument.value());
            default -> ASKABLE.contains(argument.name()) && argument.value() != null && asks(argument.value());
        };
    }

    /// `help` for a first value or where a flag would be, or as what is to be made; a thing may well be named so.
    private static boolean asks(String value) {
        Settings settings = OptsSyntax.parse(value, FIRST);
        return settings.help()
                || settings.entries().stream()
                        .anyMatch(entry -> MADE.contains(entry.key()) && OptsSyntax.isHelp(entry.value()));
    }

    public boolean has(String option) {
        return line.arguments().stream().anyMatch(argument -> argument.is(option));
    }

    /// The last value of an option.
    public Optional<String> value(String option) {
        return line.arguments().reversed().stream()
                .filter(argument -> argument.is(option) && argument.value() != null)
                .map(Argument::value)
                .findFirst();
    }

    /// `-name guest=web,…` or `-name web`.
    public Optional<String> name() {
        return value("name")
                .flatMap(text -> OptionText.parts(text).stream()
                        .filter(part -> !part.contains("=") || part.startsWith("guest="))
                        .map(part -> part.replaceFirst("^guest=", "").replace(",,", ","))
                        .findFirst());
    }

    /// The file of the disk that it boots from, as far as that can be seen: one without an option, or the first of the
    /// options for disks.
    public Optional<Path> disk() {
        for (Argument argument : line.arguments()) {
            Optional<String> file = argument.name() == null
                    ? Optional.of(argument.value())
                    : DISKS.contains(argument.name()) && argument.value() != null ? file(argument) : Optional.empty();
            // nbd://…, fat:…, json:…: no file
            if (file.isPresent() && !file.get().isEmpty() && !file.get().matches("(?s)[a-z][a-z0-9+.-]*:.*|.*\0.*")) {
                return file.map(Path::of);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> file(Argument argument) {
        if (argument.is("hda") || argument.is("cdrom")) {
            return Optional.of(argument.value());
        }
        return OptionText.parts(argument.value()).stream()
                .filter(part ->
                        // of -blockdev it names another node
                        (part.startsWith("file=") && !argument.is("blockdev"))
                                || part.startsWith("filename=")
                                || part.startsWith("file.filename="))
                .map(part -> part.substring(part.indexOf('=') + 1).replace(",,", ","))
                .findFirst();
    }

    /// Whether the guest writes nothing to that disk for good.
    public boolean isReadOnly() {
        return has("snapshot")
                || line.arguments().stream()
                        .filter(argument -> argument.is("drive") || argument.is("blockdev"))
                        .flatMap(argument -> OptionText.parts(argument.value()).stream())
                        .anyMatch(part -> part.matches("(readonly|read-only|snapshot)(=on)?|media=cdrom"));
    }

    /// MAC addresses that the line gives to NICs, in small letters.
    public List<String> macs() {
        return line.arguments().stream()
                .filter(argument ->
                        argument.value() != null && argument.name() != null && NICS.contains(argument.name()))
                .flatMap(argument -> MAC.matcher(argument.value()).results())
                .map(match -> match.group(1).toLowerCase(Locale.ROOT))
                .toList();
    }

    /// What keeps the line from being run again without the shell that it was typed in; empty where nothing does.
    public List<String> tiedTo() {
        List<String> reasons = new ArrayList<>();
        if (has("incoming")) {
            reasons.add("-incoming waits for a guest that comes from elsewhere");
        }
        if (has("curses")
                || value("display").filter(text -> text.startsWith("curses")).isPresent()) {
            reasons.add("its display is a terminal (curses)");
        }
        if (!descriptors().isEmpty()) {
            reasons.add("it takes files that its shell had opened (fd=)");
        }
        return reasons;
    }

    /// Open files of its shell that the line names: `fd=3`, `fds=3:4`, `addr.type=fd,addr.str=3`, `/dev/fd/3`.
    public List<Integer> descriptors() {
        return line.arguments().stream()
                .filter(argument -> argument.value() != null && !argument.is("append"))
                .flatMap(argument -> DESCRIPTORS.matcher(argument.value()).results())
                .flatMap(match ->
                        Pattern.compile("[0-9]+").matcher(match.group()).results())
                .filter(match -> match.group().length() < 5)
                .map(match -> Integer.valueOf(match.group()))
                .distinct()
                .toList();
    }
}
