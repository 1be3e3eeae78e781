package vmlan.program.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.program.serve.LeasesOnDisk;
import vmlan.program.serve.Networks;
import vmlan.program.serve.OwnNetworks;
import vmlan.qemu.ProcessMark;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuException;
import vmlan.qemu.QemuProcess;
import vmlan.qemu.QemuStaysException;
import vmlan.qemu.RootStart;
import vmlan.qemu.Sudo;

/// Starts a VM: finds QEMU and how fast it can run here, claims a name, registers the NICs with their
/// networks, starts QEMU, and sees that its links are up. What goes wrong on the way is undone.
public final class VmStarter {
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(15);

    private final Places places;
    private final VmStore store;
    private final Networks networks;
    private final Progress progress;
    private final VmPlanner planner;
    private final VmNaming naming;
    private final boolean bySudo;

    /// Null where QEMU starts as any program does.
    private RootStart root;

    /// The VM that is being started, for [#abort].
    private Vm claimed;

    /// What was known of it before; null when nothing was.
    private Vm before;

    /// Where QEMU is to run; null for the background.
    private TerminalQemu terminal;

    private volatile boolean aborted;

    public VmStarter(Places places, VmStore store, Networks networks, Progress progress) {
        this(places, store, networks, progress, false);
    }

    /// @param bySudo whether sudo may start a QEMU that takes root's rights to start
    public VmStarter(Places places, VmStore store, Networks networks, Progress progress, boolean bySudo) {
        this.bySudo = bySudo;
        this.places = places;
        this.store = store;
        this.networks = networks;
        this.progress = progress;
        planner = new VmPlanner(places, store, progress);
        naming = new VmNaming(store);
    }

    /// The command line that [#start] would run.
    public List<String> dryRun(StartWish wish) throws Failure {
        try {
            return dryRun(planner.plan(wish.spec()), wish).line();
        } catch (QemuException e) {
            throw Failure.of(e);
        }
    }

    /// A VM's name and the command line that it would be.
    record Written(String name, List<String> line) {}

    Written dryRun(StartPlan plan, StartWish wish) throws Failure {
        try {
            try (FileLock lock = store.lock()) {
                String name = chooseName(plan, wish);
                VmSpec spec = plan.spec(name);
                checkDisks(name, spec);
                List<NicPlan> nics = chooseNics(name, spec);
                root = QemuRights.wanted(spec.nics(), bySudo).orElse(null);
                return new Written(name, launch().typed(plan, name, nics));
            }
        } catch (IOException e) {
            throw Failure.world("cannot look at the state folder: " + Places.reason(e), "check it", e);
        }
    }

    /// As [#start], with QEMU in this terminal: it is started, or about to be, when this returns; see [TerminalQemu].
    Vm startHere(StartPlan plan, StartWish wish, TerminalQemu here) throws Failure {
        terminal = here;
        return startByName(plan, wish);
    }

    /// Fetches and makes what a start of the demo guest needs; the next one is quick then, and needs no Internet.
    public void prepareDemoGuest() throws Failure {
        try {
            planner.plan(
                    new VmSpec(Qemu.hostArchitecture(), List.of(), List.of(), 1, 0, List.of(), List.of(), List.of()));
        } catch (QemuException e) {
            throw Failure.of(e);
        } finally {
            progress.done();
        }
    }

    /// Starts the VM; it runs, with its links up, when this returns.
    public Vm start(StartWish wish) throws Failure {
        try {
            root = QemuRights.checked(wish.spec().nics(), bySudo).orElse(null);
            return startByName(planner.plan(wish.spec()), wish);
        } catch (QemuException e) {
            throw Failure.of(e);
        } finally {
            progress.done();
        }
    }

    private Vm startByName(StartPlan plan, StartWish wish) throws Failure {
        try {
            if (wish.name() == null) {
                return startByAnyName(plan, wish);
            }
            try (VmLocks.Held held = store.take(wish.name(), "starting")) {
                return start(plan, wish);
            }
        } catch (QemuException e) {
            throw Failure.of(e);
        } catch (IOException e) {
            throw Failure.world("cannot write to the state folder: " + Places.reason(e), "make room for it", e);
        } finally {
            progress.done();
        }
    }

    StartPlan plan(Vm vm) throws QemuException, Failure {
        root = QemuRights.checked(vm.spec().nics(), bySudo).orElse(null);
        return planner.plan(vm);
    }

    /// Sees that the start which was planned will not fail by sudo; it may ask for a password.
    void askSudo() throws QemuException {
        if (root != null) {
            progress.done();
            Sudo.agree();
        }
    }

    /// Those of a VM that is to be started: each runs when this returns, as [#start] will want it.
    void startNetworks(VmSpec spec) throws Failure {
        for (NicSpec nic : spec.nics()) {
            if (nic.isOnNetwork()) {
                progress.step("starting the network");
                networks.wanted(nic.kind());
                networks.running(nic.kind(), nic.uplink());
            }
        }
    }

    /// A default name is one that nobody is busy with, so somebody may be faster.
    private Vm startByAnyName(StartPlan plan, StartWish wish) throws Failure, QemuException, IOException {
        while (!aborted) {
            String name;
            try (FileLock lock = store.lock()) {
                name = chooseName(plan, wish);
            }
            Optional<VmLocks.Held> held = store.locks().take(name, "starting", store.folder(name), Duration.ZERO);
            if (held.isPresent()) {
                try (VmLocks.Held ours = held.get()) {
                    if (naming.isFree(name, wish.spec().disk(), wish.spec().isLine())) {
                        return start(plan, new StartWish(name, wish.spec(), wish.directory(), wish.published()));
                    }
                }
            }
        }
        throw Failure.world("interrupted", "start it again");
    }

    /// The steps that leave something behind; the VM is ours. Holds this object's monitor, so that [#abort]
    /// sees either nothing or a VM that runs.
    synchronized Vm start(StartPlan plan, StartWish wish) throws Failure, QemuException, IOException {
        if (aborted) {
            throw Failure.world("interrupted", "start it again");
        }
        boolean done = false;
        try {
            List<NicPlan> nics;
            try (FileLock lock = store.lock()) {
                String name = chooseName(plan, wish);
                VmSpec spec = plan.spec(name);
                checkDisks(name, spec);
                nics = chooseNics(name, spec);
                claim(plan, wish, name, nics);
            }
            progress.step("starting the network");
            new OwnNetworks(places, networks).remove(claimed.name(), claimed.networks());
            plan.defineNetworks(claimed.name(), networks);
            NicRegistration registration = new NicRegistration(networks, store, progress);
            nics = registration.register(claimed.name(), plan, nics, wish.published());
            claimed = claimed.withPublished(registration.published());
            progress.step("starting QEMU");
            plan.writeFiles(claimed.name(), nics, store);
            launch(plan, nics);
            if (aborted) {
                throw Failure.world("interrupted", "start it again");
            }
            done = terminal == null || !terminal.hasFailed();
            return claimed;
        } finally {
            if (!done) {
                undo();
            }
        }
    }

    /// The caller holds the store's lock.
    private String chooseName(StartPlan plan, StartWish wish) throws Failure {
        return plan.usualName() == null
                ? naming.choose(wish.name(), wish.spec().disk())
                : naming.choose(
                        wish.name(),
                        plan.usualName(),
                        wish.spec().disk(),
                        wish.spec().isLine());
    }

    /// QEMU's own locks do that for a command line, and know what it means: two sides of a migration share a disk.
    private void checkDisks(String name, VmSpec spec) throws Failure, IOException {
        if (!spec.isLine()) {
            planner.checkDisksAreFree(name, spec);
        }
    }

    private List<NicPlan> chooseNics(String name, VmSpec spec) throws Failure {
        if (!spec.isLine()) {
            // a line's own networks are called after it, and not all known yet
            new OwnNetworks(places, networks)
                    .refuseOthers(name, spec.nics().stream().map(NicSpec::kind).toList());
        }
        MacChooser chooser = MacChooser.ofInstallation(places, progress::note);
        Map<String, String> others = store.macsBut(name);
        NicPlan.refuseOthersAddresses(
                spec.nics(), others, (network, address) -> LeasesOnDisk.holder(places, network, address));
        // a pasted line has its MACs from somewhere: only who runs can be in its way
        Map<String, String> refused = spec.isLine() ? store.runningMacsBut(name) : others;
        return NicPlan.choose(name, spec.nics(), store.find(name), refused, others.keySet(), chooser);
    }

    private void claim(StartPlan plan, StartWish wish, String name, List<NicPlan> nics) throws Failure, IOException {
        VmSpec spec = plan.spec(name);
        before = store.find(name).orElse(null);
        if (before != null) {
            SpecChange.describe(before.spec(), spec)
                    .ifPresent(change -> progress.note(name + " has other settings from now on: " + change));
        }
        ProcessHandle self = ProcessHandle.current();
        claimed = new Vm(
                name,
                spec,
                nics.stream()
                        .filter(nic -> nic.spec().isOnNetwork())
                        .map(NicPlan::kept)
                        .toList(),
                nics.stream()
                        .filter(nic -> nic.spec().isOfQemu())
                        .map(NicPlan::kept)
                        .toList(),
                List.of(),
                plan.qemu().binary().toString(),
                plan.accelerator().accelerator().name().toLowerCase(java.util.Locale.ROOT),
                wish.directory(),
                before != null && before.autostart(),
                self.pid(),
                ProcessMark.of(self.pid()).orElse(0L),
                0,
                0,
                false);
        store.write(claimed);
        Files.deleteIfExists(store.wakingMark(name));
        Files.deleteIfExists(store.pausedMark(name));
        new UnwatchedLogs(store).begin(name);
    }

    private void launch(StartPlan plan, List<NicPlan> nics) throws Failure, QemuException, IOException {
        String name = claimed.name();
        List<String> line = launch().line(plan, name, nics);
        Path inTerminal = store.folder(name).resolve(VmStore.IN_TERMINAL);
        if (terminal == null) {
            Files.deleteIfExists(inTerminal);
            QemuProcess process;
            try {
                process = launch().start(line, claimed, plan.pidFile(name, claimed.directory(), store));
            } catch (QemuStaysException e) {
                // known from now on: what undoes the start may end it by its monitor, or leaves what leads to it
                claimed = claimed.started(e.pid(), ProcessMark.of(e.pid()).orElse(0L));
                store.write(claimed);
                throw e;
            }
            claimed = claimed.started(process.pid(), process.mark());
        } else {
            Files.writeString(inTerminal, "");
            progress.done();
            claimed = terminal.begin(line, claimed, plan.pidFile(name, claimed.directory(), store));
            if (terminal.hasFailed()) {
                // it has said why, there
                return;
            }
        }
        store.write(claimed);
        for (Vm.VmNic nic : claimed.nics()) {
            networks.client(nic.network())
                    .send(
                            "PUT",
                            "/v1/ports/" + nic.port() + "/process",
                            Map.of("pid", claimed.pid(), "pidMark", claimed.pidMark()),
                            REQUEST_LIMIT);
        }
        if (terminal == null) {
            progress.step("waiting for QEMU to attach");
            new LinkWait(networks, store).await(claimed);
        }
    }

    private QemuLaunch launch() {
        return new QemuLaunch(places, store, progress, root);
    }

    /// The command is interrupted: whatever was started so far ends. Any thread; waits for a start that is
    /// under way.
    public void abort() {
        aborted = true;
        synchronized (this) {
            if (claimed != null) {
                undo();
            }
        }
    }

    /// The VM has started and is somebody else's to end.
    ///
    /// @return whether it is: false when the command was interrupted before, and the VM is about to end
    public synchronized boolean release() {
        if (!aborted) {
            claimed = null;
        }
        return !aborted;
    }

    private void undo() {
        Vm vm = claimed;
        claimed = null;
        if (vm == null) {
            return;
        }
        // one that was to become QEMU is this process still
        boolean isUs = vm.pid() == ProcessHandle.current().pid();
        boolean ended = isUs || undone(() -> new VmStopper(store, networks).stop(vm, Duration.ZERO));
        new VmPorts(networks).remove(vm);
        if (!ended) {
            // What is kept of it is all that leads to that QEMU.
            return;
        }
        if (before != null) {
            // what did not start is not kept, either
            undone(() -> store.write(before.notStarted()));
            undone(() -> new OwnNetworks(places, networks).remove(vm.name(), before.networks()));
        } else if (vm.pid() == 0 || isUs) {
            undone(() -> store.remove(vm.name()));
            undone(() -> new OwnNetworks(places, networks).remove(vm.name(), List.of()));
        }
    }

    /// Something that takes a step of the start back.
    private interface Step {
        void take() throws Failure;
    }

    /// One that fails keeps none of the others.
    private boolean undone(Step step) {
        try {
            step.take();
            return true;
        } catch (Failure e) {
            progress.note("could not undo everything: " + e.what());
            return false;
        }
    }
}
