package vmlan.qemu.language.reading;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.JsonSyntax;
import vmlan.qemu.language.KeyvalSyntax;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.OptionTable;
import vmlan.qemu.language.OptsSyntax;
import vmlan.qemu.language.Parsed;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Settings;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.language.Tree;

/// QEMU's first stage: argument by argument, every option is taken apart, and what it is about is not looked at yet
/// (QEMU system/vl.c, qemu_init, up to the machine). Only stream, dgram and JSON are checked to the end here.
final class ArgumentStage {
    private final Dialect dialect;
    private final Surroundings surroundings;
    private final Report report;
    /// Per kind of option the ids that are taken.
    private final Map<String, Set<String>> ids = Map.of(
            "netdev", new HashSet<>(), "nic", new HashSet<>(), "net", new HashSet<>(), "device", new HashSet<>());

    /// With devices of all kinds, in the order in which they were typed.
    private final List<NetworkOption> noted = new ArrayList<>();

    final GlobalProperties globals = new GlobalProperties();
    /// Those whose files cannot be looked at.
    final List<QemuLine.Argument> unread = new ArrayList<>();

    final List<TypedOption> modern = new ArrayList<>();
    final List<TypedOption> netdevs = new ArrayList<>();
    final List<TypedOption> nics = new ArrayList<>();
    final List<TypedOption> nets = new ArrayList<>();
    final List<TypedOption> devices = new ArrayList<>();
    final List<TypedOption> jsonDevices = new ArrayList<>();
    /// Of netdevs that were refused: nothing more is said of whoever names them.
    final Set<String> refused = new HashSet<>();
    /// Whether there is no default network any more, and so the peers are checked in the end.
    boolean hasNetwork;

    ArgumentStage(Dialect dialect, Surroundings surroundings, Report report) {
        this.dialect = dialect;
        this.surroundings = surroundings;
        this.report = report;
    }

    void read(QemuLine line) {
        line.arguments().forEach(this::lookUp);
        boolean help = false;
        for (QemuLine.Argument argument : line.arguments()) {
            if (argument.is("h") || argument.is("help") || argument.is("version")) {
                report.end();
            }
            if (argument.is("nodefaults")) {
                hasNetwork = true;
            }
            if (argument.name() != null && argument.value() != null) {
                read(argument);
                help |= asksForHelp(argument);
            }
        }
        if (help || devices.stream().anyMatch(ArgumentStage::asksForHelp)) {
            report.end();
        }
    }

    /// Before it does anything QEMU looks at the names of all options.
    private void lookUp(QemuLine.Argument argument) {
        if (argument.name() == null) {
            return;
        }
        if (OptionTable.isMissing(argument.name(), dialect)) {
            List<String> word = List.of(argument.words().getFirst());
            report.error("invalid option", new QemuLine.Argument(argument.name(), null, word));
        } else if (OptionTable.takesValue(argument.name()) && argument.value() == null) {
            report.error("requires an argument", argument);
        }
    }

    private static boolean asksForHelp(QemuLine.Argument argument) {
        return (argument.is("M") || argument.is("machine") || argument.is("cpu") || argument.is("accel"))
                && OptsSyntax.isHelp(argument.value());
    }

    private static boolean asksForHelp(TypedOption device) {
        String driver = device.value("driver");
        return driver != null && (OptsSyntax.isHelp(driver) || device.settings().help());
    }

    /// Devices that are no NICs are read like the others, and are none of ours.
    List<NetworkOption> options() {
        return noted.stream().filter(this::isOurs).toList();
    }

    boolean isOurs(NetworkOption option) {
        return option.kind() != NetworkOption.Kind.DEVICE || NicDevices.isNic(option, dialect);
    }

    private void read(QemuLine.Argument argument) {
        switch (argument.name()) {
            case "nic" -> {
                hasNetwork = true;
                keep(NetworkOption.Kind.NIC, argument, nics, "type");
            }
            case "net" -> {
                hasNetwork = true;
                keep(NetworkOption.Kind.NET, argument, nets, "type");
            }
            case "netdev" -> {
                hasNetwork = true;
                netdev(argument);
            }
            case "device" -> {
                if (JsonSyntax.isJson(argument.value())) {
                    nested(NetworkOption.Kind.DEVICE, argument, JsonSyntax.parse(argument.value()), "driver");
                } else {
                    keep(NetworkOption.Kind.DEVICE, argument, devices, "driver");
                }
            }
            case "readconfig" -> file(argument);
            case "set" -> set(argument);
            case "global" -> globals.add(argument.value());
            default -> {}
        }
    }

    /// Which syntax it is decides the type, read as keys and flags (QEMU net/net.c, netdev_is_modern).
    private void netdev(QemuLine.Argument argument) {
        if (JsonSyntax.isJson(argument.value())) {
            nested(NetworkOption.Kind.NETDEV, argument, JsonSyntax.parse(argument.value()), "type");
            return;
        }
        String type = OptsSyntax.parse(argument.value(), "type").value("type").orElse("");
        if (type.equals("stream") || type.equals("dgram")) {
            nested(NetworkOption.Kind.NETDEV, argument, KeyvalSyntax.parse(argument.value(), "type"), "type");
        } else {
            keep(NetworkOption.Kind.NETDEV, argument, netdevs, "type");
        }
    }

    private void nested(NetworkOption.Kind kind, QemuLine.Argument argument, Parsed parsed, String typeKey) {
        NetworkOption option =
                new NetworkOption(kind, parsed.settings().value(typeKey).orElse(""), parsed.settings(), argument);
        note(option);
        Optional<String> wrong = Optional.ofNullable(parsed.error());
        if (wrong.isEmpty() && kind == NetworkOption.Kind.NETDEV) {
            boolean json = parsed.settings().syntax() == Settings.Syntax.JSON;
            wrong = TreeVisit.visit((Tree.Dict) parsed.tree(), json, dialect);
        }
        String id = parsed.settings().value("id").orElse(null);
        if (wrong.isPresent()) {
            report.error(wrong.get(), argument);
            refused.add(id);
            return;
        }
        TypedOption typed = new TypedOption(option, id, (Tree.Dict) parsed.tree());
        (kind == NetworkOption.Kind.NETDEV ? modern : jsonDevices).add(typed);
    }

    private void keep(NetworkOption.Kind kind, QemuLine.Argument argument, List<TypedOption> kept, String typeKey) {
        Settings settings = OptsSyntax.parse(argument.value(), typeKey);
        NetworkOption option = new NetworkOption(kind, NetworkOption.type(kind, settings), settings, argument);
        note(option);
        String id = OptsSyntax.id(argument.value());
        if (claim(argument.name(), id, Ids.RULE, argument)) {
            kept.add(new TypedOption(option, id, null));
        }
        for (Settings.Entry entry : settings.entries()) {
            if (entry.shape() == Settings.Shape.FLAG
                    && !(entry.value().equals("on") && OptsSyntax.isHelp(entry.key()))) {
                boolean off = entry.value().equals("off");
                report.warning(
                        "short-form boolean option '" + (off ? "no" : "") + entry.key() + "' deprecated\nPlease use "
                                + (entry.key().equals("delay")
                                        ? "nodelay=" + (off ? "on" : "off")
                                        : entry.key() + "=" + entry.value())
                                + " instead",
                        argument);
            }
        }
    }

    private boolean claim(String list, String id, String rule, QemuLine.Argument at) {
        if (id == null) {
            return true;
        }
        if (!Ids.isGood(id)) {
            report.error(Ids.WRONG + rule, at);
        } else if (!ids.get(list).add(id)) {
            report.error("Duplicate ID '" + id + "' for " + list, at);
        } else {
            return true;
        }
        if (list.equals("netdev")) {
            refused.add(id);
        }
        return false;
    }

    private void note(NetworkOption option) {
        report.about(option);
        noted.add(option);
    }

    /// One that an earlier argument made gets another setting.
    private void set(QemuLine.Argument argument) {
        Optional<SetArgument> parsed = SetArgument.parse(argument.value());
        if (parsed.isEmpty()) {
            report.error("can't parse: \"" + argument.value() + "\"", argument);
            return;
        }
        SetArgument set = parsed.get();
        if (!set.isSupported()) {
            report.error("-set is not supported with " + set.group(), argument);
            return;
        }
        List<TypedOption> group = group(set.group());
        if (group == null) {
            return;
        }
        for (int i = 0; i < group.size(); i++) {
            TypedOption old = group.get(i);
            if (set.id().equals(old.id())) {
                NetworkOption more = old.option().with(set.key(), set.value(), argument);
                group.set(i, new TypedOption(more, old.id(), null));
                // of two that are the same the first one has the id
                noted.set(noted.indexOf(old.option()), more);
                report.about(more);
                return;
            }
        }
        if (!refused.contains(set.id())) {
            report.error("there is no " + set.group() + " \"" + set.id() + "\" defined", argument);
        }
    }

    /// The options of the group's name that were made of keys and flags; null: it is none of networks.
    private List<TypedOption> group(String name) {
        return switch (name) {
            case "nic" -> nics;
            case "net" -> nets;
            case "netdev" -> netdevs;
            case "device" -> devices;
            default -> null;
        };
    }

    private void file(QemuLine.Argument argument) {
        Path path = Path.of(argument.value());
        Optional<String> text = surroundings.text(path);
        if (text.isEmpty() && surroundings.isUnreadable(path)) {
            unread.add(argument);
            return;
        }
        if (text.isEmpty() && surroundings.isFolder(path)) {
            report.error("Cannot read config file: Is a directory", argument);
            return;
        }
        if (text.isEmpty()) {
            String why = surroundings.exists(path) ? "Permission denied" : "No such file or directory";
            report.error("Could not open '" + argument.value() + "': " + why, argument);
            return;
        }
        ConfigFile file = ConfigFile.parse(argument.value(), text.get());
        for (ConfigFile.Section section : file.sections()) {
            section(section, argument);
        }
        if (file.error() != null) {
            report.error(file.error(), whereToSay(file.end(), argument));
        }
    }

    private void section(ConfigFile.Section section, QemuLine.Argument argument) {
        NetworkOption.Kind kind = switch (section.group()) {
            case "nic" -> NetworkOption.Kind.NIC;
            case "net" -> NetworkOption.Kind.NET;
            case "netdev" -> NetworkOption.Kind.NETDEV;
            case "device" -> NetworkOption.Kind.DEVICE;
            default -> null;
        };
        if (kind == null) {
            return;
        }
        Settings settings = section.settings();
        QemuLine.Argument where = section.where(section.group());
        NetworkOption option = new NetworkOption(kind, NetworkOption.type(kind, settings), settings, where);
        note(option);
        String id = settings.value("id").orElse(null);
        // 7.2 forgets the second line of a message here.
        String rule = dialect.isAtLeast(10, 0) ? Ids.RULE : "";
        if (claim(section.group(), id, rule, whereToSay(where, argument))) {
            TypedOption typed = new TypedOption(option, id, null);
            group(section.group()).add(typed);
        }
    }

    /// Newer versions say it of the option that names the file. When that changed is not known to the version:
    /// 7.2.22 has the line, 10.0.13 the option.
    private QemuLine.Argument whereToSay(QemuLine.Argument line, QemuLine.Argument option) {
        return dialect.isAtLeast(10, 0) ? option : line;
    }
}
