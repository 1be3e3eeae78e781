package vmlan.program.serve;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Fields;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.files.StateFile;
import vmlan.program.message.Failure;
import vmlan.qemu.Detached;
import vmlan.qemu.ProcessMark;

/// The networks as commands see them: which there are, and how to get one running.
public final class Networks {
    /// A file that says: ended by command, so not to be revived.
    static final String STOPPED = "stopped";

    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    /// A process writes its state and says farewell; the disk may be slow.
    private static final Duration END_LIMIT = Duration.ofSeconds(15);

    private static final Duration UNDO_LOOK = Duration.ofMillis(20);

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final List<String> BUILT_IN = List.of("shared", "host", "private");

    private final Places places;
    private final boolean bySudo;

    public Networks(Places places) {
        this(places, false);
    }

    /// @param bySudo whether a network that needs rights is to be started by sudo, which may ask for a password
    public Networks(Places places, boolean bySudo) {
        this.places = places;
        this.bySudo = bySudo;
    }

    /// The networks that have a folder: those that ran at least once.
    static List<String> known(Places places) throws IOException {
        Path folder = places.stateIfAny("networks");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory)
                    .map(entry -> entry.getFileName().toString())
                    .filter(name -> NetworkName.isOne(name)
                            && Files.exists(folder.resolve(name).resolve("network.json")))
                    .sorted()
                    .toList();
        }
    }

    /// All names, those that are built in too.
    public List<String> names() throws Failure {
        TreeSet<String> names = new TreeSet<>(BUILT_IN);
        try {
            names.addAll(known(places));
        } catch (IOException e) {
            throw Failure.world("cannot list the networks: " + Places.reason(e), "check the state folder", e);
        }
        return new ArrayList<>(names);
    }

    public ControlClient client(String name) throws Failure {
        return new ControlClient(places.socket(name, "control.sock"), name);
    }

    /// The process of a network, started now if there is none.
    ///
    /// @return what to ask it with
    public ControlClient running(String name) throws Failure {
        return running(name, null);
    }

    /// @param translation what the network shall have; null for whatever it has
    public ControlClient running(String name, MacTranslation translation) throws Failure {
        NetworkName.of(name);
        ControlClient client = client(name);
        if (!client.isServed() && NetworkName.of(name).mode().needsRights() && !Privileges.areHere()) {
            // Without the lock below: the command that sudo runs takes it.
            if (!bySudo) {
                throw Privileges.missing(name);
            }
            Privileges.startBySudo(name, translation);
            return client;
        }
        if (!client.isServed()) {
            // One command starts it, the others wait here and find it running.
            try (FileLock lock = FileLock.take(places.state("networks", name).resolve("start.lock"))) {
                if (!client.isServed()) {
                    start(name, translation);
                    return client;
                }
            } catch (IOException e) {
                throw Failure.world(
                        "the network '" + name + "' cannot be started: " + Places.reason(e), "check the disk", e);
            }
        }
        if (translation != null) {
            checkTranslation(name, translation);
        }
        return client;
    }

    private void checkTranslation(String name, MacTranslation translation) throws Failure {
        String runsWith = NetworkSettings.read(places, name, line -> {})
                .map(settings -> settings.translation().key())
                .orElse(translation.key());
        if (!runsWith.equals(translation.key())) {
            throw Failure.usage(
                    "the network " + name + " runs with mac-nat=" + runsWith + ", and all its VMs share that",
                    "leave mac-nat away, or stop the network first: vmlan network stop " + name);
        }
    }

    /// Whether the process of a network should be started, or started anew, by somebody who has rights.
    public boolean wantsRights(String name) throws Failure {
        NetworkMode mode = NetworkName.of(name).mode();
        ControlClient client = client(name);
        if (!client.isServed()) {
            return mode.needsRights() || mode.hasTap();
        }
        return mode.hasUplink() && isDegraded(client);
    }

    /// A NIC that came back lost its way to the host: only a new start with rights gives it one.
    private static boolean isDegraded(ControlClient client) throws Failure {
        return client.send("GET", "/v1/network", Map.of(), ANSWER_LIMIT)
                .object("uplink")
                .flag("needsRights");
    }

    /// As [#running] for a command that was told to start the network: one whose way to the host is lost is started
    /// anew.
    public void startOrMend(String name, MacTranslation translation) throws Failure {
        ControlClient client = client(name);
        if (client.isServed() && NetworkName.of(name).mode().hasUplink() && isDegraded(client)) {
            if (!Privileges.areHere() && !bySudo) {
                throw Privileges.missing(name);
            }
            stop(name, false);
        }
        running(name, translation);
    }

    /// Starts those networks whose process died under running VMs.
    ///
    /// @param note told of those that need rights that are not here
    public void revive(Consumer<String> note) throws Failure {
        for (String name : names()) {
            Path ports = places.stateIfAny("networks", name, "ports.json");
            boolean stopped = Files.exists(places.stateIfAny("networks", name, STOPPED));
            if (!stopped && Files.exists(ports) && !client(name).isServed() && hasLivingVm(ports)) {
                if (NetworkName.of(name).mode().needsRights() && !Privileges.areHere() && !bySudo) {
                    Failure failure = Privileges.missing(name);
                    note.accept(failure.what() + "; its VMs are cut off; " + failure.remedy());
                } else {
                    running(name);
                }
            }
        }
    }

    private static boolean hasLivingVm(Path ports) throws Failure {
        try {
            return new Fields(new StateFile(ports).read(line -> {}).orElse(Map.of()))
                    .objects("ports").stream()
                            .anyMatch(port -> ProcessMark.isAlive(
                                    port.optionalNumber("pid").orElse(0L),
                                    port.optionalNumber("pidMark").orElse(0L)));
        } catch (IOException e) {
            throw Failure.world("cannot read " + ports + ": " + Places.reason(e), "check the file's permissions", e);
        }
    }

    /// Starts the process detached from this one and waits until it says that it is ready. Two commands may
    /// do so at once: the network's lock lets one win, and the other process sees that and is content.
    private void start(String name, MacTranslation translation) throws Failure {
        NetworkMode mode = NetworkName.of(name).mode();
        boolean withRights = (mode.needsRights() || mode.hasTap()) && Privileges.areHere();
        Path log = places.state("networks", name).resolve("network.err");
        try {
            List<String> command = new ArrayList<>(Detached.prefix());
            if (withRights) {
                command.addAll(Privileges.openerCommand(places, name, translation));
            } else {
                command.addAll(List.of(Privileges.launcher(), "network", "serve", name));
            }
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectError(ProcessBuilder.Redirect.to(log.toFile()));
            builder.environment().put("VMLAN_NO_BUILD", "1");
            builder.environment().remove(Devices.VARIABLE);
            builder.directory(new File("/"));
            Process process = builder.start();
            String line = firstLine(process);
            if (!NetworkServer.READY.equals(line) && !client(name).isServed()) {
                throw notStarted(name, log);
            }
        } catch (IOException e) {
            throw Failure.world(
                    "the network '" + name + "' cannot be started: " + Places.reason(e), "look into " + log, e);
        }
    }

    /// The process said why in the form of every command: what, and what to do.
    private static Failure notStarted(String name, Path log) throws IOException {
        List<String> lines =
                Files.readString(log, StandardCharsets.UTF_8).lines().toList();
        if (lines.size() >= 2
                && lines.get(0).startsWith("vmlan: ")
                && lines.get(1).startsWith("  → ")) {
            return Failure.world(
                    lines.get(0).substring("vmlan: ".length()), lines.get(1).substring("  → ".length()));
        }
        String words = lines.isEmpty() ? "no word" : lines.getFirst();
        return Failure.world("the network '" + name + "' did not start: " + words, "look into " + log.getParent());
    }

    private static String firstLine(Process process) throws Failure {
        CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> {
            try {
                // Left open on purpose: closed, it would break a later print of the process.
                BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
                return reader.readLine();
            } catch (IOException e) {
                return null;
            }
        });
        try {
            return line.get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            process.destroyForcibly();
            throw Failure.world(
                    "the network process was not ready after " + START_LIMIT.toSeconds() + " s",
                    "see whether the machine is overloaded, and try again",
                    e);
        } catch (ExecutionException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /// `./vmlan`, as this process was started by it.
    public static String launcher() throws Failure {
        return Privileges.launcher();
    }

    /// Ends a network's process; its VMs run on without a network until it is started again by `network start` or a
    /// new VM.
    ///
    /// @param force do not ask it: for a process that does not answer
    /// @return whether one ran
    public boolean stop(String name, boolean force) throws Failure {
        NetworkName.of(name);
        Path folder = places.state("networks", name);
        try {
            if (force) {
                if (!kill(folder)) {
                    return false;
                }
            } else {
                ControlClient client = client(name);
                if (!client.isServed()) {
                    return false;
                }
                client.send("POST", "/v1/stop", Map.of(), ANSWER_LIMIT);
            }
            // The process holds its lock until the very end.
            Optional<FileLock> ended = FileLock.tryTake(folder.resolve("lock"), END_LIMIT);
            if (ended.isEmpty()) {
                throw Failure.world(
                        "the network '" + name + "' does not end",
                        "end it, its VMs are kept: vmlan network stop --force " + name);
            }
            try (FileLock lock = ended.get()) {
                Files.writeString(folder.resolve(STOPPED), "", StandardCharsets.US_ASCII);
                // One that was killed could not remove them.
                Files.deleteIfExists(places.socket(name, "control.sock"));
                Files.deleteIfExists(places.socket(name, "qemu.sock"));
            }
            awaitUndo(name);
            return true;
        } catch (IOException e) {
            throw Failure.world("cannot see the network end: " + Places.reason(e), "try again", e);
        }
    }

    /// Whoever opened the devices may still have to take something back from the NIC (setup/open-network.sh).
    private void awaitUndo(String name) {
        Path undo = NetworkOpener.undoFile(places, name);
        long deadline = System.nanoTime() + END_LIMIT.toNanos();
        while (Files.exists(undo) && deadline - System.nanoTime() > 0) {
            LockSupport.parkNanos(UNDO_LOOK.toNanos());
        }
    }

    private static boolean kill(Path folder) throws IOException {
        Optional<FileLock> free = FileLock.tryTake(folder.resolve("lock"), Duration.ZERO);
        if (free.isPresent()) {
            free.get().close();
            return false;
        }
        // The lock is held, so the pid beside it is the holder's.
        String pid = Files.readString(folder.resolve("pid"), StandardCharsets.US_ASCII)
                .strip();
        if (!pid.matches("[0-9]{1,10}")) {
            throw new IOException(folder.resolve("pid") + " holds no pid");
        }
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        return true;
    }

    /// As [#running], but a network that was stopped by command stays so.
    public ControlClient reachable(String name) throws Failure {
        ControlClient client = client(name);
        if (!client.isServed() && Files.exists(places.stateIfAny("networks", name, STOPPED))) {
            throw Failure.world("the network '" + name + "' is stopped", "start it: vmlan network start " + name);
        }
        return running(name);
    }

    /// What a network is and does; of one that does not run, what is known.
    public Fields show(String name) throws Failure {
        NetworkName networkName = NetworkName.of(name);
        ControlClient client = client(name);
        if (client.isServed()) {
            return client.send("GET", "/v1/network", Map.of(), ANSWER_LIMIT);
        }
        return new Fields(NetworkReport.describe(
                networkName,
                NetworkSettings.read(places, name, line -> {}).orElse(null),
                places.socket(name, "qemu.sock"),
                places.socket(name, "control.sock")));
    }

    /// Where a network's process writes down what happens.
    public Path log(String name) throws Failure {
        NetworkName.of(name);
        return places.stateIfAny("networks", name, "network.log");
    }

    /// The leases of a network that runs; none of one that does not.
    public List<Fields> leases(String name, Duration limit) throws Failure {
        ControlClient client = client(name);
        return client.isServed()
                ? client.send("GET", "/v1/leases", Map.of(), limit).objects("leases")
                : List.of();
    }
}
