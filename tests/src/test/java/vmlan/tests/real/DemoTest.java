package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import vmlan.program.files.FileLock;

/// `vmlan demo`, as who types it first.
@EnabledOnOs(OS.LINUX)
class DemoTest {
    private static FileLock alone;

    /// What a run of the tests that was killed has left.
    private static Set<Path> before = Set.of();

    /// What a demo leaves behind can be told from what another test's demo has only by its absence.
    @BeforeAll
    static void noOtherDemo() throws IOException {
        alone = Installation.demosTurn();
        before = Set.copyOf(folders());
    }

    @AfterAll
    static void othersMay() throws IOException {
        alone.close();
    }

    @Test
    void aGuestIsOnTheLanOfItsHostAndNothingIsLeftBehind() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            String said = vmlan.vmlan("demo").good();
            assertThat(said)
                    .contains("dnsmasq")
                    .contains("✓ guest: IPv4 address of 192.168.77.0/24")
                    .contains("✓ guest: IPv6 address of 2001:db8:77::/64")
                    .contains("✓ host → guest, ping ")
                    .contains("✓ guest → host, TCP, IPv6")
                    .contains("✓ other → guest, TCP ")
                    .contains("✓ guest → outside, ping, IPv6")
                    .doesNotContain("✗");
            assertNothingIsLeft();
        }
    }

    @Test
    void isolatedGuestsDoNotSeeEachOtherAlsoBehindOurOwnRouter() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_7)) {
            String said = vmlan.vmlan("demo", "--isolated", "--own-router").good();
            assertThat(said)
                    .contains("vmlan's own gateway")
                    .contains("✓ host → guest-b, ping ")
                    .contains("✓ guest-a ↛ guest-b, ping ")
                    .contains("✓ guest-b ↛ guest-a, neighbour")
                    .doesNotContain("✗");
            assertNothingIsLeft();
        }
    }

    @Test
    void anUnprivilegedUserSeesItOnAlinkLikeWifi() throws Exception {
        Path home = Files.createTempDirectory(Path.of("/tmp"), "vmlan-user");
        try (UnprivilegedUser nobody = UnprivilegedUser.in(home)) {
            String said = nobody.vmlan("demo", "--wifi").good();
            assertThat(said)
                    .contains("✓ host → guest, TCP ")
                    .contains("✓ other → guest, ping, IPv6")
                    .doesNotContain("✗");
            assertNothingIsLeft();
        }
    }

    @Test
    void ctrlCLeavesNothingBehind() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            Installation.Running demo = vmlan.launch(
                    Installation.Redirect.NOTHING,
                    List.of(
                            "env",
                            "--default-signal=INT",
                            "setsid",
                            Installation.launcher().toString(),
                            "demo"));
            Await.until(
                    "the demo's QEMU",
                    Installation.LIMIT,
                    () -> demoProcesses().stream().anyMatch(command -> command.contains("-pidfile"))
                            ? Optional.of(true)
                            : Optional.empty(),
                    demo::errors);
            // What a terminal does with Ctrl-C: to the whole group, which the demo leads: setsid(1) forks only where it
            // leads one itself, and then becomes the launcher, which becomes Java.
            Process kill = new ProcessBuilder(
                            "kill", "-INT", "--", "-" + demo.process().pid())
                    .inheritIO()
                    .start();
            assertThat(kill.waitFor()).as("the demo's group is there").isZero();
            assertThat(demo.await().exitCode()).as("ended by SIGINT").isEqualTo(130);
            assertNothingIsLeft();
        }
    }

    private static void assertNothingIsLeft() {
        Await.until(
                "the end of everything in the demo's LAN",
                Installation.LIMIT,
                () -> demoProcesses().isEmpty() && folders().isEmpty() ? Optional.of(true) : Optional.empty(),
                () -> demoProcesses() + " " + folders());
    }

    /// Command lines of what was started with the demo's files, or keeps its namespaces.
    private static List<String> demoProcesses() {
        return ProcessHandle.allProcesses()
                .map(process -> Path.of("/proc/" + process.pid()))
                .filter(process -> read(process.resolve("environ")).contains("VMLAN_HOME=/tmp/vmlan-demo-")
                        || read(process.resolve("cmdline")).contains("\0vmlan-demo-keeper\0"))
                .map(process -> read(process.resolve("cmdline")).replace('\0', ' '))
                .filter(command -> !command.isBlank())
                .toList();
    }

    private static List<Path> folders() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/tmp"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("vmlan-demo-"))
                    .filter(file -> !before.contains(file))
                    .toList();
        }
    }

    /// Empty when the process has ended.
    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
