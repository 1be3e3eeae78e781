package vmlan.tests.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Places;
import vmlan.program.serve.Networks;
import vmlan.program.vm.UserNetwork;
import vmlan.qemu.ProcessMark;
import vmlan.qemu.language.Settings;
import vmlan.tests.lan.Evidence;
import vmlan.tests.real.Await;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// One guest, one line of `-netdev user`, and two who serve it: QEMU itself and a network of vmlan's. What the guest is
/// told, and whom it reaches, is to be the same. No VM is booted: the guest is a namespace whose frames go to a socket
/// of
/// either.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class UserNetworkTest {
    private static final String VM = "web";
    private static final String NETWORK = "user-web-0";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int HOST_PORT = 12222;
    private static final int STATIC_PORT = 12223;
    private static final List<String> LINE = List.of(
            "net=10.9.8.0/24",
            "host=10.9.8.9",
            "dns=10.9.8.10",
            "dhcpstart=10.9.8.40",
            "hostname=box",
            "domainname=corp.test",
            "dnssearch=one.test",
            "dnssearch=two.test",
            "ipv6-prefix=fd77:1::",
            "ipv6-host=fd77:1::9",
            "ipv6-dns=fd77:1::10",
            "hostfwd=tcp:127.0.0.1:" + HOST_PORT + "-:22",
            "hostfwd=tcp:127.0.0.1:" + STATIC_PORT + "-10.9.8.77:22",
            "guestfwd=tcp:10.9.8.100:1234-cmd:cat",
            "guestfwd=tcp:10.9.8.101:1235-cmd:sh -c 'echo hello; exec cat'");

    private static TestInternet internet;
    private Installation vmlan;

    @BeforeAll
    static void create() throws Exception {
        internet = TestInternet.create();
    }

    @AfterAll
    static void close() throws Exception {
        internet.close();
    }

    @BeforeEach
    void install() throws IOException {
        vmlan = Installation.withoutQemu(SharedNetwork.powerless(internet.words(Place.HOST)));
    }

    @AfterEach
    void end() throws Exception {
        vmlan.close();
    }

    /// What a guest there sees, by what was asked.
    private interface Visit {
        void of(NativeGuest guest, Map<String, String> seen) throws Exception;
    }

    private static Settings settings(List<String> line) {
        List<Settings.Entry> entries = new ArrayList<>();
        for (String setting : line) {
            int equals = setting.indexOf('=');
            entries.add(new Settings.Entry(setting.substring(0, equals), setting.substring(equals + 1), false));
        }
        return new Settings(Settings.Syntax.OPTS, entries, false);
    }

    private Map<String, String> byVmlan(List<String> line, Visit visit) throws Exception {
        Places places = Places.in(vmlan.home());
        UserNetwork user = UserNetwork.of(settings(line), VM, 0, internet.folder());
        new Networks(places).define(user.block());
        vmlan.vmlan("network", "start", NETWORK).good();
        ControlClient control = new ControlClient(vmlan.home().resolve("run/" + NETWORK + "/control.sock"), NETWORK);
        Map<String, Object> nic = Map.of(
                "vm",
                VM,
                "mac",
                NativeGuest.MAC,
                "qemuListens",
                false,
                "qmp",
                vmlan.home().resolve("no-qmp.sock").toString(),
                "isolated",
                false,
                "published",
                user.published().stream().map(Object::toString).toList());
        Path socket = Path.of(control.send("PUT", "/v1/ports/web-0", nic, LIMIT).text("socket"));
        Map<String, String> seen = new TreeMap<>();
        try (NativeGuest guest = NativeGuest.attach(internet, socket, 1500)) {
            long pid = guest.pump().pid();
            control.send(
                    "PUT",
                    "/v1/ports/web-0/process",
                    Map.of("pid", pid, "pidMark", ProcessMark.of(pid).orElseThrow()),
                    LIMIT);
            visit.of(guest, seen);
        } finally {
            vmlan.vmlan("network", "stop", NETWORK).good();
        }
        return seen;
    }

    /// A hub of QEMU's with its `user` at one end and a socket at the other.
    private static Map<String, String> byQemu(Qemus version, List<String> line, Visit visit) throws Exception {
        Path socket = internet.folder().resolve("slirp.sock");
        Files.deleteIfExists(socket);
        Process qemu = internet.start(
                Place.HOST,
                "slirp",
                null,
                version.folder().resolve("qemu-system-x86_64").toString(),
                "-M",
                "none",
                "-display",
                "none",
                "-nodefaults",
                "-netdev",
                "user,id=u0,"
                        + String.join(
                                ",",
                                line.stream()
                                        .map(each -> each.replace(",", ",,"))
                                        .toList()),
                "-netdev",
                "stream,id=s0,server=on,addr.type=unix,addr.path=" + socket,
                "-netdev",
                "hubport,id=h0,hubid=0,netdev=u0",
                "-netdev",
                "hubport,id=h1,hubid=0,netdev=s0");
        try {
            Await.until(
                    "QEMU's socket",
                    LIMIT,
                    () -> listens(socket) ? Optional.of(true) : Optional.empty(),
                    () -> Files.readString(internet.log("slirp")));
            Map<String, String> seen = new TreeMap<>();
            try (NativeGuest guest = NativeGuest.attach(internet, socket, 1500)) {
                visit.of(guest, seen);
            }
            return seen;
        } finally {
            internet.end(qemu);
        }
    }

    /// The file is there from bind(2) on, and who connects before listen(2) is refused.
    private static boolean listens(Path socket) throws IOException, InterruptedException {
        // the flags have __SO_ACCEPTCON (unix_seq_show in net/unix/af_unix.c)
        return internet.in(Place.HOST, "cat", "/proc/net/unix")
                .lines()
                .anyMatch(line -> line.contains(" 00010000 ") && line.endsWith(" " + socket));
    }

    private static String sh(String script) throws IOException, InterruptedException {
        return internet.in(Place.GUEST, "sh", "-c", script).strip();
    }

    private static void told(Map<String, String> seen) throws IOException, InterruptedException {
        String said = sh("busybox udhcpc -i eth0 -n -q -f -t 20 -T 1 -O search -O hostname -O domain -s "
                + CProgram.resource("told.sh"));
        said.lines()
                .filter(line -> line.startsWith("told "))
                .map(line -> line.substring("told ".length()).split("=", 2))
                .forEach(pair -> seen.put(pair[0], pair[1]));
    }

    /// By the kernel, of the advertisement; while it is tentative nothing is sent from it.
    private static String ipv6() {
        return Await.until(
                "the guest's IPv6 address",
                LIMIT,
                () -> Stream.of(internet.in(
                                        Place.GUEST, "ip", "-6", "-o", "addr", "show", "dev", "eth0", "scope", "global")
                                .lines()
                                .filter(line -> !line.contains(" tentative"))
                                .collect(Collectors.joining(" "))
                                .split("\\s+"))
                        .filter(word -> word.contains("::") && !word.startsWith("fe80"))
                        .findFirst(),
                () -> internet.in(Place.GUEST, "ip", "addr"));
    }

    private static String connects(String address, int port, String input) throws IOException, InterruptedException {
        return sh("printf '" + input + "' | busybox timeout 60 busybox nc -w 10 " + address + " " + port
                + " 2>/dev/null || echo \"failed\"");
    }

    private static String pings(String address) throws IOException, InterruptedException {
        return sh("busybox ping " + (address.contains(":") ? "-6 " : "") + "-c 1 -W 20 " + address
                + " >/dev/null 2>&1 && echo answered || echo silent");
    }

    /// A client of the host's at a port there, and a server in the guest.
    private static String served(String listen, int hostPort) throws Exception {
        try (Listener listener = Listener.open(internet, Place.GUEST, new InetSocketAddress(listen, 22))) {
            CompletableFuture<Void> server = internet.begin(Place.GUEST, () -> {
                try (Socket socket = listener.accept()) {
                    socket.getOutputStream().write("from the guest\n".getBytes(StandardCharsets.US_ASCII));
                }
                return null;
            });
            String got = internet.call(Place.HOST, () -> {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), hostPort)) {
                    socket.setSoTimeout(GuestOutside.READ_MILLIS);
                    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                }
            });
            NamespaceThreads.await(server);
            return got.strip();
        }
    }

    private static void look(NativeGuest guest, Map<String, String> seen) throws Exception {
        told(seen);
        seen.put("ping host", pings("10.9.8.9"));
        seen.put("ping dns", pings("10.9.8.10"));
        seen.put("guestfwd cat", connects("10.9.8.100", 1234, "over there"));
        seen.put("guestfwd sh", connects("10.9.8.101", 1235, "again"));
        seen.put("guestfwd other port", connects("10.9.8.100", 1299, ""));
        seen.put("hostfwd", served("10.9.8.40", HOST_PORT));
        internet.ip(Place.GUEST, "addr add 10.9.8.77/24 dev eth0");
        seen.put("hostfwd to a static address", served("10.9.8.77", STATIC_PORT));
        internet.ip(Place.GUEST, "addr del 10.9.8.77/24 dev eth0");
        try (ServerSocket outside = internet.call(
                Place.INTERNET,
                () -> new ServerSocket(7777, 8, new InetSocketAddress(TestInternet.SERVER4, 0).getAddress()))) {
            CompletableFuture<Void> greeter = internet.begin(Place.INTERNET, () -> {
                try (Socket socket = outside.accept()) {
                    socket.getOutputStream().write("outside\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // nobody came
                }
                return null;
            });
            seen.put("outside", connects(TestInternet.SERVER4, 7777, ""));
            outside.close();
            NamespaceThreads.await(greeter);
        }
        String address = ipv6();
        seen.put("ipv6", address.replaceFirst("^(fd77:1::)[0-9a-f:]+/(\\d+)$", "$1*/$2"));
        seen.put("ping6 host", pings("fd77:1::9"));
    }

    @Test
    void aGuestIsToldAndReachesTheSameAsWithQemusOwn() throws Exception {
        Map<String, String> qemu = byQemu(Qemus.QEMU_10, LINE, UserNetworkTest::look);
        Map<String, String> engine = byVmlan(LINE, UserNetworkTest::look);
        assertThat(engine).isEqualTo(qemu);
        assertThat(engine)
                .containsEntry("ip", "10.9.8.40")
                .containsEntry("router", "10.9.8.9")
                .containsEntry("dns", "10.9.8.10")
                .containsEntry("hostname", "box")
                .containsEntry("domain", "corp.test")
                .containsEntry("search", "one.test two.test")
                .containsEntry("guestfwd cat", "over there")
                .containsEntry("guestfwd sh", "hello\nagain")
                .containsEntry("guestfwd other port", "failed")
                .containsEntry("hostfwd", "from the guest")
                .containsEntry("hostfwd to a static address", "from the guest")
                .containsEntry("outside", "outside")
                .containsEntry("ping6 host", "answered");
    }

    @Test
    void aGuestThatIsRestrictedReachesTheSameAsWithQemusOwn() throws Exception {
        List<String> line = new ArrayList<>(LINE);
        line.add("restrict=on");
        Map<String, String> qemu = byQemu(Qemus.QEMU_7, line, UserNetworkTest::look);
        Map<String, String> engine = byVmlan(line, UserNetworkTest::look);
        assertThat(engine).isEqualTo(qemu);
        assertThat(engine)
                .containsEntry("ip", "10.9.8.40")
                .containsEntry("router", "")
                .containsEntry("dns", "")
                .containsEntry("outside", "failed")
                .containsEntry("guestfwd cat", "over there")
                .containsEntry("hostfwd", "from the guest");
    }

    @Test
    void namesAreAnsweredAtTheAddressThatTheGuestWasTold() throws Exception {
        Map<String, String> seen = byVmlan(LINE, (guest, results) -> {
            told(results);
            results.put("name", sh("busybox nslookup host.vmlan.internal 10.9.8.10 2>&1 || true"));
            results.put("loopback", connects("10.9.8.9", HOST_PORT, ""));
        });
        assertThat(seen.get("name")).contains("10.9.8.9");
        assertThat(seen).as("the host's loopback is closed unless it is opened").containsEntry("loopback", "failed");
    }
}
