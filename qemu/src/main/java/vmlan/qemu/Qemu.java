package vmlan.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vmlan.qemu.language.QemuVersion;
import vmlan.qemu.tool.Install;
import vmlan.qemu.tool.Programs;
import vmlan.qemu.tool.Tool;

/// An installed QEMU and what it said that it can do.
///
/// @param architecture of its guests, in QEMU's words: x86_64, aarch64
/// @param netdevTypes what `-netdev help` lists
public record Qemu(Path binary, QemuVersion version, String architecture, Set<String> netdevTypes) {
    /// `-netdev stream` came with 7.2 (QEMU qapi/net.json), and nothing older lets an unprivileged process be the
    /// network and be restarted.
    private static final QemuVersion OLDEST = new QemuVersion(7, 2, 0);
    /// QEMU answers in 60 ms on a quiet machine; a cold disk or a busy machine takes seconds.
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

    private static final List<Path> MORE_FOLDERS =
            List.of(Path.of("/opt/homebrew/bin"), Path.of("/usr/local/bin"), Path.of("/usr/bin"));
    /// Where Red Hat and its family put theirs, for guests like the host only.
    private static final Path QEMU_KVM = Path.of("/usr/libexec/qemu-kvm");

    public Qemu {
        netdevTypes = Set.copyOf(netdevTypes);
    }

    /// The architecture of this host, in QEMU's words.
    public static String hostArchitecture() {
        String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "amd64" -> "x86_64";
            case "arm64" -> "aarch64";
            default -> name;
        };
    }

    /// The QEMU to use: $VMLAN_QEMU (a binary, or a folder that has one), else the one on PATH, else in the usual
    /// folders. It is asked once and its answers are kept in `cacheFolder`, as long as the binary stays the same.
    ///
    /// @param environment of which VMLAN_QEMU and PATH are used
    public static Qemu find(String architecture, Map<String, String> environment, Path cacheFolder)
            throws QemuException {
        try {
            return find(architecture, binary(architecture, environment), new QemuAnswers(cacheFolder));
        } catch (QemuException e) {
            if (environment.getOrDefault("VMLAN_QEMU", "").isEmpty()) {
                throw e;
            }
            // Whatever is wrong with it, it was asked for.
            throw new QemuException(QemuException.Kind.CONFIGURATION, e.what(), e.remedy(), e);
        }
    }

    /// The QEMU of that file.
    ///
    /// @param architecture of its guests
    public static Qemu at(Path file, String architecture, Path cacheFolder) throws QemuException {
        if (!Programs.isProgram(file)) {
            throw QemuException.configuration(file + " is not a program", "name a QEMU, such as qemu-system-x86_64");
        }
        return find(architecture, file.toAbsolutePath(), new QemuAnswers(cacheFolder));
    }

    private static Qemu find(String architecture, Path binary, QemuAnswers cache) throws QemuException {
        Optional<Qemu> known = cache.recall(binary, architecture);
        Qemu qemu = known.isPresent() ? known.get() : ask(binary, architecture);
        if (qemu.version.compareTo(OLDEST) < 0) {
            throw new QemuException(
                    "QEMU " + qemu.version.major() + "." + qemu.version.minor()
                            + " is too old: vmlan needs 7.2 or newer",
                    "update " + binary + ", or set VMLAN_QEMU to the path of a newer qemu-system-" + architecture);
        }
        if (!qemu.netdevTypes.contains("stream")) {
            throw new QemuException(
                    binary + " was built without -netdev stream",
                    "set VMLAN_QEMU to the path of another qemu-system-" + architecture
                            + otherwise(
                                    " or install one: ",
                                    Install.qemu(architecture).line()));
        }
        if (known.isEmpty()) {
            cache.remember(qemu);
        }
        return qemu;
    }

    /// How this QEMU is attached to a network's stream socket.
    public StreamAttachment attachment() {
        return StreamAttachment.of(version);
    }

    private static Path binary(String architecture, Map<String, String> environment) throws QemuException {
        String name = "qemu-system-" + architecture;
        String named = environment.getOrDefault("VMLAN_QEMU", "");
        if (!named.isEmpty()) {
            return named(name, Path.of(named).toAbsolutePath());
        }
        Optional<Path> found = Programs.find(name, environment, MORE_FOLDERS);
        if (found.isPresent()) {
            return found.get();
        }
        if (architecture.equals(hostArchitecture()) && Programs.isProgram(QEMU_KVM)) {
            return QEMU_KVM;
        }
        String line = Install.qemu(architecture).line();
        throw new QemuException(
                name + " is not installed",
                line.isEmpty() ? "install QEMU 7.2 or newer, or set VMLAN_QEMU to its path" : "install it: " + line);
    }

    private static Path named(String name, Path path) throws QemuException {
        Path binary = Files.isDirectory(path) ? path.resolve(name) : path;
        String file = binary.getFileName().toString();
        if (!Programs.isProgram(binary)) {
            throw QemuException.configuration(
                    "VMLAN_QEMU leads to " + binary + ", which is not a program",
                    "set it to a " + name + " or to the folder that has one, or unset it");
        }
        if (file.startsWith("qemu-system-") && !file.equals(name)) {
            throw QemuException.configuration(
                    "VMLAN_QEMU names " + file + ", and this VM needs " + name,
                    "set VMLAN_QEMU to the folder that has both, or unset it");
        }
        return binary;
    }

    private static Qemu ask(Path binary, String architecture) throws QemuException {
        String answer = answer(binary, "--version");
        QemuVersion version = QemuVersion.parse(answer)
                .orElseThrow(() -> new QemuException(
                        binary + " --version does not name a version: " + firstLine(answer),
                        "set VMLAN_QEMU to the path of a qemu-system-" + architecture));
        // An old one need not be asked more; `find` says that it is too old.
        // Arm's has no machine that it would take by itself, and 7.2's wants one before it answers.
        Set<String> netdevTypes = version.compareTo(OLDEST) < 0
                ? Set.of()
                : netdevTypes(answer(binary, "-machine", "none", "-netdev", "help"));
        return new Qemu(binary, version, architecture, netdevTypes);
    }

    /// A headline that ends in a colon, then a type a line (QEMU net/net.c, show_netdevs).
    static Set<String> netdevTypes(String help) {
        return help.lines()
                .map(String::strip)
                .filter(line -> line.matches("[a-z0-9][a-z0-9-]{0,40}"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String answer(Path binary, String... question) throws QemuException {
        String asked = binary + " " + String.join(" ", question);
        Tool run;
        try {
            run = Tool.run(
                    ANSWER_LIMIT,
                    Stream.concat(Stream.of(binary.toString()), Arrays.stream(question))
                            .toList());
        } catch (IOException e) {
            throw new QemuException(
                    asked + " cannot be run: " + e.getMessage(),
                    "set VMLAN_QEMU to the path of a QEMU that works on this machine",
                    e);
        }
        if (run.timedOut()) {
            throw new QemuException(
                    asked + " did not answer within " + ANSWER_LIMIT.toSeconds() + " s",
                    "try it by hand; a reinstall of QEMU may help");
        }
        if (!run.succeeded()) {
            throw new QemuException(
                    asked + " failed: " + run.lastLine(), "try it by hand; a reinstall of QEMU may help");
        }
        return run.output();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("(nothing)");
    }

    private static String otherwise(String lead, String line) {
        return line.isEmpty() ? "" : lead + line;
    }
}
