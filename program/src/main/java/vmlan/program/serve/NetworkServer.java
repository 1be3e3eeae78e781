package vmlan.program.serve;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import vmlan.host.EventLoop;
import vmlan.host.HostRoutes;
import vmlan.packet.Ipv4Prefix;
import vmlan.program.control.ControlServer;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// The life of a network process: takes the network's lock, reads what it was, serves it, and cleans up.
public final class NetworkServer {
    /// What the process prints on standard output when it can be used.
    public static final String READY = "ready";

    private static final Duration IDLE = Duration.ofSeconds(60);
    /// A process that is just ending has the lock for so long at most.
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(5);

    private final Places places;
    private final String name;

    public NetworkServer(Places places, String name) {
        this.places = places;
        this.name = name;
    }

    /// Serves the network until it is stopped or idle.
    ///
    /// @param ready told once, by the line [#READY]
    public void serve(PrintStream ready) throws Failure {
        NetworkMode mode = NetworkSettings.modeOf(name);
        Path folder = places.state("networks", name);
        try (FileLock lock = lock(folder.resolve("lock"))) {
            NetworkLog log = new NetworkLog(folder.resolve("network.log"));
            Files.writeString(folder.resolve("pid"), ProcessHandle.current().pid() + "\n", StandardCharsets.US_ASCII);
            Files.deleteIfExists(folder.resolve(Networks.STOPPED));
            RandomGenerator random = new SecureRandom();
            NetworkSettings settings = settings(mode, log, random);
            try (StateKeeper keeper = new StateKeeper(log);
                    EventLoop loop = new EventLoop(e -> log.failure("internal error", e))) {
                NetworkState state = new NetworkState(folder, keeper);
                NetworkProcess network = new NetworkProcess(settings, state, log, loop, places, idleNanos(), random);
                serve(network, state, log, ready);
            }
            log.accept("ended");
        } catch (IOException e) {
            throw Failure.world(
                    "the network '" + name + "' cannot be served: " + Places.reason(e),
                    "check the folder " + folder + " and the space on its disk",
                    e);
        }
    }

    private void serve(NetworkProcess network, NetworkState state, NetworkLog log, PrintStream ready)
            throws IOException, Failure {
        Path control = places.socket(name, "control.sock");
        NetworkReport report = new NetworkReport(network, places.socket(name, "qemu.sock"), control);
        Thread main = Thread.currentThread();
        Thread hook = new Thread(
                () -> {
                    network.loop().stop();
                    try {
                        main.join(Duration.ofSeconds(5));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        try (ControlServer server = ControlServer.start(control, new NetworkApi(network, state, places, report), log)) {
            log.accept("serving " + name + ": " + network.settings().ipv4() + ", "
                    + network.settings().ipv6() + ", pid "
                    + ProcessHandle.current().pid());
            ready.println(READY);
            ready.flush();
            network.run();
        } finally {
            withdraw(hook);
        }
    }

    /// The hook waits for this very thread, which would wait for the hook.
    private static void withdraw(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It runs already: that is why the network ended.
        }
    }

    private static long idleNanos() {
        // For tests that cannot wait a minute; docs/files.md lists it.
        String seconds = System.getenv("VMLAN_IDLE_SECONDS");
        return seconds != null && seconds.matches("[0-9]{1,6}")
                ? Duration.ofSeconds(Integer.parseInt(seconds)).toNanos()
                : IDLE.toNanos();
    }

    private FileLock lock(Path path) throws Failure, IOException {
        return FileLock.tryTake(path, LOCK_LIMIT)
                .orElseThrow(() -> Failure.world(
                        "the network '" + name + "' is served by another process already",
                        "stop that one first: vmlan network stop " + name));
    }

    private NetworkSettings settings(NetworkMode mode, NetworkLog log, RandomGenerator random)
            throws Failure, IOException {
        Optional<NetworkSettings> known = NetworkSettings.read(places, name, log);
        if (known.isPresent()) {
            return known.get();
        }
        // One at a time: two networks that choose at once would choose the same.
        try (FileLock lock = FileLock.take(places.state("networks").resolve(".lock"))) {
            List<Ipv4Prefix> taken = new ArrayList<>(HostRoutes.ipv4());
            for (String other : Networks.known(places)) {
                NetworkSettings.read(places, other, log).ifPresent(settings -> taken.add(settings.ipv4()));
            }
            return NetworkSettings.choose(places, name, mode, taken, random);
        }
    }
}
