package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A QEMU command line in a terminal is QEMU: beside plain QEMU's own doings. Machines that stand still, since no guest
/// is needed for that.
class QemuCommandTest {
    private static final List<String> LINE =
            List.of("qemu-system-x86_64", "-S", "-nographic", "-m", "64", "-nic", "vmnet-shared,mac=52:54:00:aa:00:01");

    /// What a user types into the monitor behind Ctrl-A c.
    private static final String MONITOR = "\u0001cinfo chardev\ninfo status\nquit\n";

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void theTerminalIsThatOfPlainQemu(Qemus qemu) throws Exception {
        try (Installation vmlan = Installation.create(qemu)) {
            List<String> plain = new ArrayList<>(LINE.subList(0, 5));
            plain.set(0, qemu.folder().resolve("qemu-system-x86_64").toString());
            plain.addAll(List.of("-nic", "none"));
            Installation.Result expected = typed(vmlan.launch(Installation.Redirect.PIPE, plain));
            Installation.Result result = typed(vmlan.start(Installation.Redirect.PIPE, List.of(), qemu(LINE)));
            assertThat(shown(result)).isEqualTo(shown(expected)).contains("serial0: filename=mux");
            assertThat(result.exitCode()).isEqualTo(expected.exitCode()).isZero();
            assertThat(vmlan.vm("qemu").text("state")).isEqualTo("stopped");

            assertThat(vmlan.vmlan(qemu(List.of("qemu-system-x86_64", "-machine", "nosuch")))
                            .bad(1))
                    .as("what QEMU says of what is no matter of ours")
                    .contains("unsupported machine type");
            assertThat(vmlan.vmlan("qemu", "qemu-system-x86_64", "--version").good())
                    .startsWith("QEMU emulator version");
        }
    }

    private static Installation.Result typed(Installation.Running running) throws Exception {
        try (OutputStream keyboard = running.process().getOutputStream()) {
            keyboard.write(MONITOR.getBytes(StandardCharsets.US_ASCII));
            keyboard.flush();
            return running.await();
        }
    }

    /// Without the two sockets that vmlan adds.
    private static List<String> shown(Installation.Result result) {
        return result.out().lines().filter(line -> !line.contains("vmlan-")).toList();
    }

    @Test
    void theProcessIsThatOfPlainQemu() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_7)) {
            List<String> plain = new ArrayList<>(LINE.subList(1, 5));
            plain.addFirst(Qemus.QEMU_7.folder().resolve("qemu-system-x86_64").toString());
            plain.addAll(List.of("-nic", "none", "-qmp", "unix:" + vmlan.home().resolve("q") + ",server=on,wait=off"));
            Installation.Running alone = vmlan.launch(Installation.Redirect.PIPE, plain);
            Await.until(
                    "QEMU's monitor",
                    Installation.LIMIT,
                    () -> Files.exists(vmlan.home().resolve("q")) ? Optional.of(true) : Optional.empty(),
                    alone::errors);
            Installation.Running ours = vmlan.start(Installation.Redirect.PIPE, List.of(), qemu(LINE));
            awaitState(vmlan, ours, "qemu", "running");
            long pid = ours.process().pid();
            awaitHandlers(alone);
            awaitHandlers(ours);
            for (String mask : List.of("SigBlk", "SigIgn", "SigCgt")) {
                // QEMU blocks them all for the moment in which it makes a thread (util/qemu-thread-posix.c)
                Await.until(
                        mask + " to be that of plain QEMU",
                        Installation.LIMIT,
                        () -> status(pid, mask).equals(status(alone.process().pid(), mask))
                                ? Optional.of(true)
                                : Optional.empty(),
                        () -> status(pid, mask) + ", and "
                                + status(alone.process().pid(), mask));
            }
            assertThat(limit(pid)).isEqualTo(limit(alone.process().pid()));
            try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
                assertThat(files.map(QemuCommandTest::target).toList())
                        .as("nothing of the JVM's is open in QEMU")
                        .noneMatch(file -> file.endsWith(".jar") || file.endsWith(".aot") || file.contains("/jvm/"));
            }
            assertThat(vmlan.vmlan(qemu(LINE)).bad(2))
                    .as("the MAC address of a VM that runs")
                    .contains("52:54:00:aa:00:01 belongs to the VM 'qemu'");
            Installation.signal("TERM", alone.process().pid());
            Installation.signal("TERM", pid);
            assertThat(alone.await().exitCode()).isEqualTo(ours.await().exitCode());
        }
    }

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void theVmIsOneOfVmlansAndStartsAgainInTheBackground(Qemus qemu) throws Exception {
        try (Installation vmlan = Installation.create(qemu)) {
            List<String> line = List.of(
                    "qemu-system-x86_64",
                    "-name",
                    "My VM",
                    "-S",
                    "-display",
                    "none",
                    "-m",
                    "64",
                    "-daemonize",
                    "-nic",
                    "vmnet-shared");
            vmlan.vmlan(qemu(line)).good();
            assertThat(vmlan.vm("my-vm").text("state")).isEqualTo("running");
            String mac = vmlan.vm("my-vm").objects("networks").getFirst().text("mac");
            assertThat(vmlan.vmlan("console", "my-vm").bad(2)).contains("is a QEMU command line");
            vmlan.vmlan("stop", "--force", "my-vm").good();
            assertThat(vmlan.vm("my-vm").text("state")).isEqualTo("stopped");

            vmlan.vmlan("start", "my-vm").good();
            assertThat(vmlan.vm("my-vm").text("state")).isEqualTo("running");
            assertThat(vmlan.vm("my-vm").objects("networks").getFirst().text("mac"))
                    .isEqualTo(mac);
            assertThat(vmlan.vmlan(qemu(line)).good()).isEmpty();
            assertThat(vmlan.vm("my-vm-2").text("state"))
                    .as("another of the name")
                    .isEqualTo("running");
            vmlan.vmlan("restart", "--force", "my-vm").good();
            vmlan.vmlan("rm", "--force", "my-vm").good();

            vmlan.vmlan(qemu(List.of(
                            "qemu-system-x86_64",
                            "-name",
                            "in",
                            "-display",
                            "none",
                            "-m",
                            "64",
                            "-daemonize",
                            "-incoming",
                            "defer")))
                    .good();
            vmlan.vmlan("stop", "--force", "in").good();
            assertThat(vmlan.vmlan("start", "in").bad(2)).contains("-incoming waits for a guest");
            assertThat(vmlan.vmlan("autostart", "in").bad(2)).contains("-incoming waits for a guest");
        }
    }

    /// `exec 7<FILE; vmlan qemu … -daemonize -add-fd fd=7,set=1`, as a script has it.
    @Test
    void openFilesOfTheShellAreThereWhenQemuLeavesTheTerminalToo() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_7)) {
            List<String> words = new ArrayList<>(List.of(
                    "sh",
                    "-c",
                    "exec 7</dev/null; exec \"$@\"",
                    "sh",
                    Installation.launcher().toString()));
            words.addAll(List.of(qemu(List.of(
                    "qemu-system-x86_64",
                    "-name",
                    "given",
                    "-S",
                    "-display",
                    "none",
                    "-m",
                    "64",
                    "-daemonize",
                    "-add-fd",
                    "fd=7,set=1",
                    "-nic",
                    "vmnet-shared"))));
            Installation.Result result =
                    vmlan.launch(Installation.Redirect.NOTHING, words).await();
            assertThat(result.exitCode()).as(result.err()).isZero();
            assertThat(vmlan.vm("given").text("state")).isEqualTo("running");
            vmlan.vmlan("stop", "--force", "given").good();
        }
    }

    /// As ./vmlan asks under sudo, before it gives its rights up.
    @Test
    void networksThatWantRightsAreSeenBehindEveryOptionAndNoOthersAreMade() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_7)) {
            Path foreign = Files.createSymbolicLink(
                    vmlan.home().resolve("qemu-system-aarch64"),
                    Qemus.QEMU_7.folder().resolve("qemu-system-x86_64"));
            String host = "vmnet-host,start-address=192.168.216.1,end-address=192.168.216.9,subnet-mask=255.255.255.0";
            for (String options : List.of(
                    "",
                    "--engine",
                    "--name=web",
                    "--name web",
                    "-p 8080:80",
                    "--publish=8080:80",
                    "--sudo",
                    "--json",
                    "--",
                    "--engine --json sudo -E")) {
                assertThat(needed(vmlan, options + " qemu-system-x86_64 -nic user -nic vmnet-host -nic " + host))
                        .as(options)
                        .containsExactly("host", "host-192.168.216.1");
            }
            assertThat(needed(vmlan, foreign + " -nic vmnet-host")).containsExactly("host");
            for (String nothing : List.of(
                    "",
                    "--help",
                    "--dry-run qemu-system-x86_64 -nic vmnet-host",
                    "qemu-system-x86_64 --version -nic vmnet-host",
                    "qemu-system-nosuch -nic vmnet-host,start-address=192.168.217.1,end-address=192.168.217.9,"
                            + "subnet-mask=255.255.255.0",
                    "qemu-system-x86_64 @nosuch.img -nic vmnet-host")) {
                assertThat(needed(vmlan, nothing)).as(nothing).isEmpty();
            }
            assertThat(vmlan.vmlan("network", "ls").good())
                    .contains("host-192.168.216.1")
                    .doesNotContain("user-", "192.168.217.1");
        }
    }

    private static List<String> needed(Installation vmlan, String words) throws Exception {
        List<String> typed = new ArrayList<>(List.of("network", "needed", "--", "qemu"));
        Stream.of(words.split(" ")).filter(word -> !word.isEmpty()).forEach(typed::add);
        return vmlan.vmlan(typed.toArray(String[]::new)).good().lines().toList();
    }

    @Test
    void aVmsOwnNetworksAreItsAloneAndGoWithItAndWithAStartThatFailed() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            String line = "--engine --name web qemu-system-x86_64 -S -display none -m 64 -daemonize -nic user";
            vmlan.vmlan(qemu(List.of((line + " -nic user").split(" ")))).good();
            assertThat(vmlan.vmlan("network", "ls").good()).contains("user-web-0", "user-web-1");
            assertThat(vmlan.vmlan("run", "--net", "user-web-0", "--name", "other", "--dry-run")
                            .bad(2))
                    .contains("is the VM web's own");
            assertThat(vmlan.vmlan("run", "-d", "--net", "user-web-0", "--name", "other")
                            .bad(2))
                    .contains("is the VM web's own");
            vmlan.vmlan("stop", "--force", "web").good();
            assertThat(vmlan.vmlan(qemu(List.of(line.split(" ")))).good()).isEmpty();
            assertThat(vmlan.vmlan("network", "ls").good())
                    .contains("user-web-0")
                    .doesNotContain("user-web-1");
            vmlan.vmlan("rm", "--force", "web").good();

            assertThat(vmlan.vmlan(qemu(List.of((line + " -machine nosuch").split(" "))))
                            .bad(1))
                    .contains("unsupported machine type");
            assertThat(vmlan.ps()).isEmpty();
            assertThat(vmlan.vmlan("network", "ls").good()).doesNotContain("user-web");
        }
    }

    /// QEMU's last step before it runs: SIGTERM is the last signal that it takes over (os-posix.c,
    /// os_setup_signal_handling).
    private static void awaitHandlers(Installation.Running qemu) {
        Await.until(
                "QEMU to catch SIGTERM",
                Installation.LIMIT,
                () -> {
                    String caught = status(qemu.process().pid(), "SigCgt").replaceFirst("\\S+\\s+", "");
                    return (Long.parseUnsignedLong(caught, 16) >> (15 - 1) & 1) == 1
                            ? Optional.of(caught)
                            : Optional.empty();
                },
                qemu::errors);
    }

    private static void awaitState(Installation vmlan, Installation.Running line, String name, String state) {
        Await.until(
                name + " to be " + state,
                Installation.LIMIT,
                () -> vmlan.ps().stream()
                        .filter(vm ->
                                vm.text("name").equals(name) && vm.text("state").equals(state))
                        .filter(vm -> Files.exists(vmlan.home().resolve("run/vm." + name + "/qmp.sock")))
                        .findFirst(),
                line::errors);
    }

    private static String[] qemu(List<String> line) {
        List<String> words = new ArrayList<>(List.of("qemu"));
        words.addAll(line);
        return words.toArray(String[]::new);
    }

    private static String status(long pid, String field) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .findFirst()
                .orElseThrow();
    }

    private static String limit(long pid) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + pid + "/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .findFirst()
                .orElseThrow();
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (java.io.IOException e) {
            return "";
        }
    }
}
