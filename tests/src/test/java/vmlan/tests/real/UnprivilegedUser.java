package vmlan.tests.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import vmlan.qemu.Qemu;
import vmlan.qemu.demo.DemoGuest;

/// A user without any rights, with a home of their own and a copy of what was built.
///
/// The suite runs as root in CI: then it becomes user 65534 for this. Run by somebody else, that one is
/// unprivileged already.
public final class UnprivilegedUser implements AutoCloseable {
    public static final int UID = isRoot() ? 65534 : uid();

    private final Path home;
    private final Path qemu;
    private final Installation installation;

    private UnprivilegedUser(Path home, Path qemu, Installation installation) {
        this.home = home;
        this.qemu = qemu;
        this.installation = installation;
    }

    static UnprivilegedUser in(Path home) throws Exception {
        return in(home, List.of());
    }

    /// @param inside words in front of every command, such as those that enter a network namespace
    public static UnprivilegedUser in(Path home, List<String> inside) throws Exception {
        Installation installation = Installation.create(Qemus.QEMU_10, inside);
        copyWhatWasBuilt(Installation.launcher().getParent(), home.resolve("vmlan"));
        // and nothing else of the cache: the tests keep disks and packages there, of which some come and go
        Path demo = DemoGuest.prepare(Qemu.hostArchitecture(), Installation.testCache(), step -> {})
                .kernel()
                .getParent();
        Path cache = Files.createDirectories(home.resolve("files/cache"));
        run("cp", "-a", demo.toString(), cache.toString());
        run("chown", "-R", Integer.toString(UID), home.toString());
        return new UnprivilegedUser(home, QemuForOthers.FOLDER, installation);
    }

    /// And nothing else of the checkout: others are at work in it, the tests' own reports are.
    private static void copyWhatWasBuilt(Path checkout, Path copy) throws IOException, InterruptedException {
        Path build = Files.createDirectories(copy.resolve("build"));
        String id = Files.readString(checkout.resolve("build/current")).strip();
        run("cp", "-a", checkout + "/vmlan", checkout + "/setup", copy.toString());
        run("cp", "-a", checkout + "/build/current", checkout + "/build/" + id, build.toString());
    }

    /// QEMU 10 where everybody may read it, once for all tests of this JVM. Usually it lies below the suite's home,
    /// which
    /// others may not enter, and its wrappers name their own folder.
    private static final class QemuForOthers {
        static final Path FOLDER = made();

        private static Path made() {
            Path folder = Qemus.QEMU_10.folder();
            if (folder.startsWith("/usr")) {
                return folder;
            }
            Path from = folder.getParent();
            try {
                Path copy = Files.createTempDirectory(Path.of("/tmp"), "vmlan-qemu");
                Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(copy)));
                run("cp", "-a", from + "/bin", from + "/root", copy.toString());
                run("sed", "-i", "s|" + from + "|" + copy + "|g", copy.resolve("bin/qemu-system-x86_64") + "");
                run("chmod", "-R", "a+rX", copy.toString());
                return copy.resolve("bin");
            } catch (IOException | InterruptedException e) {
                throw new AssertionError("QEMU cannot be copied from " + from, e);
            }
        }

        private static void remove(Path folder) {
            try {
                run("rm", "-rf", folder.toString());
            } catch (IOException | InterruptedException e) {
                System.err.println(folder + " stays: " + e);
            }
        }
    }

    public Installation.Result vmlan(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=" + UID, "--regid=" + UID, "--clear-groups", "--no-new-privs"));
        }
        return as(command, arguments);
    }

    /// With a PATH and variables of its own, and with the two capabilities by which a stand-in for sudo in that PATH
    /// can become root. A program that is setuid would lend them to all of this user's processes.
    ///
    /// @param before variables, as `NAME=VALUE`
    public Installation.Result withStandIn(List<String> before, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            String rights = "-all,+setuid,+setgid";
            command.addAll(List.of("setpriv", "--reuid=" + UID, "--regid=" + UID, "--clear-groups"));
            command.addAll(List.of("--inh-caps=" + rights, "--ambient-caps=" + rights));
        }
        command.add("env");
        command.addAll(before);
        return as(command, arguments);
    }

    public Path home() {
        return home;
    }

    /// QEMU's folder, as this user has it.
    public Path qemu() {
        return qemu;
    }

    /// As if this user had called sudo, which says so in the environment (sudo(8)).
    public Installation.Result underSudo(String... arguments) throws IOException, InterruptedException {
        return underSudo(List.of(), arguments);
    }

    /// @param variables more of the environment, `NAME=value` each
    public Installation.Result underSudo(List<String> variables, String... arguments)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("env", "SUDO_UID=" + UID, "SUDO_GID=" + UID, "SUDO_USER=nobody"));
        words.addAll(variables);
        return as(words, arguments);
    }

    /// Whose everything is that this user's commands have written, but for the copies made here. What goes while others
    /// work there is nobody's.
    public Map<Path, Integer> owners() throws IOException {
        Map<Path, Integer> owners = new TreeMap<>();
        List<Path> files = new ArrayList<>(FilesBelow.of(home.resolve("files")));
        for (Path file : List.copyOf(files)) {
            for (Path folder = file.getParent(); !folder.equals(home); folder = folder.getParent()) {
                files.add(folder);
            }
        }
        for (Path file : files) {
            try {
                owners.put(file, (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
            } catch (NoSuchFileException e) {
                // one that was being written, and has its name by now
            }
        }
        return owners;
    }

    private Installation.Result as(List<String> before, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of("env", "VMLAN_HOME=" + home.resolve("files"), "HOME=" + home));
        if (before.stream().noneMatch(word -> word.startsWith("VMLAN_QEMU="))) {
            command.add("VMLAN_QEMU=" + qemu);
        }
        command.add(home.resolve("vmlan/vmlan").toString());
        command.addAll(List.of(arguments));
        return installation.launch(Installation.Redirect.NOTHING, command).await();
    }

    public int owner(long pid) throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/" + pid), "unix:uid");
    }

    private static boolean isRoot() {
        return uid() == 0;
    }

    private static int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        if (new ProcessBuilder(command).start().waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + " failed");
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        vmlan("rm", "--force", "demo");
        vmlan("network", "stop", "shared");
        vmlan("network", "stop", "bridged-en0");
        installation.close();
        Path files = home.resolve("files");
        Await.until(
                "the end of every process of " + files,
                Duration.ofSeconds(60),
                () -> Installation.processes(files).isEmpty() ? Optional.of(true) : Optional.empty(),
                () -> Installation.processes(files).stream()
                        .map(process -> process.info().toString())
                        .toList()
                        .toString());
        run("rm", "-rf", home.toString());
    }
}
