package vmlan.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import vmlan.qemu.language.QemuVersion;

@Timeout(240)
class QemuProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Path folder;
    private ProcessHandle started;
    private ProcessHandle shell;

    @BeforeEach
    void makeFolder() throws Exception {
        // short, as sockets need it, and with what command lines stumble over
        folder = Files.createTempDirectory("q, p");
    }

    @AfterEach
    void cleanUp() throws Exception {
        if (started != null) {
            started.destroyForcibly();
            started.onExit().get(60, TimeUnit.SECONDS);
            // It writes down how QEMU ended.
            if (shell != null) {
                shell.onExit().get(60, TimeUnit.SECONDS);
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void theInstalledQemuTakesOurCommandLineAndHasWhatItSays() throws Exception {
        QemuProcess process = start(machine(List.of()));

        assertThat(ProcessMark.isAlive(process.pid(), process.mark())).isTrue();
        try (var qmp = QmpClient.connect(folder.resolve("qmp"), LIMIT);
                var second = QmpClient.connect(folder.resolve("net-qmp"), LIMIT)) {
            assertThat(qmp.status()).isEqualTo("prelaunch");
            assertThat(second.status()).isEqualTo("prelaunch");
            assertThat(qmp.execute("query-name", Map.of(), LIMIT)).containsEntry("name", "web");
            assertThat(labels(qmp.call("query-chardev", Map.of(), LIMIT))).contains("console", "qmp", "network-qmp");
            Object filters = qmp.call("query-rx-filter", Map.of(), LIMIT);
            assertThat(String.valueOf(filters)).contains("nic-net0", "nic-net1", "52:54:00:00:00:01");
            Object blocks = qmp.call("query-block", Map.of(), LIMIT);
            assertThat(String.valueOf(blocks)).contains("disk0", "my disk, v2.raw");
        }
        for (String name : List.of("console", "console.log", "net0", "net1", "pid")) {
            assertThat(folder.resolve(name)).exists();
        }
    }

    @Test
    void qemuOutlivesItsStarterAndItsEndIsKnownAfterwards() throws Exception {
        QemuProcess process = start(machine(List.of()));
        assertThat(sessionOf(shell.pid()))
                .isEqualTo(shell.pid())
                .isNotEqualTo(sessionOf(ProcessHandle.current().pid()));
        assertThat(QemuProcess.exitStatus(folder)).isEmpty();

        try (var qmp = QmpClient.connect(folder.resolve("qmp"), LIMIT)) {
            qmp.execute("quit", Map.of(), LIMIT);
            while (qmp.nextEvent(LIMIT).isPresent()) {}
        } catch (QemuException expected) {
            assertThat(expected.what()).contains("closed its monitor");
        }
        shell.onExit().get(60, TimeUnit.SECONDS);
        assertThat(QemuProcess.exitStatus(folder)).contains(0);
        assertThat(ProcessMark.isAlive(process.pid(), process.mark())).isFalse();
    }

    @Test
    void aKilledQemuLeavesItsSignal() throws Exception {
        start(machine(List.of()));
        shell.destroy();
        started.destroyForcibly();
        shell.onExit().get(60, TimeUnit.SECONDS);
        assertThat(QemuProcess.exitStatus(folder)).contains(128 + 9);
    }

    /// On a busy machine the shell comes to it much later.
    @Test
    void howAQemuThatIsGoneEndedIsWaitedForWhileItsShellIsThere() throws Exception {
        Path exit = folder.resolve("exit");
        Process writer =
                new ProcessBuilder("/bin/sh", "-c", "read line; echo 3 >\"$1\"", "vmlan-qemu", exit.toString()).start();
        try {
            var status = new FutureTask<>(() -> QemuProcess.awaitExitStatus(folder, LIMIT));
            Thread waiting = Thread.ofPlatform().start(status);
            while (waiting.getState() != Thread.State.TIMED_WAITING) {
                assertThat(status.isDone()).isFalse();
                TimeUnit.MILLISECONDS.sleep(1);
            }
            writer.outputWriter().close();
            assertThat(status.get()).contains(3);
        } finally {
            writer.destroyForcibly().waitFor();
        }
        Files.delete(exit);
        assertThat(QemuProcess.awaitExitStatus(folder, Duration.ofHours(1)))
                .as("nobody will write it down")
                .isEmpty();
    }

    @Test
    void anEarlyDeathIsToldInQemusOwnWords() {
        Machine wrong = machine(List.of("-device", "virtio-net-pci,netdev=nope"));
        QemuException died = catchThrowableOfType(QemuException.class, () -> start(wrong));
        assertThat(died.what())
                .isEqualTo(
                        "QEMU: -device virtio-net-pci,netdev=nope: Property 'virtio-net-device.netdev' can't find value"
                                + " 'nope'");
        assertThat(died.remedy()).contains("qemu.log");
        assertThat(QemuProcess.exitStatus(folder)).contains(1);
    }

    @Test
    void anErrorKeepsItsHint() {
        Machine wrong = machine(List.of("-netdev", "user,id=1"));
        QemuException died = catchThrowableOfType(QemuException.class, () -> start(wrong));
        assertThat(died.what())
                .endsWith("Parameter 'id' expects an identifier Identifiers consist of letters, digits, '-', '.', '_',"
                        + " starting with a letter.");
    }

    @Test
    void lastWordsAreThoseOfTheLastStart() throws Exception {
        Path log = folder.resolve("qemu.log");
        assertThat(QemuProcess.lastWords(folder)).isEmpty();
        Files.writeString(log, "vmlan: started x\nqemu-system-x86_64: old\nvmlan: started y\n");
        assertThat(QemuProcess.lastWords(folder)).isEmpty();
        Files.writeString(log, "vmlan: started x\nqemu-system-x86_64: a\nqemu-system-x86_64: warning: b\n\n");
        assertThat(QemuProcess.lastWords(folder)).isEqualTo("warning: b");
        Files.writeString(log, "sh: 1: /nonexistent: not found\n");
        assertThat(QemuProcess.lastWords(folder)).isEqualTo("sh: 1: /nonexistent: not found");
        // of a guest, in a complaint of a device of its; a terminal shall not obey it
        Files.writeString(log, "qemu-system-x86_64: bad\u001b[2J\u009b31m name \u202e\u0007evil\n");
        assertThat(QemuProcess.lastWords(folder)).isEqualTo("bad [2J 31m name  evil");
    }

    @Test
    void aProcessNumberUsedAgainIsAnotherProcess() {
        long self = ProcessHandle.current().pid();
        long mark = ProcessMark.of(self).orElseThrow();
        assertThat(ProcessMark.isAlive(self, mark)).isTrue();
        assertThat(ProcessMark.isAlive(self, mark + 1)).isFalse();
        assertThat(ProcessMark.isAlive(self, mark - 1)).isFalse();
        assertThat(ProcessMark.isAlive(Integer.MAX_VALUE, mark)).isFalse();
        assertThat(ProcessMark.of(Integer.MAX_VALUE)).isEmpty();
    }

    @Test
    void theMarkOfAnEarlierBootIsRecognised() {
        long mark = ProcessMark.of(ProcessHandle.current().pid()).orElseThrow();
        assertThat(ProcessMark.isOfEarlierBoot(mark)).isFalse();
        assertThat(ProcessMark.isOfEarlierBoot(mark ^ 1L << 40)).isTrue();
    }

    /// The kernel's own figures, which do not move with the clock: two readings years of clock apart would be the same.
    @Test
    void theMarkIsTheKernelsStartTimeInTicks() throws Exception {
        long self = ProcessHandle.current().pid();
        String stat = Files.readString(Path.of("/proc/self/stat"));
        long ticks = Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19]);
        assertThat(ProcessMark.of(self).orElseThrow() & 0xffff_ffffL).isEqualTo(ticks);
    }

    @Test
    void aDamagedExitFileIsNoStatus() throws Exception {
        for (String damage : List.of("", "x", "12345678901", "-1")) {
            Files.writeString(folder.resolve("exit"), damage);
            assertThat(QemuProcess.exitStatus(folder)).isEmpty();
        }
    }

    @Test
    void aDisksFormatIsSeenWithoutQemuImg() throws Exception {
        Path qcow2 = Files.write(folder.resolve("a"), new byte[] {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 3});
        Path raw = Files.write(folder.resolve("b"), new byte[512]);
        Qemu qemu = new Qemu(folder.resolve("bin/q"), new QemuVersion(10, 0, 0), "x86_64", Set.of());
        var notes = new ArrayList<String>();
        Map<String, String> nowhere = Map.of("PATH", "");
        if (!Files.exists(Path.of("/usr/bin/qemu-img"))) {
            assertThat(DiskImage.format(qcow2, qemu, nowhere, notes::add)).isEqualTo("qcow2");
            assertThat(DiskImage.format(raw, qemu, nowhere, notes::add)).isEqualTo("raw");
            assertThat(notes).singleElement().asString().startsWith("qemu-img is not installed");
        }
        Scripts.write(folder.resolve("bin/qemu-img"), "echo '{\"format\": \"vmdk\"}'");
        assertThat(DiskImage.format(raw, qemu, nowhere, notes::add)).isEqualTo("vmdk");
        Scripts.write(folder.resolve("bin/qemu-img"), "echo 'qemu-img: Could not open x' >&2; exit 1");
        assertThat(catchThrowableOfType(QemuException.class, () -> DiskImage.format(raw, qemu, nowhere, notes::add))
                        .what())
                .isEqualTo("Could not open x");
        assertThat(catchThrowableOfType(
                                QemuException.class,
                                () -> DiskImage.format(folder.resolve("none"), qemu, nowhere, notes::add))
                        .what())
                .endsWith("does not exist");
    }

    private QemuProcess start(Machine machine) throws Exception {
        Qemu qemu = Qemu.find("x86_64", System.getenv(), folder);
        List<String> line = QemuCommandLine.of(qemu, Accelerator.TCG, machine);
        QemuProcess process = QemuProcess.start(line, folder, machine.pidFile(), machine.qmpSocket());
        started = ProcessHandle.of(process.pid()).orElseThrow();
        shell = started.parent().orElseThrow();
        return process;
    }

    private Machine machine(List<String> more) {
        try {
            Path disk = Files.write(folder.resolve("my disk, v2.raw"), new byte[1 << 20]);
            var arguments = new ArrayList<>(List.of("-S"));
            arguments.addAll(more);
            return new Machine(
                    "web",
                    "x86_64",
                    2,
                    128L << 20,
                    List.of(
                            new Nic("net0", "52:54:00:00:00:01", new NicBackend.Stream(folder.resolve("net0")), 1500),
                            new Nic("net1", "52:54:00:00:00:02", new NicBackend.Stream(folder.resolve("net1")), 1500)),
                    List.of(Disk.of(disk, "raw")),
                    Boot.firmware(),
                    folder.resolve("console"),
                    folder.resolve("console.log"),
                    folder.resolve("qmp"),
                    folder.resolve("net-qmp"),
                    folder.resolve("agent"),
                    folder.resolve("pid"),
                    arguments);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Object> labels(Object chardevs) {
        return ((List<?>) chardevs)
                .stream().<Object>map(entry -> ((Map<?, ?>) entry).get("label")).toList();
    }

    /// The sixth field (proc(5)).
    private static long sessionOf(long pid) throws Exception {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3]);
    }
}
