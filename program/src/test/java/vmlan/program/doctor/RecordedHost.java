package vmlan.program.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import vmlan.host.macos.VmnetException;
import vmlan.host.macos.VmnetFramework;
import vmlan.network.change.HostRoute;
import vmlan.packet.Ipv4Prefix;
import vmlan.program.config.NetworksFile;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.serve.HostNics;
import vmlan.qemu.Accelerator;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuException;
import vmlan.qemu.UefiFirmware;
import vmlan.qemu.language.QemuVersion;
import vmlan.qemu.tool.Install;
import vmlan.qemu.tool.Tool;

/// A machine that is not this one: what it says was written down. What was not is not there.
final class RecordedHost implements Host {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant INSTALLED = Instant.parse("2026-02-01T12:00:00Z");
    private static final long GIB = 1 << 30;

    final Map<String, String> environment = new HashMap<>();
    final Map<String, String> properties = new HashMap<>();
    final TreeMap<Path, FileFacts> facts = new TreeMap<>();
    final Map<Path, String> texts = new HashMap<>();
    final Map<String, Tool> answers = new HashMap<>();
    final Set<String> programs = new HashSet<>();
    final Set<Path> served = new HashSet<>();
    final Set<Long> alive = new HashSet<>();
    final Map<Path, Space> spaces = new HashMap<>();
    final Map<Path, IOException> refusals = new HashMap<>();
    final Map<Long, List<String>> processes = new HashMap<>();
    final Map<String, Qemu> qemus = new HashMap<>();
    final Map<String, String> uefis = new HashMap<>();
    boolean demoMade;
    boolean demoIngredients;
    final List<HostRoute> routes = new ArrayList<>();
    List<HostNics.HostNic> nics = List.of();
    /// Null where the framework does not open.
    VmnetFacts vmnet;
    AcceleratorProbe.Chosen chosen = new AcceleratorProbe.Chosen(Accelerator.KVM, "KVM runs guests here");
    Instant now = NOW;
    int descriptors = 524_288;
    int uid = 1000;
    private final boolean mac;
    private final String architecture;

    RecordedHost(boolean mac, String architecture) {
        this.mac = mac;
        this.architecture = architecture;
    }

    /// With the home folder of a user ann, and vmlan built in it.
    RecordedHost ofAnn(String home, String java) {
        environment.put("HOME", home);
        properties.put("user.name", "ann");
        properties.put("java.version", "25.0.3");
        properties.put("java.home", java);
        properties.put(
                "java.class.path", home + "/vmlan/build/1/lib/vmlan-program.jar:" + home + "/vmlan/build/1/lib/x.jar");
        properties.put("vmlan.launcher", home + "/vmlan/vmlan");
        folder("/", 0, 0755).folder(home, 1000, 0755).folder("/tmp", 0, 01777);
        return file(home + "/vmlan/vmlan", "").file(home + "/vmlan/build/1/commands.aot", "");
    }

    RecordedHost file(String path, String text) {
        texts.put(Path.of(path), text);
        facts.put(
                Path.of(path), new FileFacts(FileFacts.Kind.FILE, owner(Path.of(path)), 0644, true, false, INSTALLED));
        return this;
    }

    /// What is below a home folder is Ann's.
    private static int owner(Path file) {
        return file.getNameCount() > 1 && (file.startsWith("/home") || file.startsWith("/Users")) ? 1000 : 0;
    }

    RecordedHost folder(String path, int owner, int mode) {
        boolean writable = owner == uid || (mode & 2) != 0;
        facts.put(Path.of(path), new FileFacts(FileFacts.Kind.FOLDER, owner, mode, true, writable, INSTALLED));
        return this;
    }

    RecordedHost device(String path, boolean accessible, int mode) {
        facts.put(Path.of(path), new FileFacts(FileFacts.Kind.OTHER, 0, mode, accessible, accessible, INSTALLED));
        return this;
    }

    RecordedHost without(String path) {
        facts.keySet().removeIf(file -> file.startsWith(path));
        texts.keySet().removeIf(file -> file.startsWith(path));
        return this;
    }

    RecordedHost program(String... names) {
        programs.addAll(List.of(names));
        return this;
    }

    RecordedHost says(String command, String output) {
        answers.put(command, new Tool(0, false, output, ""));
        return this;
    }

    RecordedHost fails(String command, String errors) {
        answers.put(command, new Tool(1, false, "", errors));
        return this;
    }

    RecordedHost route(String nic, String network) {
        routes.add(new HostRoute(nic, Ipv4Prefix.parse(network), null));
        return this;
    }

    RecordedHost qemu(String guests, String binary, QemuVersion version, String netdevs) {
        qemus.put(guests, new Qemu(Path.of(binary), version, guests, Set.of(netdevs.split(" "))));
        return this;
    }

    @Override
    public boolean isMac() {
        return mac;
    }

    @Override
    public String architecture() {
        return architecture;
    }

    @Override
    public String property(String name) {
        return properties.getOrDefault(name, "");
    }

    @Override
    public Map<String, String> environment() {
        return environment;
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public int uid() {
        return uid;
    }

    @Override
    public Places places() throws Failure {
        return Places.of(environment, mac, uid);
    }

    @Override
    public NetworksFile.Content networksFile(Places places) {
        String text = texts.get(places.config().resolve(NetworksFile.NAME));
        return text == null ? NetworksFile.Content.NONE : NetworksFile.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Optional<FileFacts> facts(Path file) {
        if (!facts.containsKey(file) && facts.keySet().stream().anyMatch(other -> other.startsWith(file))) {
            return Optional.of(new FileFacts(FileFacts.Kind.FOLDER, owner(file), 0755, true, false, INSTALLED));
        }
        return Optional.ofNullable(facts.get(file));
    }

    @Override
    public Path realPath(Path file) {
        return file;
    }

    @Override
    public String text(Path file) throws IOException {
        if (!texts.containsKey(file)) {
            throw new NoSuchFileException(file.toString());
        }
        return texts.get(file);
    }

    @Override
    public List<Path> children(Path folder) {
        return facts.keySet().stream()
                .filter(file -> file.startsWith(folder) && file.getNameCount() > folder.getNameCount())
                .map(file -> folder.resolve(file.getName(folder.getNameCount())))
                .distinct()
                .toList();
    }

    @Override
    public Space space(Path folder) {
        return spaces.getOrDefault(folder, new Space(100 * GIB, mac ? "apfs" : "ext4"));
    }

    @Override
    public void tryOut(Path folder) throws IOException {
        if (refusals.containsKey(folder)) {
            throw refusals.get(folder);
        }
    }

    @Override
    public boolean isServed(Path controlSocket) {
        return served.contains(controlSocket);
    }

    @Override
    public Optional<Path> program(String name) {
        return programs.contains(name) ? Optional.of(Path.of("/usr/bin", name)) : Optional.empty();
    }

    @Override
    public String installLine(Install what) {
        if (mac && what == Install.DEMO_GUEST) {
            return "";
        }
        return (mac ? "brew install " : "sudo apt-get install --no-install-recommends ")
                + switch (what) {
                    case QEMU_X86 -> mac ? "qemu" : "qemu-system-x86";
                    case QEMU_ARM -> mac ? "qemu" : "qemu-system-arm";
                    case QEMU_IMG -> mac ? "qemu" : "qemu-utils";
                    case UEFI_X86 -> mac ? "qemu" : "ovmf";
                    case UEFI_ARM -> mac ? "qemu" : "qemu-efi-aarch64";
                    case DEMO_GUEST -> "linux-image-amd64 busybox-static";
                };
    }

    @Override
    public Tool run(String... command) throws IOException {
        Tool answer = answers.get(String.join(" ", command));
        if (answer == null) {
            throw new IOException("no such program was recorded: " + String.join(" ", command));
        }
        return answer;
    }

    @Override
    public List<HostRoute> routes() {
        return routes;
    }

    @Override
    public Map<Long, List<String>> processes() {
        return processes;
    }

    @Override
    public boolean isAlive(long pid, long mark) {
        return alive.contains(pid);
    }

    @Override
    public int descriptors() {
        return descriptors;
    }

    @Override
    public List<HostNics.HostNic> nics() {
        return nics;
    }

    @Override
    public VmnetFacts vmnet() throws VmnetException {
        if (vmnet == null) {
            // whoever has no vmnet hears what the framework's own door says
            VmnetFramework.open("/nonexistent/vmnet", fault -> {});
        }
        return vmnet;
    }

    @Override
    public Qemu qemu(String guests) throws QemuException {
        if (!qemus.containsKey(guests)) {
            throw new QemuException(
                    "qemu-system-" + guests + " is not installed",
                    "install it: " + installLine(guests.equals("x86_64") ? Install.QEMU_X86 : Install.QEMU_ARM));
        }
        return qemus.get(guests);
    }

    @Override
    public UefiFirmware uefi(Qemu qemu) throws QemuException {
        if (!uefis.containsKey(qemu.architecture())) {
            throw new QemuException(
                    "there is no UEFI firmware for " + qemu.architecture() + " here",
                    "install it: "
                            + installLine(qemu.architecture().equals("x86_64") ? Install.UEFI_X86 : Install.UEFI_ARM));
        }
        return new UefiFirmware(Path.of(uefis.get(qemu.architecture())), "raw", null, null);
    }

    @Override
    public boolean isDemoMade(String architecture, Path cache) {
        return demoMade;
    }

    @Override
    public boolean canDemoBeMade(String architecture, Path cache) {
        return demoMade || programs.contains("apt-get") || demoIngredients;
    }

    @Override
    public AcceleratorProbe.Chosen accelerator(Qemu qemu) {
        return chosen;
    }
}
