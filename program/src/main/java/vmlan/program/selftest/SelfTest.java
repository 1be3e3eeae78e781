package vmlan.program.selftest;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vmlan.host.macos.SocketVmnet;
import vmlan.host.macos.VmnetException;
import vmlan.host.macos.VmnetFeature;
import vmlan.host.macos.VmnetFramework;
import vmlan.host.macos.VmnetSettings;
import vmlan.host.posix.Identity;
import vmlan.program.config.Vmnet;
import vmlan.program.message.Failure;
import vmlan.program.serve.HostNics;
import vmlan.program.serve.SocketVmnets;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuException;

/// All steps, one after the other, and the report of them.
public final class SelfTest {
    /// DHCP servers look whether an address is in use before they offer it; the slowest take three seconds (dnsmasq).
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /// The steps that an interruption leaves: the stop of one interface.
    private static final long INTERRUPTION_SECONDS = 15;

    /// From this macOS on it depends on how this program is signed (vmnet-helper, README and pull request 136): tried.
    private static final int WITHOUT_ROOT = 26;

    private static final String NAME_A_NIC = "name one: --interface NIC (see: vmlan interfaces)";

    private static final String AS_ROOT = "type: sudo ./vmlan doctor --selftest";

    /// Asks the machine's own QEMU what it is.
    @FunctionalInterface
    public interface FindQemu {
        Qemu find() throws QemuException;
    }

    private final Machine machine;
    /// To bridge to; null where nobody named one, until [#chooseNic].
    private String nic;
    private final InterfaceStart starter;
    private final FindQemu qemu;
    private final ReportFile report;
    private final Journal journal;
    private final SecureRandom random = new SecureRandom();
    private final List<Throwable> faults = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private VmnetFramework framework;
    private volatile Thread runner;

    /// @param version of vmlan
    /// @param wantedNic to bridge to; null for that of the default route
    /// @param starter starts interfaces, with the rights that it takes
    /// @param file for the report
    /// @param told of each step as soon as it is over
    public SelfTest(
            String version, String wantedNic, InterfaceStart starter, FindQemu qemu, Path file, Consumer<Step> told)
            throws Failure {
        if (!Vmnet.isHere()) {
            throw Failure.usage(
                    "the self test tries Apple's vmnet, and is for macOS",
                    "on Linux another command does the like: vmlan demo");
        }
        this.machine = Machine.look(version);
        this.nic = wantedNic;
        this.starter = starter;
        this.qemu = qemu;
        this.journal = new Journal(told);
        this.report =
                new ReportFile(file, new Mask(System.getenv(), System.getProperty("user.name", ""), Machine.names()));
    }

    /// Runs all of it on the caller's thread, a minute or so.
    ///
    /// @return the steps; the last one says so where somebody interrupted them
    public List<Step> run() throws Failure {
        report.begin();
        runner = Thread.currentThread();
        try {
            steps();
        } catch (InterruptedException e) {
            // The step that was interrupted has failed, and what was started is stopped.
        } finally {
            runner = null;
            try {
                report.write(machine, framework == null ? new TreeMap<>() : framework.symbols(), journal.steps());
            } finally {
                ended.countDown();
            }
        }
        return journal.steps();
    }

    /// Whether everything held.
    public static boolean holds(List<Step> steps) {
        return steps.stream().noneMatch(step -> step.verdict().isBad());
    }

    /// Ends it early, and waits until nothing of it is left. Any thread.
    public void interrupt() {
        Thread running = runner;
        if (running == null) {
            return;
        }
        running.interrupt();
        try {
            if (!ended.await(INTERRUPTION_SECONDS, TimeUnit.SECONDS)) {
                return; // the process ends, and its interfaces with it
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void steps() throws InterruptedException {
        if (journal.step("framework", this::open)) {
            journal.step("symbols", this::symbols);
            journal.step("NICs", this::nics);
            if (nic == null) {
                journal.step("bridged: NIC", this::chooseNic);
            }
            networks();
            journal.step("calls", this::calls);
        }
        socketVmnet();
        journal.step("QEMU", this::qemu);
    }

    private Step.Outcome open() throws VmnetException {
        Consumer<Throwable> fault = cause -> {
            synchronized (faults) {
                faults.add(cause);
            }
        };
        framework = Vmnet.library().isPresent()
                ? VmnetFramework.open(Vmnet.library().get(), fault)
                : VmnetFramework.open(fault);
        String features = Stream.of(VmnetFeature.values())
                .filter(framework::has)
                .map(VmnetFeature::words)
                .collect(Collectors.joining(", "));
        return Step.Outcome.ok("opens, with " + (features.isEmpty() ? "no newer feature" : features));
    }

    private Step.Outcome symbols() {
        List<String> missing = framework.symbols().entrySet().stream()
                .filter(symbol -> !symbol.getValue())
                .map(java.util.Map.Entry::getKey)
                .toList();
        String found = framework.symbols().size() - missing.size() + " found"
                + (missing.isEmpty() ? "" : ", missing: " + String.join(", ", missing));
        for (VmnetFeature feature : VmnetFeature.values()) {
            if (!framework.has(feature) && machine.macos() >= Double.parseDouble(feature.since())) {
                return Step.Outcome.failed(
                        found,
                        "send the report: macOS " + feature.since() + " should have the feature " + feature.words());
            }
        }
        return missing.isEmpty() ? Step.Outcome.ok(found) : Step.Outcome.note(found);
    }

    private Step.Outcome nics() throws VmnetException {
        List<String> nics = framework.sharedInterfaces();
        return nics.isEmpty()
                ? Step.Outcome.failed("vmnet names none that can be bridged", "see: networksetup -listallhardwareports")
                : Step.Outcome.ok(String.join(", ", nics));
    }

    private Step.Outcome chooseNic() throws VmnetException {
        String defaultRoute;
        try {
            defaultRoute = HostNics.ofDefaultRoute();
        } catch (Failure e) {
            return Step.Outcome.untried(
                    "the host has no default route, so it is not clear which NIC is meant", NAME_A_NIC);
        }
        List<String> up;
        try {
            up = HostNics.bridgeable().stream()
                    .filter(HostNics.HostNic::up)
                    .map(HostNics.HostNic::name)
                    .toList();
        } catch (Failure e) {
            return Step.Outcome.untried(e.what(), NAME_A_NIC);
        }
        BridgeChoice choice = BridgeChoice.of(defaultRoute, framework.sharedInterfaces(), up::contains);
        nic = choice.nic();
        return nic == null ? Step.Outcome.untried(choice.why(), NAME_A_NIC) : Step.Outcome.ok(choice.why());
    }

    private void networks() throws InterruptedException {
        if (!machine.root() && Vmnet.library().isEmpty() && machine.macos() < WITHOUT_ROOT) {
            journal.step("networks", () -> Step.Outcome.untried("vmnet takes root's rights on this macOS", AS_ROOT));
            return;
        }
        NetworkTrial trial = new NetworkTrial(framework, starter, journal, random, PATIENCE);
        trial.run("host", VmnetSettings.host());
        trial.run("shared", VmnetSettings.shared());
        if (nic != null) {
            trial.run("bridged", VmnetSettings.bridged(nic));
        }
    }

    /// What the framework called in, on its own threads.
    private Step.Outcome calls() {
        String late = framework.lateCalls() + " came late";
        if (framework.faults() != 0) {
            synchronized (faults) {
                return Step.Outcome.failed(
                        framework.faults() + " calls that failed in vmlan, the first: " + faults.getFirst() + "; "
                                + late,
                        "send the report");
            }
        }
        return framework.lateCalls() == 0
                ? Step.Outcome.ok("none failed, and none came late")
                : Step.Outcome.note("none failed; " + late);
    }

    /// Those daemons that networks would take, each for its own network.
    private void socketVmnet() throws InterruptedException {
        Optional<Path> shared = SocketVmnet.find(SocketVmnets.shared());
        Optional<Path> bridged = nic == null ? Optional.empty() : SocketVmnet.find(SocketVmnets.bridged(nic));
        if (shared.isEmpty() && bridged.isEmpty()) {
            journal.step("socket_vmnet", () -> Step.Outcome.note("not installed, or it does not run"));
        }
        if (shared.isPresent()) {
            socketVmnet("socket_vmnet", shared.get(), VmnetFramework.adviceWithoutAddresses());
        }
        if (bridged.isPresent()) {
            socketVmnet("socket_vmnet bridged", bridged.get(), NetworkTrial.dhcpCure(nic));
        }
    }

    private void socketVmnet(String name, Path socket, String advice) throws InterruptedException {
        SocketVmnetStation[] station = new SocketVmnetStation[1];
        try {
            boolean attached = journal.step(name, () -> {
                station[0] = new SocketVmnetStation(socket);
                return station[0].awaitAttached()
                        ? Step.Outcome.ok("connected to " + socket)
                        : Step.Outcome.failed(
                                socket + " does not take a connection",
                                "start it anew: sudo brew services restart socket_vmnet");
            });
            if (attached) {
                new NetworkTrial(framework, starter, journal, random, PATIENCE).ask(name, station[0], advice);
            }
        } finally {
            if (station[0] != null) {
                journal.step(name + ": end", () -> {
                    station[0].end();
                    return Step.Outcome.ok("hung up");
                });
            }
        }
    }

    /// vmlan does not need QEMU's own; it is what the same test would be by hand.
    private Step.Outcome qemu() throws QemuException, IOException {
        // nothing takes root from here on, and a program of that name may be anybody's script
        Optional<Identity> root = Identity.ofEnvironment();
        if (root.isPresent()) {
            root.get().becomeOwner();
        }
        Qemu found = qemu.find();
        machine.facts().put("QEMU", found.version() + ", " + found.architecture());
        List<String> backends = found.netdevTypes().stream()
                .filter(type -> type.startsWith("vmnet-"))
                .sorted()
                .toList();
        return backends.isEmpty()
                ? Step.Outcome.note(found.version() + ", built without vmnet, which vmlan serves itself")
                : Step.Outcome.ok(found.version() + ", with " + String.join(", ", backends));
    }
}
