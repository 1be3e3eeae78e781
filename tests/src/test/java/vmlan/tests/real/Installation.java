package vmlan.tests.real;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Fields;
import vmlan.program.files.FileLock;
import vmlan.program.message.Failure;
import vmlan.tests.Checkout;

/// `./vmlan` with files of its own, as a user would have it. Closing it ends every VM and network in it, by
/// their pids, and fails when something is left.
public final class Installation implements AutoCloseable {
    /// Real guests on a busy machine under emulation: generous, since only a failure waits so long. More than any
    /// command here is told to wait itself, so that its own words are what is seen.
    public static final Duration LIMIT = Duration.ofSeconds(400);

    private static final Path CHECKOUT = built();

    private final Path home;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> inside;

    private Installation(Path home, List<String> inside) {
        this.home = home;
        this.inside = List.copyOf(inside);
    }

    /// A new one, with its cache shared between all tests, so that the demo guest is made once.
    public static Installation create(Qemus qemu) throws IOException {
        return create(qemu, List.of());
    }

    /// @param inside words in front of every command, such as those that enter a network namespace
    public static Installation create(Qemus qemu, List<String> inside) throws IOException {
        Installation installation = withoutQemu(inside);
        installation.environment.put("VMLAN_QEMU", qemu.folder().toString());
        return installation;
    }

    /// One whose VMs are of another architecture than this machine.
    public static Installation foreign(Qemus qemu) throws IOException {
        return create(qemu).with("VMLAN_QEMU", qemu.foreignFolder().toString());
    }

    /// One that starts no VM.
    public static Installation withoutQemu(List<String> inside) throws IOException {
        Path home = Files.createTempDirectory(Path.of("/tmp"), "vmlan-test");
        Installation installation = new Installation(home, inside);
        Path cache = testCache();
        Files.createDirectories(cache);
        Files.createSymbolicLink(home.resolve("cache"), cache);
        installation.environment.put("VMLAN_HOME", home.toString());
        if (inside.isEmpty()) {
            // The machine's own network gets no tap from the tests.
            installation.environment.put("VMLAN_RIGHTS", "no");
        }
        return installation;
    }

    /// Kept from one run of the tests to the next.
    public static Path testCache() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path folder = cache != null && cache.startsWith("/")
                ? Path.of(cache)
                : Path.of(System.getProperty("user.home"), ".cache");
        return folder.resolve("vmlan/dev/tests");
    }

    /// Held by tests that run `vmlan demo`: test classes run side by side, and these look at the whole machine.
    public static FileLock demosTurn() throws IOException {
        return FileLock.tryTake(Files.createDirectories(testCache()).resolve("demos-turn.lock"), Duration.ofMinutes(15))
                .orElseThrow(() -> new AssertionError("another test's demo does not end"));
    }

    /// Builds what is tested, once; the commands themselves then look at no source.
    private static Path built() {
        Path checkout = Checkout.folder();
        try {
            Process build = new ProcessBuilder(checkout.resolve("vmlan").toString(), "--version")
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (build.waitFor() != 0) {
                throw new AssertionError("./vmlan --version failed");
            }
            return checkout;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("./vmlan cannot be built", e);
        }
    }

    public Installation with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /// With a cache of its own, empty: what comes next is a first run.
    public Installation withOwnCache() throws IOException {
        Files.delete(home.resolve("cache"));
        Files.createDirectory(home.resolve("cache"));
        return this;
    }

    public Path home() {
        return home;
    }

    /// What a command did.
    public record Result(int exitCode, String out, String err) {
        /// The output, of a command that must succeed.
        public String good() {
            if (exitCode != 0) {
                throw new AssertionError("exit " + exitCode + "\nstdout: " + out + "\nstderr: " + err);
            }
            return out.strip();
        }

        /// What was said, of a command that must fail.
        public String bad(int expected) {
            if (exitCode != expected) {
                throw new AssertionError(
                        "exit " + exitCode + ", not " + expected + "\nstdout: " + out + "\nstderr: " + err);
            }
            return err.strip();
        }
    }

    /// A command that goes on by itself.
    public record Running(Process process, Path out, Path err) {
        public String output() throws IOException {
            return Files.readString(out);
        }

        public String errors() throws IOException {
            return Files.readString(err);
        }

        public Result await() throws IOException, InterruptedException {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        "still running after " + LIMIT + "\nstdout: " + output() + "\nstderr: " + errors());
            }
            Result result = new Result(process.exitValue(), output(), errors());
            Files.delete(out);
            Files.delete(err);
            return result;
        }
    }

    public Result vmlan(String... arguments) throws IOException, InterruptedException {
        return start(arguments).await();
    }

    public Running start(String... arguments) throws IOException {
        return start(Redirect.NOTHING, List.of(), arguments);
    }

    /// Where standard input comes from.
    public enum Redirect {
        NOTHING,
        PIPE
    }

    /// @param before words in front of the command, such as `setpriv`
    public Running start(Redirect input, List<String> before, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(CHECKOUT.resolve("vmlan").toString());
        command.addAll(List.of(arguments));
        return launch(input, command);
    }

    /// Any command, in this installation's environment.
    public Running launch(Redirect input, List<String> command) throws IOException {
        Path out = Files.createTempFile("vmlan-test", ".out");
        Path err = Files.createTempFile("vmlan-test", ".err");
        List<String> words = new ArrayList<>(inside);
        words.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.redirectInput(
                input == Redirect.PIPE
                        ? ProcessBuilder.Redirect.PIPE
                        : ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().putAll(environment);
        builder.environment().put("VMLAN_NO_BUILD", "1");
        return new Running(builder.start(), out, err);
    }

    public static Path launcher() {
        return CHECKOUT.resolve("vmlan");
    }

    public List<Fields> ps() throws IOException, InterruptedException {
        return list(vmlan("ps", "--json").good());
    }

    public static List<Fields> list(String json) throws IOException {
        List<Fields> list = new ArrayList<>();
        for (Object entry : JSON.std.listFrom(json)) {
            list.add(fields(entry));
        }
        return list;
    }

    @SuppressWarnings("unchecked")
    private static Fields fields(Object map) {
        return new Fields((Map<String, Object>) map);
    }

    public static Fields object(String json) throws IOException {
        return new Fields(JSON.std.mapFrom(json));
    }

    public Fields vm(String name) throws IOException, InterruptedException {
        return ps().stream()
                .filter(vm -> vm.text("name").equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no VM " + name));
    }

    /// Waits until `ps` says that a VM is in a state: one whose monitor does not answer within two seconds counts as
    /// running there, as on a busy machine.
    void awaitState(String vm, String state) {
        Await.until(
                vm + " to be " + state,
                LIMIT,
                () -> vm(vm).text("state").equals(state) ? Optional.of(true) : Optional.empty(),
                () -> vmlan("ps", "--json").out());
    }

    /// The processes that are QEMU, whether `ps` knows them or not; the shell that waits for one is none.
    public List<Long> qemus() {
        return processes().stream()
                .map(ProcessHandle::pid)
                .filter(pid -> {
                    String command = read(Path.of("/proc/" + pid + "/cmdline"));
                    return command.contains("\0-pidfile\0") && !command.contains("\0vmlan-qemu\0");
                })
                .toList();
    }

    /// The processes whose command line has the words, each between zero bytes.
    List<Long> pidsOf(String words) {
        return processes().stream()
                .map(ProcessHandle::pid)
                .filter(pid -> read(Path.of("/proc/" + pid + "/cmdline")).contains(words))
                .toList();
    }

    /// A file of /proc; empty when its process has ended.
    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    ControlClient control(String network) {
        return new ControlClient(home.resolve("run/" + network + "/control.sock"), network);
    }

    /// Whether the gateway of a network gets an answer from an address.
    boolean ping(String network, String address, Duration limit) throws Failure {
        return control(network)
                .send(
                        "POST",
                        "/v1/ping",
                        Map.of("address", address, "timeoutMillis", limit.toMillis()),
                        limit.plusSeconds(15))
                .flag("answered");
    }

    public long networkPid(String network) throws IOException, InterruptedException {
        return object(vmlan("network", "show", network, "--json").good()).number("pid");
    }

    /// See [GuestConsole].
    public GuestConsole console(String vm) {
        return new GuestConsole(home, vm);
    }

    /// Waits for a line on a VM's console.
    public String awaitConsole(String vm, String text) {
        return console(vm).await(text);
    }

    public String consoleLog(String vm) throws IOException {
        return console(vm).log();
    }

    /// Types a command at the guest's shell and returns what it printed.
    public String inGuest(String vm, String command) throws IOException {
        return console(vm).type(command);
    }

    public static void signal(String name, long pid) throws IOException, InterruptedException {
        if (!signalled(name, pid)) {
            throw new AssertionError("no process " + pid + " to signal");
        }
    }

    /// @return false where the process was gone before
    static boolean signalled(String name, long pid) throws IOException, InterruptedException {
        return new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        List<String> left = new ArrayList<>();
        try {
            end(left);
        } catch (AssertionError e) {
            left.add(e.getMessage());
        }
        for (ProcessHandle process : processes()) {
            left.add("left running: " + process.pid() + " "
                    + process.info().commandLine().orElse(""));
            process.destroyForcibly();
            process.onExit().join();
        }
        if (Files.isSymbolicLink(home.resolve("cache"))) {
            Files.delete(home.resolve("cache"));
        }
        try (Stream<Path> files = Files.walk(home)) {
            files.filter(file -> file.toString().endsWith(".sock"))
                    .forEach(socket -> left.add("left behind: " + socket));
        }
        if (!left.isEmpty()) {
            throw new AssertionError(String.join("\n", left) + "\nits files are in " + home);
        }
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// Each command is a JVM, so what nobody has begun is not ended.
    private void end(List<String> left) throws IOException, InterruptedException {
        boolean runs = !processes().isEmpty();
        if (runs || Files.isDirectory(home.resolve("state/vms"))) {
            List<String> vms = ps().stream().map(vm -> vm.text("name")).toList();
            Result removed = vms.isEmpty() ? null : vmlan(rm(vms));
            if (removed != null && removed.exitCode() != 0) {
                left.add("rm " + vms + ": " + removed.err());
            }
        }
        for (String network : networks(runs)) {
            Result stopped = vmlan("network", "stop", network);
            if (stopped.exitCode() != 0) {
                left.add("network stop " + network + ": " + stopped.err());
            }
        }
        Await.until(
                "the end of every process of " + home,
                Duration.ofSeconds(60),
                () -> processes().isEmpty() ? Optional.of(true) : Optional.empty(),
                () -> processes().stream()
                        .map(process -> process.info().toString())
                        .toList()
                        .toString());
    }

    private static String[] rm(List<String> vms) {
        List<String> words = new ArrayList<>(List.of("rm", "--force"));
        words.addAll(vms);
        return words.toArray(String[]::new);
    }

    /// What has a control socket has a process, or had one. The usual two may be about to have theirs, or have it
    /// elsewhere, where anything runs at all.
    private Set<String> networks(boolean runs) throws IOException {
        Set<String> networks = new TreeSet<>(runs ? List.of("shared", "private") : List.of());
        if (Files.isDirectory(home.resolve("run"))) {
            try (Stream<Path> folders = Files.list(home.resolve("run"))) {
                folders.filter(folder -> Files.exists(folder.resolve("control.sock")))
                        .forEach(folder -> networks.add(folder.getFileName().toString()));
            }
        }
        return networks;
    }

    /// Processes that were started with this installation's environment.
    List<ProcessHandle> processes() {
        return processes(home);
    }

    static List<ProcessHandle> processes(Path home) {
        return ProcessHandle.allProcesses()
                .filter(process ->
                        read(Path.of("/proc/" + process.pid() + "/environ")).contains("VMLAN_HOME=" + home))
                .toList();
    }
}
