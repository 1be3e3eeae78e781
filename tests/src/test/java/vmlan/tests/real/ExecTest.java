package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// `vmlan exec` with the guest agent that Debian ships.
class ExecTest {
    private static final String AGENT = "qemu-ga";

    /// What the agent runs to power down (QEMU qga/commands-posix.c, qmp_guest_shutdown); busybox has none.
    private static final String SHUTDOWN = "#!/bin/sh\nexec /sbin/poweroff -f\n";

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void commandsRunInTheGuest(Qemus qemu) throws Exception {
        try (Installation vmlan = Installation.create(qemu)) {
            // makes the demo guest where there is none yet
            vmlan.vmlan("run", "--dry-run").good();
            Path initrd = new GuestProgram(
                            "qemu-guest-agent", "sbin/qemu-ga", "bin/" + AGENT, Map.of("sbin/shutdown", SHUTDOWN))
                    .initrd(demoInitrd(vmlan), vmlan.home());
            vmlan.vmlan("run", "-d", "--name", "web", "--memory", "512M", "--", "-initrd", initrd.toString())
                    .good();
            vmlan.awaitConsole("web", ":~#");
            assertThat(vmlan.vmlan("exec", "--wait", "0", "web", "true").bad(125))
                    .contains("no guest agent runs in web")
                    .contains("apt-get install qemu-guest-agent");
            vmlan.inGuest("web", "mkdir -p /var/run /var/log; " + AGENT + " -d -p /dev/vport*p1");

            Installation.Result said =
                    vmlan.vmlan("exec", "--wait", "60", "web", "sh", "-c", "uname -n; echo no >&2; exit 7");
            assertThat(said.out()).as(said.err()).isEqualTo("web\n");
            assertThat(said.err()).isEqualTo("no\n");
            assertThat(said.exitCode()).isEqualTo(7);
            assertThat(vmlan.vmlan("exec", "web", "--", "echo", "-n", "--json", "a  b")
                            .good())
                    .isEqualTo("--json a  b");
            assertThat(vmlan.vmlan("exec", "web", "sh", "-c", "kill -9 $$").exitCode())
                    .isEqualTo(137);
            assertThat(vmlan.vmlan("exec", "web", "no-such-command").bad(127)).contains("the guest agent refuses");
            assertThat(vmlan.vmlan("exec", "web").exitCode()).as("wrong usage").isEqualTo(125);
            assertThat(vmlan.vmlan("exec", "nobody", "true").bad(125)).contains("there is no VM 'nobody'");

            copiesMuch(vmlan);
            twoAtOnceAndOneThatIsInterrupted(vmlan);
            powersDownByTheAgent(vmlan);
        }
    }

    private static Path demoInitrd(Installation vmlan) throws Exception {
        try (Stream<Path> folders = Files.list(vmlan.home().resolve("cache"))) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith("demo-x86_64-"))
                    .map(folder -> folder.resolve("initrd"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void copiesMuch(Installation vmlan) throws Exception {
        String much = "0123456789abcde\n".repeat(1 << 16);
        Installation.Running cat = vmlan.start(Installation.Redirect.PIPE, List.of(), "exec", "-i", "web", "cat");
        try (var in = cat.process().getOutputStream()) {
            in.write(much.getBytes(StandardCharsets.US_ASCII));
        }
        Installation.Result copied = cat.await();
        assertThat(copied.exitCode()).as(copied.err()).isZero();
        assertThat(copied.out().equals(much)).as("a MiB comes back as it was").isTrue();
    }

    private static void twoAtOnceAndOneThatIsInterrupted(Installation vmlan) throws Exception {
        Installation.Running sleeper = vmlan.start(
                Installation.Redirect.NOTHING, List.of("env", "--default-signal=INT"), "exec", "web", "sleep", "1000");
        Await.until(
                "the sleeper",
                Installation.LIMIT,
                () -> sleepers(vmlan) == 0 ? Optional.of(true) : Optional.empty(),
                sleeper::errors);
        Installation.signal("INT", sleeper.process().pid());
        assertThat(sleeper.await().exitCode()).isEqualTo(130);
        Await.until(
                "the sleeper's end in the guest",
                Duration.ofSeconds(60),
                () -> sleepers(vmlan) == 1 ? Optional.of(true) : Optional.empty(),
                () -> vmlan.vmlan("exec", "web", "ps").out());
        assertThat(vmlan.vmlan("exec", "--timeout", "1", "web", "sleep", "1000").bad(125))
                .contains("did not end within 1 s");
    }

    /// 0 when there is one, 1 when there is none; the guest's own scripts sleep, too.
    private static int sleepers(Installation vmlan) throws Exception {
        return vmlan.vmlan("exec", "web", "sh", "-c", "ps | grep '[s]leep 1000'")
                .exitCode();
    }

    /// Nobody in the guest listens to the power button any more.
    private static void powersDownByTheAgent(Installation vmlan) throws Exception {
        vmlan.vmlan("exec", "web", "killall", "acpid").good();
        Installation.Result stopped = vmlan.vmlan("stop", "--timeout", "30", "web");
        assertThat(stopped.err()).contains("web has powered down");
    }
}
