package vmlan.program.serve;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import vmlan.host.EventLoop;
import vmlan.network.dns.DomainServer;
import vmlan.program.config.NetworksFile;
import vmlan.program.config.UplinkChoice;
import vmlan.program.control.ControlClient;
import vmlan.program.control.ControlServer;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.hostdns.HostDnsSettings;
import vmlan.program.hostdns.NameService;
import vmlan.program.message.Failure;

/// The life of a network process: takes the network's lock, reads what it was, serves it, and cleans up.
public final class NetworkServer {
    /// What the process prints on standard output when it can be used.
    public static final String READY = "ready";

    /// The exit status that asks who started this process with rights to open its devices anew
    /// (setup/open-network.sh): EX_TEMPFAIL of sysexits.h.
    public static final int REOPEN = 75;

    private static final Duration IDLE = Duration.ofSeconds(60);
    /// A process that is just ending has the lock for less, unless disk or machine are busy.
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(5);
    /// How long one that answers nobody any more may take to end.
    private static final Duration END_LIMIT = Duration.ofSeconds(10);
    /// The longest that one waits for the other.
    static final Duration PREDECESSOR_LIMIT = LOCK_LIMIT.plus(END_LIMIT);

    private final Places places;
    private final String name;
    private final UplinkChoice choice;

    public NetworkServer(Places places, String name) {
        this(places, name, UplinkChoice.NONE);
    }

    /// @param choice what its uplink shall have
    public NetworkServer(Places places, String name, UplinkChoice choice) {
        this.places = places;
        this.name = name;
        this.choice = choice;
    }

    /// Serves the network until it is stopped or idle.
    ///
    /// @param ready told once, by the line [#READY]
    /// @return the exit status
    public int serve(PrintStream ready) throws Failure {
        // Somebody who typed this gets told before anything is made.
        Devices.handedOver(new NetworkNames(places).known(name));
        Path folder = places.state("networks", name);
        try (FileLock lock = lock(folder.resolve("lock"))) {
            NetworkLog log = new NetworkLog(folder.resolve("network.log"));
            Files.writeString(folder.resolve("pid"), ProcessHandle.current().pid() + "\n", StandardCharsets.US_ASCII);
            Files.deleteIfExists(folder.resolve(Networks.STOPPED));
            RandomGenerator random = new SecureRandom();
            NetworkSettings before = NetworkSettings.peek(places, name).orElse(null);
            NetworkSettings settings = new SettingsChoice(places, name, log).make(choice, random);
            OpenedSegment segment = open(settings, before, log);
            Devices devices =
                    segment == null ? Devices.handedOver(settings.networkName()) : new Devices(null, null, segment);
            try (StateKeeper keeper = new StateKeeper(log);
                    EventLoop loop = new EventLoop(
                            e -> log.failure("internal error", e), new NetworkClock(folder, log).aheadNanos(keeper))) {
                NetworkState state = new NetworkState(folder, keeper);
                NetworkProcess network =
                        new NetworkProcess(settings, state, log, loop, places, devices, idleNanos(), random);
                serve(network, state, log, ready);
                log.accept(network.wantsReopening() ? "ended, to be started anew with rights" : "ended");
                return network.wantsReopening() ? REOPEN : 0;
            }
        } catch (IOException e) {
            throw Failure.world(
                    "the network '" + name + "' cannot be served: " + Places.reason(e),
                    "check the folder " + folder + " and the space on its disk",
                    e);
        }
    }

    /// A way that leads nowhere is not kept: the next start would try it again.
    private OpenedSegment open(NetworkSettings settings, NetworkSettings before, NetworkLog log) throws Failure {
        try {
            return new SegmentOpener(settings, log).open();
        } catch (Failure e) {
            if (choice.via() != null) {
                settings.withVia(before == null ? null : before.uplink().via()).written(places);
            }
            throw e;
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
        NetworksFile file = new NetworksFile(places);
        try (NameService hostNames = new NameService(
                        () -> hostNamesPort(log),
                        () -> new DomainServer(NetworkSettings.DOMAIN, new GuestsOfAllNetworks(places)),
                        log);
                ControlServer server =
                        ControlServer.start(control, new NetworkApi(network, state, places, report, hostNames), log);
                FileWatch watch = new FileWatch(file.path(), () -> reread(file, network), log)) {
            Subnet subnet = network.settings().subnet();
            log.accept("serving " + name + ": "
                    + (subnet == null ? network.settings().mode().key() : subnet.ipv4() + ", " + subnet.ipv6())
                    + ", pid "
                    + ProcessHandle.current().pid());
            ready.println(READY);
            ready.flush();
            network.run();
        } finally {
            withdraw(hook);
        }
    }

    private OptionalInt hostNamesPort(NetworkLog log) {
        try {
            return HostDnsSettings.read(places, log)
                    .map(settings -> OptionalInt.of(settings.port()))
                    .orElse(OptionalInt.empty());
        } catch (Failure e) {
            log.accept(e.what());
            return OptionalInt.empty();
        }
    }

    /// On the watch's thread; what follows from it on the loop's.
    private static void reread(NetworksFile file, NetworkProcess network) {
        NetworksFile.Content content = file.read();
        network.loop().execute(() -> network.configuration().apply(content));
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
        if ("never".equals(seconds)) {
            // For one that the system starts; no time overflows that is added to it.
            return Long.MAX_VALUE / 4;
        }
        return seconds != null && seconds.matches("[0-9]{1,6}")
                ? Duration.ofSeconds(Integer.parseInt(seconds)).toNanos()
                : IDLE.toNanos();
    }

    private FileLock lock(Path path) throws Failure, IOException {
        Optional<FileLock> lock = FileLock.tryTake(path, LOCK_LIMIT);
        if (lock.isEmpty() && !new ControlClient(places.socket(name, "control.sock"), name).isServed()) {
            lock = FileLock.tryTake(path, END_LIMIT);
        }
        return lock.orElseThrow(() -> Failure.world(
                "the network '" + name + "' is served by another process already",
                "stop that one first: vmlan network stop " + name));
    }
}
