package vmlan.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import vmlan.qemu.tool.Tool;

/// A little sudo stands in for the real one: it writes down what it was asked for and does it. By root, QEMU really
/// becomes another user; by others it becomes nobody else, and what is left is how it is started, watched and ended.
@Timeout(240)
class SudoLaunchTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final boolean root = System.getProperty("user.name").equals("root");
    private Path folder;
    private Path sudo;
    private QemuProcess started;

    @BeforeEach
    void makeFolder() throws Exception {
        // short, as sockets need it, and with what command lines stumble over
        folder = Files.createTempDirectory("s, d");
        sudo = Scripts.write(folder.resolve("bin/sudo"), """
                printf '%%s\\n' "$@" >'%s'
                [ "$1" = -- ] && shift
                "$@"
                """.formatted(folder.resolve("asked")));
        if (root) {
            own(folder);
        }
    }

    @AfterEach
    void cleanUp() throws Exception {
        if (started != null && ProcessMark.isAlive(started.pid(), started.mark())) {
            ProcessHandle process = ProcessHandle.of(started.pid()).orElseThrow();
            process.destroyForcibly();
            process.onExit().get(60, TimeUnit.SECONDS);
            awaitExit();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void own(Path file) throws IOException {
        Files.setAttribute(file, "unix:uid", uid("nobody"));
    }

    private static int uid(String user) throws IOException {
        return Integer.parseInt(
                Tool.run(LIMIT, List.of("id", "-u", user)).output().strip());
    }

    /// What the shell above QEMU writes as its last.
    private int awaitExit() throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (QemuProcess.exitStatus(folder).isEmpty() && end - System.nanoTime() > 0) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return QemuProcess.exitStatus(folder).orElseThrow();
    }

    private List<String> line(String... more) throws Exception {
        Qemu qemu = Qemu.find("x86_64", System.getenv(), folder);
        Machine machine = new Machine(
                "web",
                "x86_64",
                1,
                64L << 20,
                List.of(new Nic("net0", "52:54:00:00:00:01", new NicBackend.User(), 1500)),
                List.of(),
                Boot.firmware(),
                folder.resolve("console"),
                folder.resolve("console.log"),
                folder.resolve("qmp"),
                null,
                null,
                folder.resolve("pid"),
                List.of());
        List<String> line = new ArrayList<>(QemuCommandLine.of(qemu, Accelerator.TCG, machine));
        line.add("-S");
        line.addAll(List.of(more));
        return root ? new RootStart("nobody").becomingUser(qemu.version(), line) : line;
    }

    private QemuProcess start(List<String> line) throws QemuException {
        started = QemuProcess.startBySudo(
                sudo,
                line,
                folder,
                folder.resolve("pid"),
                folder.resolve("qmp"),
                folder,
                List.of(folder.resolve("console.log")));
        return started;
    }

    @Test
    void sudoStartsQemuAndDoesNotStay() throws Exception {
        QemuProcess process = start(line());

        ProcessHandle handle = ProcessHandle.of(process.pid()).orElseThrow();
        assertThat(Files.readString(folder.resolve("pid")).strip()).isEqualTo(Long.toString(process.pid()));
        ProcessHandle shell = handle.parent().orElseThrow();
        assertThat(shell.parent().map(ProcessHandle::pid))
                .as("neither sudo nor we are above its shell")
                .isNotEqualTo(java.util.Optional.of(ProcessHandle.current().pid()));
        assertThat(session(process.pid()))
                .isNotEqualTo(session(ProcessHandle.current().pid()));
        List<String> asked = Files.readAllLines(folder.resolve("asked"));
        assertThat(asked).startsWith("--").contains("umask 0", "-nodefaults");
        assertThat(QemuProcess.exitStatus(folder)).isEmpty();

        try (var qmp = QmpClient.connect(folder.resolve("qmp"), LIMIT)) {
            assertThat(qmp.status()).isEqualTo("prelaunch");
            qmp.execute("quit", Map.of(), LIMIT);
        }
        assertThat(awaitExit()).isZero();
        assertThat(handle.onExit().get(60, TimeUnit.SECONDS).isAlive()).isFalse();
    }

    @Test
    void allOfQemusThreadsAreTheUsersAndSoIsWhatItMade() throws Exception {
        QemuProcess process = start(line());
        int user = root ? uid("nobody") : uid(System.getProperty("user.name"));
        List<List<String>> threads = threads(process.pid());
        assertThat(threads)
                .isNotEmpty()
                .allSatisfy(status -> assertThat(status)
                        .as("real, effective, saved and file system's")
                        .contains("Uid:\t%1$d\t%1$d\t%1$d\t%1$d".formatted(user)));
        for (String socket : List.of("qmp", "console")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(socket))))
                    .as(socket)
                    .isEqualTo("rwxrwxrwx");
        }
        assertThat(Files.size(folder.resolve("console.log"))).isZero();
        if (root) {
            String greeting = asNobody(
                    "perl", "-MSocket", "-e", """
                    socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die $!;
                    connect($s, sockaddr_un($ARGV[0])) or die $!;
                    print scalar <$s>;
                    """, folder.resolve("qmp").toString());
            assertThat(greeting).contains("QMP");
            assertThat(asNobody("kill", "-TERM", Long.toString(process.pid()))).isEmpty();
        } else {
            ProcessHandle.of(process.pid()).orElseThrow().destroy();
        }
        assertThat(awaitExit()).as("SIGTERM is an end that QEMU knows").isZero();
    }

    /// What the kernel says of each; of its workers QEMU ends one at any time.
    private static List<List<String>> threads(long pid) throws IOException {
        List<List<String>> all = new ArrayList<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads.toList()) {
                try {
                    all.add(Files.readAllLines(thread.resolve("status")));
                } catch (IOException e) {
                    assertThat(thread).as("%s", e).doesNotExist();
                }
            }
        }
        return all;
    }

    private static String asNobody(String... words) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("setpriv", "--reuid=nobody", "--regid=65534", "--clear-groups", "--"));
        command.addAll(List.of(words));
        Tool run = Tool.run(LIMIT, command);
        assertThat(run.succeeded()).as(run.lastLine()).isTrue();
        return run.output();
    }

    @Test
    void aHangUpEndsIt() throws Exception {
        QemuProcess process = start(line());
        Tool.run(LIMIT, List.of("kill", "-HUP", Long.toString(process.pid())));
        assertThat(awaitExit()).isZero();
    }

    @Test
    void whatQemuComplainsOfIsTold() {
        QemuException e = catchThrowableOfType(QemuException.class, () -> start(line("-device", "no-such-device")));
        assertThat(e.what()).contains("'no-such-device' is not a valid device model name");
        assertThat(QemuProcess.exitStatus(folder)).contains(1);
    }

    @Test
    void aSudoThatRefusesIsTold() throws Exception {
        Scripts.write(sudo, "exit 1");
        QemuException e = catchThrowableOfType(QemuException.class, () -> start(line()));
        assertThat(e.what()).isEqualTo("QEMU was not started: sudo ended with 1");
        assertThat(e.remedy()).contains("sudo -l");
    }

    /// The sixth field (proc(5)).
    private static long session(long pid) throws Exception {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3]);
    }
}
