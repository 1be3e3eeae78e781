package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vmlan.tests.real.GuestConsole.onConsole;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vmlan.program.files.Fields;

/// A VM's life by commands: stopped, started as it was, restarted, paused, removed.
class LifeTest {
    @Test
    void aVmIsStartedAgainAsItWasAndRestartedWithItsAddressesAndPorts() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            assertThat(vmlan.vmlan().good()).contains("no VMs yet").contains("vmlan run ");
            vmlan.vmlan("run", "-d", "--name", "web", "-p", "0:80", "--cpus", "2", "--memory", "200M")
                    .good();
            String address = vmlan.vmlan("ip", "--timeout", "180", "web").good();
            Fields before = vmlan.vm("web");
            String port = published(before);
            assertThat(vmlan.vmlan().good())
                    .contains("web   running")
                    .contains("networks that run: shared")
                    .contains("vmlan console web");
            assertThat(vmlan.vmlan("start", "web").err()).contains("web runs already");

            Installation.Running follower = vmlan.start("logs", "-f", "-n", "1", "web");
            vmlan.awaitConsole("web", ":~#");
            // it follows the first boot's log, of which it began with a line
            Await.until(
                    "the follower",
                    Installation.LIMIT,
                    () -> follower.output().isBlank() ? Optional.empty() : Optional.of(true),
                    follower::errors);
            Installation.Result restarted = vmlan.vmlan("restart", "--timeout", "180", "--json", "web");
            assertThat(Installation.list(restarted.good()).getFirst().text("result"))
                    .isEqualTo("started");
            assertThat(restarted.err()).contains("web has powered down");
            Fields after = vmlan.vm("web");
            assertThat(after.number("pid")).isNotEqualTo(before.number("pid"));
            assertThat(nic(after).text("mac")).isEqualTo(nic(before).text("mac"));
            assertThat(published(after)).as("the port that was chosen").isEqualTo(port);
            assertThat(vmlan.vmlan("ip", "--timeout", "180", "web").good()).isEqualTo(address);

            vmlan.awaitConsole("web", ":~#");
            assertThat(vmlan.vmlan("stop", "--timeout", "180", "--json", "web").good())
                    .contains("powered-down");
            Installation.Result followed = follower.await();
            assertThat(followed.good()).as("of the second boot").containsPattern(onConsole("vmlan-demo: ready"));
            assertThat(vmlan.vmlan().good()).contains("web   stopped").contains("vmlan start web");
            for (List<String> command : List.of(
                    List.of("pause", "web"),
                    List.of("publish", "web", "0:80"),
                    List.of("unpublish", "web", "--all"),
                    List.of("connect", "web:80"),
                    List.of("console", "web"))) {
                assertThat(vmlan.vmlan(command.toArray(String[]::new)).bad(1))
                        .as(String.join(" ", command))
                        .contains("web does not run");
            }
            vmlan.vmlan("start", "web").good();
            Fields again = vmlan.vm("web");
            assertThat(nic(again).text("mac")).isEqualTo(nic(before).text("mac"));
            String line = command(again.number("pid"));
            assertThat(line).contains("-smp\0" + "2\0").contains("-m\0" + "200M\0");

            int open = Integer.parseInt(published(again).split(":", -1)[0]);
            new Socket(InetAddress.getLoopbackAddress(), open).close();
            vmlan.vmlan("stop", "--all", "--force").good();
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), open).close())
                    .as("as soon as stop returns")
                    .hasMessageContaining("refused");
            Installation.Result changed = vmlan.vmlan("run", "-d", "--name", "web", "--", "-S");
            assertThat(changed.good()).isEqualTo("web");
            assertThat(changed.err()).contains("web has other settings from now on: cpus 1 (was 2)");
            vmlan.vmlan("run", "-d", "--name", "web", "--", "-S").bad(2);
        }
    }

    private static Fields nic(Fields vm) {
        return vm.objects("networks").getFirst();
    }

    private static String published(Fields vm) {
        return nic(vm).texts("published").getFirst();
    }

    private static String command(long pid) throws Exception {
        return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
    }

    @Test
    void severalAtOnceFailEachForItself() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            Path disk = vmlan.home().resolve("my disk.raw");
            Files.write(disk, new byte[1 << 20]);
            vmlan.vmlan("run", "-d", "--name", "one", disk.toString(), "--", "-S")
                    .good();
            vmlan.vmlan("run", "-d", "--name", "two", "--", "-S").good();
            assertThat(vmlan.vmlan("rm", "one", "two").bad(2)).contains("one runs");
            assertThat(vmlan.vmlan("stop", "--force", "one", "two", "three").bad(2))
                    .contains("there is no VM 'three'");
            assertThat(vmlan.ps()).extracting(vm -> vm.text("state")).containsOnly("running");
            vmlan.vmlan("stop", "--force", "one", "two").good();
            Files.delete(disk);
            Installation.Result started = vmlan.vmlan("start", "--json", "one", "two");
            assertThat(started.exitCode()).as("all that failed was wrong usage").isEqualTo(2);
            List<Fields> rows = Installation.list(started.out());
            assertThat(rows.getFirst().object("error").text("what")).contains("my disk.raw does not exist");
            assertThat(rows.getLast().text("result")).isEqualTo("started");
            assertThat(Installation.object(started.err()
                                    .lines()
                                    .filter(line -> line.startsWith("{"))
                                    .findFirst()
                                    .orElseThrow())
                            .object("error")
                            .text("what"))
                    .contains("does not exist");
            assertThat(vmlan.vmlan("restart", "one").bad(2)).contains("does not exist");
            assertThat(vmlan.vmlan("rm", "--force", "one", "two").good()).isEmpty();
            assertThat(vmlan.ps()).isEmpty();
        }
    }

    @Test
    void whoDoesNotWaitForTheGuestIsNotKeptByOneWhoDoes() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_7)) {
            // -S: a guest that never hears its power button
            vmlan.vmlan("run", "-d", "--name", "deaf", "--", "-S").good();
            Installation.Running patient = vmlan.start("stop", "--timeout", "600", "deaf");
            Await.until(
                    "the patient one",
                    Duration.ofSeconds(60),
                    () -> Files.exists(vmlan.home().resolve("state/vms/deaf/busy"))
                            ? Optional.of(true)
                            : Optional.empty(),
                    patient::errors);
            vmlan.vmlan("stop", "--force", "deaf").good();
            // which would wait longer than this test does
            assertThat(patient.await().exitCode()).isZero();
            assertThat(vmlan.vm("deaf").text("state")).isEqualTo("stopped");
        }
    }
}
