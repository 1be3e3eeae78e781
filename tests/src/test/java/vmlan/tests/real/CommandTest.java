package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;
import static vmlan.tests.real.GuestConsole.onConsole;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.program.files.Fields;
import vmlan.qemu.QemuException;
import vmlan.qemu.QmpClient;

/// The commands as a user types them.
class CommandTest {
    @Test
    void runInTheForegroundSaysTheAddressesAndPowersDownWhenInterrupted() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            Installation.Running run = vmlan.start("run");
            Await.until(
                    "both addresses",
                    Installation.LIMIT,
                    () -> run.errors().split("answers ping from the network", -1).length == 3
                            ? Optional.of(true)
                            : Optional.empty(),
                    () -> run.output() + run.errors());
            // the guest may answer before it has said so
            await("the guest's own word", run, onConsole("vmlan-demo: eth0 ipv4 192.168."));
            assertThat(vmlan.vm("demo").text("state")).isEqualTo("running");
            run.process().destroy();
            Installation.Result result = run.await();
            assertThat(result.exitCode()).as("ended by SIGTERM").isEqualTo(143);
            assertThat(result.err()).contains("powering down demo");
            assertThat(vmlan.vm("demo").text("state")).isEqualTo("stopped");
        }
    }

    @Test
    void runOnATerminalJoinsTheConsoleAndCtrlBracketLeavesIt() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            // script(1) gives it a terminal
            Installation.Running run = vmlan.launch(
                    Installation.Redirect.PIPE,
                    List.of("script", "-qefc", Installation.launcher() + " run --name tty", "/dev/null"));
            await("the shell", run, onConsole("tty:~#"));
            type(run, "echo ab''cd\n");
            await("the shell's answer", run, onConsole("abcd"));
            // Ctrl-C is the guest's, once what runs there says so itself: a shell that forks may lose it
            type(run, "sh -c \"echo sl''eeping; exec sleep 1000\"\n");
            await("the command to run", run, onConsole("sleeping"));
            type(run, "\u0003");
            await(
                    "the prompt after Ctrl-C",
                    run,
                    Pattern.compile(onConsole("sleeping") + ".*" + onConsole("tty:~#"), Pattern.DOTALL));
            type(run, "echo ef''gh\n");
            await("the shell after Ctrl-C", run, onConsole("efgh"));

            Installation.Result second = vmlan.vmlan("console", "tty");
            assertThat(second.bad(1)).contains("another terminal has the console of tty");

            type(run, "\u001d");
            assertThat(run.await().exitCode()).isZero();
            assertThat(vmlan.vm("tty").text("state")).isEqualTo("running");
            assertThat(vmlan.inGuest("tty", "echo st''ill")).containsPattern(onConsole("still"));
        }
    }

    private static void await(String what, Installation.Running run, Pattern output) {
        Await.until(
                what,
                Installation.LIMIT,
                () -> output.matcher(run.output()).find() ? Optional.of(true) : Optional.empty(),
                () -> run.output() + run.errors());
    }

    private static void type(Installation.Running run, String keys) throws Exception {
        run.process().getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
        run.process().getOutputStream().flush();
    }

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void dryRunPrintsALineThatQemuTakesAndStartsNothing(Qemus qemu) throws Exception {
        try (Installation vmlan = Installation.create(qemu)) {
            String line = vmlan.vmlan("run", "--dry-run", "--name", "dry").good();
            assertThat(line)
                    .contains("-netdev stream,")
                    .contains("mac=52:54:00:")
                    .contains("qemu-system-");
            assertThat(vmlan.ps()).isEmpty();
            assertThat(vmlan.home().resolve("state/networks")).doesNotExist();
            assertThat(vmlan.vmlan("run", "--dry-run", "--name", "dry").good()).isEqualTo(line);

            startsAndQuits(vmlan, line, "dry");
        }
    }

    /// The shell gives the printed line to QEMU, which opens all its files and sockets and then, by `-S`, waits.
    /// Whoever types it has to make the folders that `run` makes.
    private static void startsAndQuits(Installation vmlan, String line, String name) throws Exception {
        Files.createDirectories(vmlan.home().resolve("state/vms/" + name));
        Files.createDirectories(vmlan.home().resolve("run/vm." + name));
        Files.createDirectories(vmlan.home().resolve("run/shared"));
        Installation.Running qemu =
                vmlan.launch(Installation.Redirect.NOTHING, List.of("sh", "-c", "exec " + line + " -S"));
        try (QmpClient monitor = Await.until(
                "QEMU's monitor",
                Duration.ofSeconds(60),
                () -> monitor(qemu.process(), vmlan.home().resolve("run/vm." + name + "/qmp.sock")),
                () -> qemu.output() + qemu.errors())) {
            assertThat(monitor.status()).isEqualTo("prelaunch");
            monitor.execute("quit", Map.of(), Duration.ofSeconds(20));
        } finally {
            if (!qemu.process().waitFor(60, TimeUnit.SECONDS)) {
                qemu.process().destroyForcibly();
            }
        }
        Installation.Result result = qemu.await();
        assertThat(result.good()).isEmpty();
        assertThat(result.err()).as("what QEMU said").isEmpty();
        // QEMU 7.2 listens there, and leaves it to the network to take the socket away
        Files.deleteIfExists(vmlan.home().resolve("run/shared/" + name + "-0.sock"));
    }

    private static Optional<QmpClient> monitor(Process qemu, Path socket) {
        if (!qemu.isAlive()) {
            throw new AssertionError("QEMU ended with status " + qemu.exitValue() + " before its monitor answered");
        }
        try {
            return Optional.of(QmpClient.connect(socket, Duration.ofSeconds(5)));
        } catch (QemuException e) {
            return Optional.empty();
        }
    }

    @Test
    void aQemuThatDiesIsShownWithItsLastWords() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            String said = vmlan.vmlan("run", "-d", "--name", "bad", "--", "-device", "nonsense")
                    .bad(1);
            assertThat(said).contains("'nonsense' is not a valid device model name");
            assertThat(vmlan.ps()).as("nothing is left of it").isEmpty();

            vmlan.vmlan("run", "-d", "--name", "killed").good();
            long pid = vmlan.vm("killed").number("pid");
            Installation.signal("KILL", pid);
            Await.until(
                    "the state and its reason",
                    Duration.ofSeconds(60),
                    () -> {
                        Fields now = vmlan.vm("killed");
                        // what ended QEMU is known a moment after its end, from the shell above it
                        return now.text("state").equals("failed")
                                        && now.text("lastWords").contains("signal 9")
                                ? Optional.of(now)
                                : Optional.empty();
                    },
                    () -> vmlan.vmlan("ps").out());
            vmlan.vmlan("rm", "killed").good();
        }
    }

    @Test
    void mistakesAreSaidInALineWithWhatToDo() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            assertThat(vmlan.vmlan("run", "/nowhere.qcow2").bad(2))
                    .contains("the disk /nowhere.qcow2 does not exist")
                    .contains("→");
            assertThat(vmlan.vmlan("run", "--net", "nothing").bad(2)).contains("there is no network 'nothing'");
            assertThat(vmlan.vmlan("run", "--name", "No Name").bad(2)).contains("cannot be a VM's name");
            assertThat(vmlan.vmlan("run", "--memory", "lots").bad(2)).contains("'lots' is not an amount of memory");
            assertThat(vmlan.vmlan("ip", "nobody").bad(2)).contains("there is no VM 'nobody'");
            assertThat(vmlan.vmlan("nonsense").bad(2)).contains("there is no command 'vmlan nonsense'");
            assertThat(vmlan.vmlan("network", "show", "x").bad(2)).contains("there is no network 'x'");
            Fields error = Installation.object(
                            vmlan.vmlan("ip", "--json", "nobody").bad(2))
                    .object("error");
            assertThat(error.text("what")).isEqualTo("there is no VM 'nobody'");
            assertThat(error.text("do")).contains("vmlan ps");
            assertThat(vmlan.ps()).isEmpty();
        }
    }

    @Test
    void aSecondProcessForANetworkIsRefused() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            vmlan.vmlan("network", "start", "shared").good();
            long pid = vmlan.networkPid("shared");
            assertThat(vmlan.vmlan("network", "serve", "shared").bad(1)).contains("served by another process already");
            assertThat(vmlan.networkPid("shared")).isEqualTo(pid);
        }
    }

    @Test
    void damagedStateIsSetAsideAndSaid() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            vmlan.vmlan("network", "start", "shared").good();
            vmlan.vmlan("network", "stop", "shared").good();
            Path folder = vmlan.home().resolve("state/networks/shared");
            Files.writeString(folder.resolve("leases.json"), "{\"leases\": [");
            Files.writeString(folder.resolve("ports.json"), "nonsense");
            vmlan.vmlan("network", "start", "shared").good();
            assertThat(Files.readString(folder.resolve("network.log")))
                    .contains("leases.json is damaged")
                    .contains("ports.json is damaged");
            Files.createDirectories(vmlan.home().resolve("state/vms/broken"));
            Files.writeString(vmlan.home().resolve("state/vms/broken/vm.json"), "{");
            Installation.Result ps = vmlan.vmlan("ps", "--json");
            assertThat(ps.good()).isEqualTo("[ ]");
            assertThat(ps.err()).contains("vm.json is damaged");
        }
    }

    @Test
    void anUnprivilegedUserRunsAGuest() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            Path home = Files.createTempDirectory(Path.of("/tmp"), "vmlan-user");
            try (UnprivilegedUser nobody = UnprivilegedUser.in(home)) {
                assertThat(nobody.vmlan("run", "-d").good()).isEqualTo("demo");
                String address = nobody.vmlan("ip", "--timeout", "180", "demo").good();
                assertThat(address).startsWith("192.168.");
                long qemu = Installation.list(nobody.vmlan("ps", "--json").good())
                        .getFirst()
                        .number("pid");
                assertThat(nobody.owner(qemu)).as("QEMU's user").isEqualTo(UnprivilegedUser.UID);
                assertThat(nobody.vmlan("doctor").good()).contains("shared runs");
                assertThat(nobody.underSudo("doctor").good()).as("the caller's").contains("shared runs");
                assertThat(nobody.vmlan("stop", "--timeout", "180", "demo").err())
                        .contains("has powered down");
                assertThat(vmlan.ps()).isEmpty();
            }
        }
    }

    @Test
    void helpHasExamplesForEveryCommand() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            for (String command : List.of(
                    "run",
                    "ps",
                    "ip",
                    "ssh",
                    "connect",
                    "publish",
                    "unpublish",
                    "console",
                    "logs",
                    "start",
                    "stop",
                    "restart",
                    "pause",
                    "resume",
                    "exec",
                    "autostart",
                    "rm",
                    "network",
                    "leases",
                    "doctor")) {
                assertThat(vmlan.vmlan(command, "--help").good())
                        .contains("Examples:")
                        .contains("vmlan " + command);
            }
            for (String command : List.of("ls", "show", "set", "logs", "start", "stop", "serve")) {
                assertThat(vmlan.vmlan("network", command, "--help").good())
                        .contains("Examples:")
                        .contains("vmlan network " + command);
            }
            assertThat(vmlan.vmlan("--version").good()).startsWith("vmlan ");
        }
    }
}
