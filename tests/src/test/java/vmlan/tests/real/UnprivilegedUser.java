package vmlan.tests.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A user without any rights, with a home of their own and a copy of the built checkout.
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

    static UnprivilegedUser in(Path home) throws IOException, InterruptedException {
        return in(home, List.of());
    }

    /// @param inside words in front of every command, such as those that enter a network namespace
    public static UnprivilegedUser in(Path home, List<String> inside) throws IOException, InterruptedException {
        Installation installation = Installation.create(Qemus.QEMU_10, inside);
        Path checkout = home.resolve("vmlan");
        run("cp", "-a", Installation.launcher().getParent().toString(), checkout.toString());
        Path qemu = Qemus.QEMU_10.folder();
        if (!qemu.startsWith("/usr")) {
            // It lies below the suite's home, which others may not enter, and its wrappers name their own folder.
            run("cp", "-a", qemu.getParent().toString(), home.resolve("qemu").toString());
            run(
                    "sed",
                    "-i",
                    "s|" + qemu.getParent() + "|" + home.resolve("qemu") + "|g",
                    home.resolve("qemu/bin/qemu-system-x86_64").toString());
            qemu = home.resolve("qemu/bin");
        }
        Files.createDirectories(home.resolve("files/cache"));
        run(
                "cp",
                "-aL",
                installation.home().resolve("cache") + "/.",
                home.resolve("files/cache").toString());
        run("chown", "-R", Integer.toString(UID), home.toString());
        return new UnprivilegedUser(home, qemu, installation);
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

    /// Everything that this user's commands have written but the copies made here.
    public List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("files"))) {
            return files.toList();
        }
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
        run("rm", "-rf", home.toString());
    }
}
