package vmlan.program.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vmlan.packet.MacAddress;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Fields;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.program.serve.Networks;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.Boot;
import vmlan.qemu.Disk;
import vmlan.qemu.DiskImage;
import vmlan.qemu.Machine;
import vmlan.qemu.Nic;
import vmlan.qemu.ProcessMark;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuCommandLine;
import vmlan.qemu.QemuException;
import vmlan.qemu.QemuProcess;
import vmlan.qemu.StreamAttachment;
import vmlan.qemu.demo.DemoGuest;
import vmlan.qemu.demo.DemoImage;

/// Starts a VM: finds QEMU and how fast it can run here, claims a name, registers the NICs with their
/// networks, starts QEMU, and sees that its links are up. What goes wrong on the way is undone.
public final class VmStarter {
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(15);
    /// QEMU dials as soon as it runs; 8.0 to 9.1 try once a second. A loaded machine needs longer.
    private static final Duration ATTACH_LIMIT = Duration.ofSeconds(20);

    private final Places places;
    private final VmStore store;
    private final Networks networks;
    private final Progress progress;

    /// The VM that is being started, for [#abort].
    private Vm claimed;

    private boolean isNew;
    private volatile boolean aborted;

    public VmStarter(Places places, VmStore store, Networks networks, Progress progress) {
        this.places = places;
        this.store = store;
        this.networks = networks;
        this.progress = progress;
    }

    /// What the user wants.
    ///
    /// @param name null for a default
    /// @param disk null for the demo guest
    /// @param extraArguments for QEMU, as they are
    public record Wish(
            String name, Path disk, List<NicSpec> nics, int cpus, long memoryBytes, List<String> extraArguments) {}

    /// What is known before anything is started.
    private record Plan(
            Qemu qemu, AcceleratorProbe.Chosen accelerator, String architecture, Boot boot, List<Disk> disks) {}

    /// The command line that [#start] would run.
    public List<String> dryRun(Wish wish) throws Failure {
        try {
            Plan plan = plan(wish);
            try (FileLock lock = store.lock()) {
                String name = store.chooseName(wish.name(), wish.disk());
                List<NicPlan> nics = chooseNics(name, wish.nics());
                return commandLine(plan, wish, name, nics);
            }
        } catch (QemuException e) {
            throw Failure.world(e.what(), e.remedy(), e);
        } catch (IOException e) {
            throw Failure.world("cannot look at the state folder: " + Places.reason(e), "check it", e);
        }
    }

    /// Fetches and makes what a start of the demo guest needs; the next one is quick then, and needs no Internet.
    public void prepareDemoGuest() throws Failure {
        try {
            plan(new Wish(null, null, List.of(), 1, 0, List.of()));
        } catch (QemuException e) {
            throw Failure.world(e.what(), e.remedy(), e);
        } finally {
            progress.done();
        }
    }

    /// Starts the VM; it runs, with its links up, when this returns.
    public Vm start(Wish wish) throws Failure {
        try {
            Plan plan = plan(wish);
            return start(plan, wish);
        } catch (QemuException e) {
            throw Failure.world(e.what(), e.remedy(), e);
        } catch (IOException e) {
            throw Failure.world("cannot write to the state folder: " + Places.reason(e), "make room for it", e);
        } finally {
            progress.done();
        }
    }

    private Plan plan(Wish wish) throws QemuException, Failure {
        String architecture = Qemu.hostArchitecture();
        Path cache = places.cache();
        progress.step("looking for QEMU");
        Qemu qemu = Qemu.find(architecture, System.getenv(), cache);
        progress.step("looking which acceleration works");
        AcceleratorProbe.Chosen accelerator = AcceleratorProbe.choose(qemu, cache);
        if (wish.disk() != null) {
            Disk disk = new Disk(wish.disk(), diskFormat(wish.disk(), qemu));
            return new Plan(qemu, accelerator, architecture, null, List.of(disk));
        }
        DemoImage image = DemoGuest.prepare(architecture, cache, progress::step);
        Boot boot = new Boot(image.kernel(), image.initrd(), image.append());
        return new Plan(qemu, accelerator, architecture, boot, List.of());
    }

    /// Asked once: the answer of the VM that used the disk before counts, whatever the guest has written since.
    private String diskFormat(Path disk, Qemu qemu) throws QemuException, Failure {
        for (Vm vm : store.all()) {
            if (disk.equals(vm.disk()) && vm.diskFormat() != null) {
                return vm.diskFormat();
            }
        }
        return DiskImage.format(disk, qemu, System.getenv(), progress::note);
    }

    /// The steps that leave something behind. Holds this object's monitor, so that [#abort] sees either
    /// nothing or a VM that runs.
    private synchronized Vm start(Plan plan, Wish wish) throws Failure, QemuException, IOException {
        List<NicPlan> nics;
        try (FileLock lock = store.lock()) {
            String name = store.chooseName(wish.name(), wish.disk());
            nics = chooseNics(name, wish.nics());
            claim(plan, wish, name, nics);
        }
        boolean done = false;
        try {
            progress.step("starting the network");
            nics = register(claimed.name(), plan.qemu(), nics);
            progress.step("starting QEMU");
            launch(plan, wish, nics);
            if (aborted) {
                throw Failure.world("interrupted", "start it again");
            }
            done = true;
            return claimed;
        } finally {
            if (!done) {
                undo();
            }
        }
    }

    /// @param spec as wished for
    /// @param mac chosen
    /// @param id of the netdev
    /// @param mtu of its network, when that is known
    private record NicPlan(NicSpec spec, MacAddress mac, String id, String port, int mtu) {}

    private List<NicPlan> chooseNics(String name, List<NicSpec> specs) throws Failure {
        MacChooser chooser = MacChooser.ofInstallation(places, progress::note);
        Set<String> taken = new HashSet<>(store.macsBut(name));
        for (NicSpec spec : specs) {
            if (spec.mac() != null && !taken.add(spec.mac().toString())) {
                throw Failure.usage(
                        "the MAC address " + spec.mac() + " belongs to another VM", "take another mac=, or none");
            }
        }
        List<NicPlan> nics = new ArrayList<>();
        for (NicSpec spec : specs) {
            if (spec.isNone()) {
                continue;
            }
            int number = nics.size();
            MacAddress mac = spec.mac() != null ? spec.mac() : chooser.choose(spec.kind(), name, number, taken);
            taken.add(mac.toString());
            nics.add(new NicPlan(spec, mac, "net" + number, name + "-" + number, Nic.ETHERNET_MTU));
        }
        return nics;
    }

    private void claim(Plan plan, Wish wish, String name, List<NicPlan> nics) throws Failure, IOException {
        isNew = store.find(name).isEmpty();
        ProcessHandle self = ProcessHandle.current();
        claimed = new Vm(
                name,
                wish.disk(),
                plan.disks().isEmpty() ? null : plan.disks().getFirst().format(),
                nics.stream()
                        .filter(nic -> !nic.spec().isUser())
                        .map(nic -> new Vm.VmNic(
                                nic.spec().kind(), nic.port(), nic.mac().toString()))
                        .toList(),
                plan.qemu().binary().toString(),
                plan.accelerator().accelerator().name().toLowerCase(java.util.Locale.ROOT),
                self.pid(),
                ProcessMark.of(self.pid()).orElse(0L),
                0,
                0,
                false);
        store.write(claimed);
        Files.deleteIfExists(store.wakingMark(name));
        Path console = store.consoleLog(name);
        if (Files.exists(console)) {
            Files.move(console, console.resolveSibling("console.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private List<NicPlan> register(String name, Qemu qemu, List<NicPlan> nics) throws Failure {
        List<NicPlan> registered = new ArrayList<>();
        for (NicPlan nic : nics) {
            if (nic.spec().isUser()) {
                registered.add(nic);
                continue;
            }
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("vm", name);
            body.put("mac", nic.mac().toString());
            body.put("qemuListens", qemu.attachment() == StreamAttachment.QEMU_LISTENS);
            body.put("qmp", store.networkQmpSocket(name).toString());
            body.put("device", Nic.device(nic.id()));
            body.put("isolated", nic.spec().isolated());
            body.put(
                    "address",
                    nic.spec().address() == null ? null : nic.spec().address().toString());
            Fields answer = networks.running(nic.spec().kind(), nic.spec().translation())
                    .send("PUT", "/v1/ports/" + nic.port(), body, REQUEST_LIMIT);
            answer.texts("notes").forEach(progress::note);
            int mtu =
                    answer.optionalNumber("mtu").orElse((long) Nic.ETHERNET_MTU).intValue();
            registered.add(new NicPlan(nic.spec(), nic.mac(), nic.id(), nic.port(), mtu));
        }
        return registered;
    }

    private void launch(Plan plan, Wish wish, List<NicPlan> nics) throws Failure, QemuException, IOException {
        String name = claimed.name();
        QemuProcess process = startQemu(commandLine(plan, wish, name, nics), name);
        claimed = claimed.started(process.pid(), process.mark());
        store.write(claimed);
        for (Vm.VmNic nic : claimed.nics()) {
            networks.client(nic.network())
                    .send(
                            "PUT",
                            "/v1/ports/" + nic.port() + "/process",
                            Map.of("pid", claimed.pid(), "pidMark", claimed.pidMark()),
                            REQUEST_LIMIT);
        }
        progress.step("waiting for QEMU to attach");
        for (String network : networksOf(claimed)) {
            awaitLink(networks.client(network), name);
        }
    }

    /// What QEMU left in its folder goes with a VM that never ran, so the remedy is the command line itself.
    private QemuProcess startQemu(List<String> commandLine, String name) throws Failure {
        try {
            return QemuProcess.start(commandLine, store.folder(name), store.pidFile(name), store.qmpSocket(name));
        } catch (QemuException e) {
            throw Failure.world(e.what(), "see what was run: the same command with --dry-run", e);
        }
    }

    /// QEMU starts without a link and without a word on many mistakes, so this looks.
    private void awaitLink(ControlClient network, String name) throws Failure {
        Fields vm = network.send(
                "GET",
                "/v1/vms/" + name + "?until=attached&wait=" + ATTACH_LIMIT.toSeconds(),
                Map.of(),
                ATTACH_LIMIT.plus(REQUEST_LIMIT));
        Optional<Fields> down = vm.objects("networks").stream()
                .filter(nic -> !nic.flag("attached"))
                .findFirst();
        if (down.isPresent() || vm.objects("networks").isEmpty()) {
            String words = QemuProcess.lastWords(store.folder(name));
            throw Failure.world(
                    words.isEmpty() ? "QEMU of " + name + " started, but its network link stays down" : words,
                    "see what was run: the same command with --dry-run");
        }
    }

    private static Set<String> networksOf(Vm vm) {
        Set<String> names = new HashSet<>();
        vm.nics().forEach(nic -> names.add(nic.network()));
        return names;
    }

    private List<String> commandLine(Plan plan, Wish wish, String name, List<NicPlan> nics) throws Failure {
        List<Nic> attached = new ArrayList<>();
        List<String> extra = new ArrayList<>();
        for (NicPlan nic : nics) {
            if (nic.spec().isUser()) {
                extra.addAll(List.of(
                        "-netdev", "user,id=" + nic.id(),
                        "-device", "virtio-net-pci,netdev=" + nic.id() + ",mac=" + nic.mac()));
            } else {
                Path socket = places.socket(nic.spec().kind(), nic.port() + ".sock");
                attached.add(new Nic(nic.id(), nic.mac().toString(), socket, nic.mtu()));
            }
        }
        extra.addAll(wish.extraArguments());
        Boot boot = plan.boot() == null
                ? null
                : new Boot(
                        plan.boot().kernel(), plan.boot().initrd(), plan.boot().append() + " vmlan.name=" + name);
        Machine machine = new Machine(
                name,
                plan.architecture(),
                wish.cpus(),
                wish.memoryBytes(),
                attached,
                plan.disks(),
                boot,
                store.consoleSocket(name),
                store.consoleLog(name),
                store.qmpSocket(name),
                store.networkQmpSocket(name),
                store.pidFile(name),
                extra);
        return QemuCommandLine.of(plan.qemu(), plan.accelerator().accelerator(), machine);
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
        try {
            new VmStopper(store).stop(vm, Duration.ZERO);
            for (Vm.VmNic nic : vm.nics()) {
                ControlClient client = networks.client(nic.network());
                if (client.isServed()) {
                    unregister(client, nic);
                }
            }
            if (isNew && vm.pid() == 0) {
                store.remove(vm.name());
            } else if (vm.pid() == 0) {
                store.write(vm.notStarted());
            }
        } catch (Failure e) {
            progress.note("could not undo everything: " + e.what());
        }
    }

    private static void unregister(ControlClient client, Vm.VmNic nic) {
        try {
            client.send("DELETE", "/v1/ports/" + nic.port(), Map.of(), REQUEST_LIMIT);
        } catch (Failure e) {
            // It was not registered yet, or is gone with its process already: either way nothing is left.
        }
    }
}
