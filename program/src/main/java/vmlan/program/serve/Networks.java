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

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final List<String> BUILT_IN = List.of("shared", "private");

    private final Places places;

    public Networks(Places places) {
        this.places = places;
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
                    .filter(name -> Files.exists(folder.resolve(name).resolve("network.json")))
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
        NetworkSettings.modeOf(name);
        ControlClient client = client(name);
        if (!client.isServed()) {
            // One command starts it, the others wait here and find it running.
            try (FileLock lock = FileLock.take(places.state("networks", name).resolve("start.lock"))) {
                if (!client.isServed()) {
                    start(name);
                }
            } catch (IOException e) {
                throw Failure.world(
                        "the network '" + name + "' cannot be started: " + Places.reason(e), "check the disk", e);
            }
        }
        return client;
    }

    /// Starts those networks whose process died under running VMs.
    public void revive() throws Failure {
        for (String name : names()) {
            Path ports = places.stateIfAny("networks", name, "ports.json");
            boolean stopped = Files.exists(places.stateIfAny("networks", name, STOPPED));
            if (!stopped && Files.exists(ports) && !client(name).isServed() && hasLivingVm(ports)) {
                running(name);
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
    private void start(String name) throws Failure {
        Path log = places.state("networks", name).resolve("network.err");
        try {
            List<String> command = new ArrayList<>(Detached.prefix());
            command.addAll(List.of(launcher(), "network", "serve", name));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectError(ProcessBuilder.Redirect.to(log.toFile()));
            builder.environment().put("VMLAN_NO_BUILD", "1");
            builder.directory(new File("/"));
            Process process = builder.start();
            String line = firstLine(process);
            if (!NetworkServer.READY.equals(line) && !client(name).isServed()) {
                String words = Files.readString(log, StandardCharsets.UTF_8)
                        .lines()
                        .findFirst()
                        .orElse("no word");
                throw Failure.world(
                        "the network '" + name + "' did not start: " + words, "look into " + log.getParent());
            }
        } catch (IOException e) {
            throw Failure.world(
                    "the network '" + name + "' cannot be started: " + Places.reason(e), "look into " + log, e);
        }
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

    private static String launcher() throws Failure {
        String launcher = System.getProperty("vmlan.launcher");
        if (launcher == null) {
            throw Failure.world("vmlan does not know its own start script", "start it by ./vmlan");
        }
        return launcher;
    }

    /// Ends a network's process; its VMs run on without a network until it is started again by `network start` or a
    /// new VM.
    ///
    /// @param force do not ask it: for a process that does not answer
    /// @return whether one ran
    public boolean stop(String name, boolean force) throws Failure {
        NetworkSettings.modeOf(name);
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
            }
            return true;
        } catch (IOException e) {
            throw Failure.world("cannot see the network end: " + Places.reason(e), "try again", e);
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
        NetworkMode mode = NetworkSettings.modeOf(name);
        ControlClient client = client(name);
        if (client.isServed()) {
            return client.send("GET", "/v1/network", Map.of(), ANSWER_LIMIT);
        }
        return new Fields(NetworkReport.describe(
                name,
                mode,
                NetworkSettings.read(places, name, line -> {}).orElse(null),
                places.socket(name, "qemu.sock"),
                places.socket(name, "control.sock")));
    }

    /// Where a network's process writes down what happens.
    public Path log(String name) throws Failure {
        NetworkSettings.modeOf(name);
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
