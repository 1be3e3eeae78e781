package vmlan.program.autostart;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import vmlan.host.posix.Identity;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.ShellWords;
import vmlan.qemu.QemuException;
import vmlan.qemu.Sudo;

/// Networks that launchd starts with the machine, as root: `vmlan network autostart`. The file and launchctl take
/// rights, which setup/network-daemon.sh is given.
///
/// Not run on a Mac.
public final class NetworkDaemons {
    private static final String FOLDER = "Library/LaunchDaemons";

    /// What macOS keeps from programs that the user has not allowed it to, and nobody can be asked for a daemon
    /// ("Operation not permitted", also for root: restic issue 2051, herdr issue 390). `Mobile Documents` is
    /// iCloud's.
    private static final List<String> KEPT_BACK =
            List.of("Documents", "Desktop", "Downloads", "Library/Mobile Documents");

    private final Places places;
    private final Path root;
    private final Machine machine;
    private final boolean bySudo;

    /// What is asked of the process and its environment.
    ///
    /// @param launcher the `vmlan` that started it
    /// @param program what launchd will run with it: the build, and Java
    record Machine(boolean mac, int uid, int gid, Path launcher, List<Path> program, Map<String, String> environment) {}

    /// @param launcher of this process
    /// @param bySudo whether sudo may be asked for what takes rights
    public static NetworkDaemons ofThisUser(Places places, String launcher, boolean bySudo) throws Failure {
        boolean mac = System.getProperty("os.name").startsWith("Mac");
        Machine machine = new Machine(
                mac, Places.uid(), mac ? Identity.effectiveGroup() : 0, Path.of(launcher), program(), System.getenv());
        return new NetworkDaemons(places, Path.of("/"), machine, bySudo);
    }

    /// @param root `/`, and another folder in tests: nothing outside of it is written then
    NetworkDaemons(Places places, Path root, Machine machine, boolean bySudo) {
        this.places = places;
        this.root = root;
        this.machine = machine;
        this.bySudo = bySudo;
    }

    /// The build of this process, what says which build that is, and the Java that it names (setup/build.sh).
    private static List<Path> program() throws Failure {
        String jar = System.getProperty("java.class.path").split(":", 2)[0];
        Path build = Path.of(jar).toAbsolutePath().getParent().getParent();
        String java = System.getProperty("java.home");
        List<Path> program = new ArrayList<>(List.of(build, Path.of(java, "bin"), Path.of(java, "lib")));
        Path named = build.resolve("java");
        if (Files.isRegularFile(named)) {
            try {
                program.add(build.resolveSibling("current"));
                program.add(Path.of(Files.readString(named).strip(), "bin/java"));
            } catch (IOException e) {
                throw Failure.world("cannot look at " + named + ": " + Places.reason(e), "check its permissions", e);
            }
        }
        return program;
    }

    /// Networks of this user and home that have one.
    public NavigableSet<String> names() throws Failure {
        NavigableSet<String> names = new TreeSet<>();
        Path folder = root.resolve(FOLDER);
        if (!Files.isDirectory(folder)) {
            return names;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "vmlan-network-*.plist")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                daemon("")
                        .networkOf(name.substring(0, name.length() - ".plist".length()))
                        .ifPresent(names::add);
            }
        } catch (IOException e) {
            throw Failure.world("cannot look at " + folder + ": " + Places.reason(e), "check its permissions", e);
        }
        return names;
    }

    /// A network of this user's that has a daemon is not removed: launchd would start what is no more, again and again.
    public static void refuseRemoval(String network) throws Failure {
        refuseRemoval(Path.of("/"), new NetworkDaemon(network, Places.uid(), 0, System.getenv("VMLAN_HOME")));
    }

    static void refuseRemoval(Path root, NetworkDaemon daemon) throws Failure {
        if (Files.exists(file(root, daemon))) {
            throw Failure.usage(
                    "the network '" + daemon.network() + "' starts with the machine",
                    "take that back first: vmlan network autostart --off --sudo " + daemon.network());
        }
    }

    /// Sees whether it can be done at all; sudo may ask for a password, and remembers it for [#enable].
    public void check(String network) throws Failure {
        if (!machine.mac()) {
            throw Failure.usage(
                    "networks are started with the machine by launchd, which this host does not have",
                    "start it when it is needed: sudo vmlan network start " + network
                            + "; VMs start with your session by: vmlan autostart NAME");
        }
        if (machine.uid() == 0) {
            throw Failure.usage(
                    "a network's daemon works for a user, and this is root",
                    "type it as the user whose VMs are on it, with --sudo");
        }
        checkReadable(machine.launcher().getParent());
        String own = machine.environment().get("VMLAN_HOME");
        if (own != null) {
            checkReadable(Path.of(own));
        }
        checkOwners();
        if (!bySudo && root.equals(Path.of("/"))) {
            throw Failure.world(
                    "a daemon of launchd takes rights to install and to remove",
                    "add --sudo to the command; it types: sudo " + ShellWords.join(command("install", network)));
        }
        if (root.equals(Path.of("/"))) {
            try {
                Sudo.agree();
            } catch (QemuException e) {
                throw Failure.of(e);
            }
        }
    }

    /// Volumes besides the system's own have the same guard, and often no owners (mount(8), noowners).
    private void checkReadable(Path needed) throws Failure {
        List<Path> folders = new ArrayList<>(List.of(Path.of("/Volumes")));
        String home = machine.environment().get("HOME");
        if (home != null) {
            KEPT_BACK.forEach(below -> folders.add(Path.of(home, below)));
        }
        Optional<Path> kept = folders.stream().filter(needed::startsWith).findFirst();
        Path elsewhere = Path.of(home == null ? "/opt" : home, "vmlan");
        if (kept.isPresent()) {
            throw Failure.usage(
                    needed + " is in " + kept.get() + ", from where macOS lets no daemon read",
                    "have it elsewhere, such as in " + elsewhere);
        }
    }

    private void checkOwners() throws Failure {
        List<Path> files = new ArrayList<>(machine.program());
        files.add(machine.launcher());
        files.add(machine.launcher().resolveSibling("setup"));
        try {
            Optional<Path> others = new RunAsRoot(machine.uid(), RunAsRoot.MACS).changeable(files);
            if (others.isPresent()) {
                throw Failure.usage(
                        "somebody else than you can change " + others.get() + ", and launchd would run it as root",
                        "see who: ls -ld "
                                + ShellWords.join(List.of(others.get().toString()))
                                + "; then make it yours alone, by chown and chmod go-w");
            }
        } catch (IOException e) {
            throw Failure.world(
                    "cannot look at the files that launchd would run: " + Places.reason(e),
                    "check their permissions",
                    e);
        }
    }

    /// [#check] comes before.
    ///
    /// @return lines for the user
    public List<String> enable(String network) throws Failure {
        NetworkDaemon daemon = daemon(network);
        Map<String, String> environment = new LinkedHashMap<>();
        for (String variable : List.of("HOME", "TMPDIR", "VMLAN_HOME", "XDG_RUNTIME_DIR", "VMLAN_SOCKET_VMNET")) {
            String value = machine.environment().get(variable);
            if (value != null && !value.isEmpty()) {
                environment.put(variable, value);
            }
        }
        String text;
        try {
            text = daemon.text(machine.launcher(), places.stateIfAny("networks", network, "undo.json"), environment);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(
                    "the path of the checkout has a control character in it, which launchd cannot be told",
                    "rename that folder");
        }
        script("install", network, text);
        return List.of(
                network + " starts with the machine: " + file(daemon) + "; its errors: " + daemon.log(),
                "whoever can change " + machine.launcher().getParent()
                        + " as you, or the build of it, runs as root from now on, with each start of the machine");
    }

    public void disable(String network) throws Failure {
        if (Files.exists(file(daemon(network)))) {
            if (!bySudo && root.equals(Path.of("/"))) {
                throw Failure.world(
                        "a daemon of launchd takes rights to install and to remove",
                        "add --sudo to the command; it types: sudo " + ShellWords.join(command("remove", network)));
            }
            script("remove", network, "");
        }
    }

    /// Where it says why it does not serve.
    Path log(String network) {
        return daemon(network).log();
    }

    private NetworkDaemon daemon(String network) {
        return new NetworkDaemon(
                network, machine.uid(), machine.gid(), machine.environment().get("VMLAN_HOME"));
    }

    private Path file(NetworkDaemon daemon) {
        return file(root, daemon);
    }

    private static Path file(Path root, NetworkDaemon daemon) {
        return root.resolve(FOLDER).resolve(daemon.label() + ".plist");
    }

    private List<String> command(String what, String network) {
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh",
                machine.launcher().resolveSibling("setup/network-daemon.sh").toString(),
                what,
                daemon(network).label()));
        if (!root.equals(Path.of("/"))) {
            command.addAll(List.of("--root", root.toString()));
        }
        return command;
    }

    /// @param text for its standard input; sudo asks for a password at the terminal (sudo(8), -S)
    private void script(String what, String network, String text) throws Failure {
        List<String> command = command(what, network);
        if (root.equals(Path.of("/"))) {
            command.addFirst("sudo");
        }
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (OutputStream input = process.getOutputStream()) {
                input.write(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It ended without having read; how is said below.
            }
            if (process.waitFor() != 0) {
                throw Failure.world(
                        "launchd was not told about the daemon of the network " + network,
                        "see above; it was tried by: " + ShellWords.join(command));
            }
        } catch (IOException e) {
            throw Failure.world(
                    command.getFirst() + " cannot be started: " + Places.reason(e),
                    "as root, type: " + ShellWords.join(command),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.world("interrupted", "try again");
        }
    }
}
