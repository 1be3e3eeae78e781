package vmlan.qemu.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import vmlan.qemu.Accelerator;
import vmlan.qemu.Boot;
import vmlan.qemu.Machine;
import vmlan.qemu.ProcessMark;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuCommandLine;
import vmlan.qemu.QemuException;
import vmlan.qemu.QemuProcess;
import vmlan.qemu.QmpClient;

/// The demo guest as this machine makes it, booted by the installed QEMU on QEMU's own user network.
@Timeout(900)
class DemoGuestTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /// Kept between runs, as a user's would be: the packages are fetched once.
    private static final Path CACHE = Path.of("target", "demo-cache").toAbsolutePath();

    private Path folder;
    private QemuProcess qemu;
    /// Above QEMU; it writes down how that ended.
    private ProcessHandle shell;

    @BeforeEach
    void makeFolder() throws Exception {
        folder = Files.createTempDirectory("demo");
    }

    @AfterEach
    void cleanUp() throws Exception {
        if (qemu != null && ProcessMark.isAlive(qemu.pid(), qemu.mark())) {
            ProcessHandle process = ProcessHandle.of(qemu.pid()).orElseThrow();
            process.destroyForcibly();
            process.onExit().get(60, TimeUnit.SECONDS);
        }
        if (shell != null) {
            shell.onExit().get(60, TimeUnit.SECONDS);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Test
    void itTakesItsAddressesSaysSoServesItsPageGivesAShellAndObeysThePowerButton() throws Exception {
        DemoImage image = DemoGuest.prepare("x86_64", CACHE, message -> System.err.println("demo guest: " + message));
        boot(image, List.of("-netdev", "user,id=u,hostfwd=tcp:127.0.0.1:0-:80", "-device", "virtio-net-pci,netdev=u"));

        try (SocketChannel console = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            console.connect(UnixDomainSocketAddress.of(folder.resolve("console")));
            var lines = new ConsoleReader(console);
            List<String> said = lines.until("vmlan-demo: ready");
            assertThat(said)
                    .contains(
                            "vmlan-demo: eth0 ipv4 10.0.2.15/24 gateway 10.0.2.2",
                            "vmlan-demo: gateway 10.0.2.2 answers",
                            "vmlan-demo: eth0 ipv6 fec0::5054:ff:fe12:3456/64");

            lines.untilPrompt("web:~# ");
            type(console, "echo sum $((20+22)); hostname; tty\n");
            assertThat(lines.until("sum 42")).isNotEmpty();
            assertThat(lines.until("web")).isNotEmpty();
            assertThat(lines.until("/dev/ttyS0"))
                    .as("a terminal, and no mere file")
                    .isNotEmpty();
            // While the shell edits a line, Ctrl-C is a character, and while it forks, it is at times nobody's: it
            // counts from when the terminal's process says that it runs, and that is the one that sleeps.
            type(console, "sh -c \"echo run''ning; exec sleep 1000\"\n");
            lines.until("running");
            type(console, "\u0003"); // Ctrl-C
            lines.untilPrompt("web:~# ");
            type(console, "exit\n");
            lines.untilPrompt("web:~# ");

            assertThat(page(forwardedPort()))
                    .contains("This is web, the demo guest of vmlan.", "ipv4   10.0.2.15/24", "uptime");

            try (var qmp = QmpClient.connect(folder.resolve("qmp"), LIMIT)) {
                qmp.execute("system_powerdown", Map.of(), LIMIT);
                var events = new ArrayList<Object>();
                while (!events.contains("SHUTDOWN")) {
                    events.add(qmp.nextEvent(LIMIT).orElseThrow().get("event"));
                }
                assertThat(events).contains("POWERDOWN", "SHUTDOWN");
            }
        }
        ProcessHandle.of(qemu.pid()).ifPresent(process -> process.onExit().join());
        assertThat(Files.readString(folder.resolve("console.log"))).contains("vmlan-demo: ready");
    }

    @Test
    void aSecondNicIsBroughtUpToo() throws Exception {
        DemoImage image = DemoGuest.prepare("x86_64", CACHE, message -> System.err.println("demo guest: " + message));
        boot(
                image,
                List.of(
                        "-netdev",
                        "user,id=a,ipv6=off",
                        "-device",
                        "virtio-net-pci,netdev=a",
                        "-netdev",
                        "user,id=b,net=10.9.0.0/24,ipv6=off",
                        "-device",
                        "virtio-net-pci,netdev=b"));
        try (SocketChannel console = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            console.connect(UnixDomainSocketAddress.of(folder.resolve("console")));
            var lines = new ConsoleReader(console);
            List<String> said = lines.until("vmlan-demo: ready");
            assertThat(said)
                    .contains(
                            "vmlan-demo: eth0 ipv4 10.0.2.15/24 gateway 10.0.2.2",
                            "vmlan-demo: eth1 ipv4 10.9.0.15/24 gateway 10.9.0.2",
                            "vmlan-demo: gateway 10.9.0.2 answers");

            try (var qmp = QmpClient.connect(folder.resolve("qmp"), LIMIT)) {
                qmp.execute("set_link", Map.of("name", "b", "up", false), LIMIT);
                lines.until("vmlan-demo: eth1 link is down");
                qmp.execute("set_link", Map.of("name", "b", "up", true), LIMIT);
                lines.until("vmlan-demo: eth1 link is up");
            }
            lines.untilPrompt("");
            type(console, "\nreboot\n");
            assertThat(lines.until("vmlan-demo: ready"))
                    .contains("vmlan-demo: eth0 ipv4 10.0.2.15/24 gateway 10.0.2.2");
        }
    }

    @Test
    void theSecondTimeItIsThereAtOnceAndTwoAtOnceMakeOne() throws Exception {
        var first = new FutureTask<>(() -> DemoGuest.prepare("x86_64", CACHE, message -> {}));
        var second = new FutureTask<>(() -> DemoGuest.prepare("x86_64", CACHE, message -> {}));
        Thread.ofVirtual().start(first);
        Thread.ofVirtual().start(second);
        assertThat(first.get()).isEqualTo(second.get());

        var said = new ArrayList<String>();
        DemoImage image = DemoGuest.prepare("x86_64", CACHE, said::add);
        assertThat(said).isEmpty();
        assertThat(image.kernel()).isNotEmptyFile();
        assertThat(image.initrd()).isNotEmptyFile();
        assertThat(image.append()).startsWith("console=ttyS0 ");
        try (Stream<Path> entries = Files.list(CACHE)) {
            assertThat(entries.map(entry -> entry.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("demo-unfinished-"));
        }
    }

    @Test
    void anUnknownArchitectureIsSaid() {
        QemuException refused =
                catchThrowableOfType(QemuException.class, () -> DemoGuest.prepare("s390x", folder, message -> {}));
        assertThat(refused.what()).isEqualTo("there is no demo guest for s390x");
        assertThat(folder).isEmptyDirectory();
    }

    private void boot(DemoImage image, List<String> network) throws Exception {
        Qemu installed = Qemu.find("x86_64", System.getenv(), folder);
        var machine = new Machine(
                "web",
                "x86_64",
                1,
                256L << 20,
                List.of(),
                List.of(),
                Boot.of(new Boot.Kernel(image.kernel(), image.initrd(), image.append() + " vmlan.name=web")),
                folder.resolve("console"),
                folder.resolve("console.log"),
                folder.resolve("qmp"),
                null,
                null,
                folder.resolve("pid"),
                network);
        List<String> line = QemuCommandLine.of(installed, Accelerator.TCG, machine);
        qemu = QemuProcess.start(line, folder, machine.pidFile(), machine.qmpSocket(), folder);
        shell = ProcessHandle.of(qemu.pid()).orElseThrow().parent().orElseThrow();
    }

    private static void type(SocketChannel console, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            console.write(bytes);
        }
    }

    /// The port that the system gave QEMU, which QEMU tells in a table (net/slirp.c, hmp_info_usernet): protocol and
    /// state, descriptor, address and port of the host's side, of the guest's.
    private int forwardedPort() throws QemuException {
        try (var qmp = QmpClient.connect(folder.resolve("qmp"), LIMIT)) {
            String table =
                    String.valueOf(qmp.call("human-monitor-command", Map.of("command-line", "info usernet"), LIMIT));
            return table.lines()
                    .map(line -> line.strip().split(" +", -1))
                    .filter(words -> words[0].equals("TCP[HOST_FORWARD]"))
                    .map(words -> Integer.valueOf(words[3]))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(table));
        }
    }

    private static String page(int tcpPort) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), tcpPort)) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// The console as a person sees it. The test's time limit ends a wait for what does not come.
    private static final class ConsoleReader {
        private final BufferedReader reader;
        private final StringBuilder partial = new StringBuilder();

        ConsoleReader(SocketChannel channel) {
            reader =
                    new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
        }

        /// The lines up to the one that is, or ends as, `wanted`.
        List<String> until(String wanted) throws IOException {
            List<String> lines = new ArrayList<>();
            while (true) {
                char next = next();
                if (next == '\n') {
                    lines.add(partial.toString().strip());
                    System.err.println("console: " + partial);
                    partial.setLength(0);
                    if (lines.getLast().endsWith(wanted.strip())) {
                        return lines;
                    }
                }
            }
        }

        /// Up to it; the next call waits for another one.
        void untilPrompt(String prompt) throws IOException {
            while (partial.indexOf(prompt) < 0) {
                if (next() == '\n') {
                    partial.setLength(0);
                }
            }
            partial.setLength(0);
        }

        private char next() throws IOException {
            int next = reader.read();
            if (next < 0) {
                throw new IOException("the console ended after: " + partial);
            }
            if (next != '\n') {
                partial.append((char) next);
            }
            return (char) next;
        }
    }
}
