package vmlan.program.vm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import vmlan.program.files.Fields;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.files.StateFile;
import vmlan.program.message.Failure;
import vmlan.program.serve.Reattachment;
import vmlan.qemu.ProcessMark;

/// The VMs on disk: a folder for each, with `vm.json`, `console.log`, `qemu.log` and the exit status.
public final class VmStore {
    /// Names that the network itself answers to (design: Names).
    private static final Set<String> RESERVED = Set.of("host", "gateway", "localhost", "wpad");

    private final Places places;
    private final Consumer<String> report;

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

    public Path pidFile(String name) {
        return folder(name).resolve("qemu.pid");
    }

    private StateFile file(String name) {
        return new StateFile(folder(name).resolve("vm.json"));
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
            find(name).ifPresent(vms::add);
        }
        return vms;
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
    private Vm adopted(Vm vm) throws IOException {
        Path file = pidFile(vm.name());
        if (vm.pid() != 0 || vm.isBeingStarted() || !Files.exists(file)) {
            return vm;
        }
        String pid = Files.readString(file, StandardCharsets.US_ASCII).strip();
        if (!pid.matches("[0-9]{1,10}")) {
            return vm;
        }
        long number = Long.parseLong(pid);
        boolean isIts = ProcessHandle.of(number)
                .flatMap(process -> process.info().arguments())
                .map(arguments ->
                        List.of(arguments).contains(file.toAbsolutePath().toString()))
                .orElse(false);
        Optional<Long> mark = ProcessMark.of(number);
        if (!isIts || mark.isEmpty()) {
            return vm;
        }
        Vm found = vm.started(number, mark.get());
        file(vm.name()).write(found.toJson());
        report.accept("found " + vm.name() + " running, whose start was cut short");
        return found;
    }

    private static Failure unreadable(Path path, IOException e) {
        return Failure.world("cannot read " + path + ": " + Places.reason(e), "check its permissions", e);
    }

    public Vm known(String name) throws Failure {
        checkLabel(name);
        return find(name)
                .orElseThrow(() -> Failure.usage("there is no VM '" + name + "'", "see which there are: vmlan ps"));
    }

    public void write(Vm vm) throws Failure {
        places.state("vms", vm.name());
        try {
            file(vm.name()).write(vm.toJson());
        } catch (IOException e) {
            throw Failure.world(
                    "cannot write " + file(vm.name()).path() + ": " + Places.reason(e), "make room for it", e);
        }
    }

    /// A DNS label (RFC 1123 §2.1), in small letters, since it becomes the guest's name.
    public static void checkLabel(String name) throws Failure {
        if (!name.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
            throw Failure.usage(
                    "'" + name + "' cannot be a VM's name",
                    "take 1 to 63 small letters, digits and hyphens, a letter or digit first and last");
        }
        if (RESERVED.contains(name)) {
            throw Failure.usage("the name '" + name + "' is taken by the network itself", "take another name");
        }
    }

    /// A name from a disk's file name, for a VM whose user gave none.
    static String nameOf(Path disk) {
        String label = disk.getFileName()
                .toString()
                .toLowerCase(java.util.Locale.ROOT)
                .replaceFirst("\\.[a-z0-9]+$", "")
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-+|-+$", "");
        String name = label.substring(0, Math.min(label.length(), 50)).replaceAll("-+$", "");
        return name.isEmpty() || RESERVED.contains(name) ? "vm" : name;
    }

    /// Held while names and MACs are chosen, so that two commands at once do not choose the same.
    public FileLock lock() throws Failure {
        Path folder = places.state("vms");
        try {
            return FileLock.take(folder.resolve(".lock"));
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    /// The name for a new start. Without a wish: the disk's, or `demo`, with -2, -3 … while a VM of that name
    /// runs or is another disk's. The caller holds the [#lock].
    public String chooseName(String wish, Path disk) throws Failure {
        if (wish != null) {
            Optional<Vm> other = find(wish);
            if (other.isPresent() && (other.get().isAlive() || other.get().isBeingStarted())) {
                throw Failure.usage(
                        "a VM named '" + wish + "' is running already",
                        "take another --name, or stop it: vmlan stop " + wish);
            }
            if (other.isPresent() && !Objects.equals(other.get().disk(), disk)) {
                throw Failure.usage(
                        "the VM '" + wish + "' is another: it has "
                                + (other.get().disk() == null
                                        ? "the demo guest"
                                        : other.get().disk()),
                        "start that one: " + other.get().startLine() + ", or forget it: vmlan rm " + wish);
            }
            return wish;
        }
        String base = disk == null ? "demo" : nameOf(disk);
        for (int number = 1; ; number++) {
            String name = number == 1 ? base : base + "-" + number;
            Optional<Vm> other = find(name);
            if (other.isEmpty()) {
                return name;
            }
            Vm vm = other.get();
            if (!vm.isAlive() && !vm.isBeingStarted() && Objects.equals(vm.disk(), disk)) {
                return name;
            }
        }
    }

    /// The MACs of all other VMs.
    public Set<String> macsBut(String name) throws Failure {
        Set<String> macs = new HashSet<>();
        for (Vm vm : all()) {
            if (!vm.name().equals(name)) {
                vm.nics().forEach(nic -> macs.add(nic.mac()));
            }
        }
        return macs;
    }

    /// Removes everything that is kept of a VM.
    public void remove(String name) throws Failure {
        Path folder = folder(name);
        List<Path> sockets = new ArrayList<>(
                List.of(consoleSocket(name), qmpSocket(name), networkQmpSocket(name), wakingMark(name)));
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
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        } catch (IOException e) {
            throw Failure.world("cannot remove " + folder + ": " + Places.reason(e), "remove it by hand", e);
        }
    }
}
