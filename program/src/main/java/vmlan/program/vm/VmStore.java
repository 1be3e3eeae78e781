package vmlan.program.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import vmlan.program.files.Fields;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.files.StateFile;
import vmlan.program.files.WholeFile;
import vmlan.program.message.Failure;
import vmlan.program.serve.Reattachment;
import vmlan.qemu.ProcessMark;
import vmlan.qemu.ProcessWords;
import vmlan.qemu.QemuProcess;

/// The VMs on disk: a folder for each, with `vm.json`, `console.log`, `qemu.log` and the exit status.
public final class VmStore {
    /// In a VM's folder: what its UEFI firmware keeps, and what cloud-init reads.
    static final String UEFI_VARIABLES = "uefi-vars.fd";

    static final String SEED = "seed.iso";

    /// The monitors of a VM that is a QEMU command line, for -readconfig; and a file that is there when its QEMU was
    /// started in somebody's terminal, which knows how it ended.
    static final String MONITORS = "monitors.conf";

    static final String IN_TERMINAL = "in-terminal";

    private static final String VM_FILE = "vm.json";
    private static final int MOST_TRIES = 40;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(25);
    /// For a QEMU that is about to write its pid down, on a busy machine.
    private static final Duration CUT_SHORT_LIMIT = Duration.ofSeconds(10);

    private final Places places;
    private final Consumer<String> report;
    private VmLocks locks;

    /// @param report takes a line about a damaged file
    public VmStore(Places places, Consumer<String> report) {
        this.places = places;
        this.report = report;
    }

    public Path folder(String name) {
        return places.stateIfAny("vms", name);
    }

    public Path consoleLog(String name) {
        return folder(name).resolve("console.log");
    }

    public Path consoleSocket(String name) throws Failure {
        return places.socket("vm." + name, "console.sock");
    }

    public Path qmpSocket(String name) throws Failure {
        return places.socket("vm." + name, "qmp.sock");
    }

    /// The monitor that the networks use.
    public Path networkQmpSocket(String name) throws Failure {
        return places.socket("vm." + name, "qmp-network.sock");
    }

    /// There while a network stops and continues the VM.
    Path wakingMark(String name) throws Failure {
        Path monitor = networkQmpSocket(name);
        return monitor.resolveSibling(monitor.getFileName() + Reattachment.WAKING);
    }

    /// There while a user wants the VM paused, for the networks.
    Path pausedMark(String name) throws Failure {
        Path monitor = networkQmpSocket(name);
        return monitor.resolveSibling(monitor.getFileName() + Reattachment.PAUSED);
    }

    /// What the guest agent of the VM is reached by.
    public Path agentSocket(String name) throws Failure {
        return places.socket("vm." + name, "agent.sock");
    }

    /// Held by whoever changes a VM.
    synchronized VmLocks locks() throws Failure {
        if (locks == null) {
            locks = new VmLocks(places.state("vms").resolve(".vms.lock"), report);
        }
        return locks;
    }

    /// Waits until the VM is ours to change; see [VmLocks].
    ///
    /// @param doing as in "process 12 is …ing it"
    VmLocks.Held take(String name, String doing) throws Failure {
        return locks().take(name, doing, folder(name));
    }

    /// Whether a command has ended it just now and is about to start it again.
    public boolean isBeingRestarted(String name) throws Failure {
        return locks().isBusy(name) && VmLocks.doing(folder(name)).equals("restarting");
    }

    public Path pidFile(String name) {
        return folder(name).resolve("qemu.pid");
    }

    private StateFile file(String name) {
        return new StateFile(folder(name).resolve(VM_FILE));
    }

    public List<Vm> all() throws Failure {
        Path folder = places.stateIfAny("vms");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<String> names;
        try (Stream<Path> entries = Files.list(folder)) {
            names = entries.filter(Files::isDirectory)
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
        List<Vm> vms = new ArrayList<>();
        for (String name : names) {
            Optional<Vm> vm = find(name);
            vm.ifPresent(vms::add);
            if (vm.isEmpty()) {
                removeUnborn(name);
            }
        }
        return vms;
    }

    /// A command that was killed while it wrote a VM down for the first time leaves a folder that is no VM's. It
    /// goes when nothing else is in it.
    private void removeUnborn(String name) throws Failure {
        Path folder = folder(name);
        Optional<VmLocks.Held> held = locks().take(name, "looking at", folder, Duration.ZERO);
        if (held.isEmpty()) {
            return;
        }
        try (VmLocks.Held ours = held.get();
                Stream<Path> entries = Files.list(folder)) {
            List<Path> files = entries.toList();
            if (files.stream().allMatch(VmStore::isOfAStart)) {
                removeFolder(folder);
            }
        } catch (NoSuchFileException e) {
            // Another command was faster.
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static boolean isOfAStart(Path file) {
        return WholeFile.isUnfinished(VM_FILE, file) || file.endsWith(VmLocks.NOTE);
    }

    public Optional<Vm> find(String name) throws Failure {
        StateFile file = file(name);
        try {
            Optional<Map<String, Object>> content = file.read(report);
            if (content.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(adopted(Vm.of(name, new Fields(content.get()))));
            } catch (IllegalArgumentException e) {
                file.setAside(e.getMessage(), report);
                return Optional.empty();
            }
        } catch (IOException e) {
            throw unreadable(file.path(), e);
        }
    }

    /// A command that was killed between starting QEMU and writing that down leaves a QEMU that only its pid
    /// file knows.
    private Vm adopted(Vm vm) {
        if (vm.pid() != 0 || vm.isBeingStarted()) {
            return vm;
        }
        Path file = pidFile(vm.name());
        // That command may have been killed a moment ago: then the shell which it left starts QEMU now, and what
        // removed
        // the VM meanwhile would leave a QEMU that nobody knows.
        Optional<Long> pid = vm.launcherPid() == 0
                ? QemuProcess.written(file)
                : QemuProcess.awaitPid(folder(vm.name()), file, CUT_SHORT_LIMIT);
        Optional<Long> mark = pid.flatMap(ProcessMark::of);
        if (mark.isEmpty()
                || !ProcessWords.of(pid.get()).contains(file.toAbsolutePath().toString())) {
            return vm;
        }
        Vm found = vm.started(pid.get(), mark.get());
        try {
            file(vm.name()).write(found.toJson());
        } catch (IOException e) {
            // Another command is removing it; what was found is true all the same.
            return found;
        }
        report.accept("found " + vm.name() + " running, whose start was cut short");
        return found;
    }

    private static Failure unreadable(Path path, IOException e) {
        return Failure.world("cannot read " + path + ": " + Places.reason(e), "check its permissions", e);
    }

    public Vm known(String name) throws Failure {
        VmNaming.checkLabel(name);
        return find(name)
                .orElseThrow(() -> Failure.usage("there is no VM '" + name + "'", "see which there are: vmlan ps"));
    }

    /// One that is new is written by who holds the [#lock].
    public void write(Vm vm) throws Failure {
        boolean isNew = !Files.exists(file(vm.name()).path());
        places.state("vms", vm.name());
        try {
            file(vm.name()).write(vm.toJson());
            if (isNew) {
                tellSsh();
            }
        } catch (IOException e) {
            throw Failure.world(
                    "cannot write " + file(vm.name()).path() + ": " + Places.reason(e), "make room for it", e);
        }
    }

    /// Says something to the user.
    void report(String line) {
        report.accept(line);
    }

    /// Held while names and MACs are chosen, so that two commands at once do not choose the same.
    FileLock lock() throws Failure {
        Path folder = places.state("vms");
        try {
            return FileLock.take(folder.resolve(".lock"));
        } catch (IOException e) {
            throw Failure.world(
                    "cannot write in " + folder + ": " + Places.reason(e),
                    "make it writable for you, or set VMLAN_HOME to a folder that is; see: vmlan doctor",
                    e);
        }
    }

    /// The MACs of all other VMs, with their names.
    public Map<String, String> macsBut(String name) throws Failure {
        Map<String, String> macs = new HashMap<>();
        for (Vm vm : all()) {
            if (!vm.name().equals(name)) {
                vm.allNics().forEach(nic -> macs.put(nic.mac(), vm.name()));
            }
        }
        return macs;
    }

    /// The same of those that run.
    Map<String, String> runningMacsBut(String name) throws Failure {
        Map<String, String> macs = new HashMap<>();
        for (Vm vm : all()) {
            if (!vm.name().equals(name) && (vm.isAlive() || vm.isBeingStarted())) {
                vm.allNics().forEach(nic -> macs.put(nic.mac(), vm.name()));
            }
        }
        return macs;
    }

    /// ssh's configuration has the VMs from now on. Whoever writes it holds the [#lock], so that of two lists the older
    /// one is never written last.
    ///
    /// @return whether it had none before
    public boolean installInto(SshConfig config) throws Failure, IOException {
        try (FileLock lock = lock()) {
            return config.install(SshConfig.blocks(config.aliases(), this));
        }
    }

    /// A VM came or went: ssh's configuration follows where it was asked to. The caller holds the [#lock].
    private void tellSsh() {
        SshConfig config = SshConfig.of(places);
        if (config.isInstalled()) {
            try {
                config.follow(SshConfig.blocks(config.aliases(), this));
            } catch (Failure e) {
                report.accept(e.what() + "; " + e.remedy());
            }
        }
    }

    /// The shell above QEMU may be writing its exit status down at this moment.
    private static void removeFolder(Path folder) throws IOException {
        for (int tries = 0; Files.isDirectory(folder); tries++) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException e) {
                if (tries == MOST_TRIES) {
                    throw e instanceof UncheckedIOException unchecked ? unchecked.getCause() : (IOException) e;
                }
                LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            }
        }
    }

    /// Removes everything that is kept of a VM.
    public void remove(String name) throws Failure {
        Path folder = folder(name);
        List<Path> sockets = new ArrayList<>(List.of(
                consoleSocket(name),
                qmpSocket(name),
                networkQmpSocket(name),
                agentSocket(name),
                wakingMark(name),
                pausedMark(name)));
        // Of a network that was killed, and has not been started again to tidy up.
        for (Vm.VmNic nic : find(name).map(Vm::nics).orElse(List.of())) {
            sockets.add(places.socket(nic.network(), nic.port() + ".sock"));
        }
        try {
            for (Path socket : sockets) {
                Files.deleteIfExists(socket);
            }
            Path runFolder = sockets.getFirst().getParent();
            if (runFolder.endsWith("vm." + name)) {
                Files.deleteIfExists(runFolder);
            }
            removeFolder(folder);
            try (FileLock lock = lock()) {
                tellSsh();
            }
        } catch (IOException e) {
            throw Failure.world("cannot remove " + folder + ": " + Places.reason(e), "remove it by hand", e);
        }
    }
}
