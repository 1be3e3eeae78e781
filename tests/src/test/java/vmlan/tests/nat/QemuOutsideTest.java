package vmlan.tests.nat;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.tests.lan.Evidence;
import vmlan.tests.lan.GuestStation;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// The demo guest in a real QEMU on `shared`, with an internet around its host.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class QemuOutsideTest {
    private static final int MEGABYTES = 50;
    private static final int HTTP_PORT = 8080;
    private static final int CLOSED_PORT = 7999;
    private static final int PUBLISHED_PORT = 18080;
    private static final Pattern MD5 = Pattern.compile("([0-9a-f]{32})  -");
    private static final Pattern SECONDS = Pattern.compile("took (\\d+)");

    @ParameterizedTest
    @EnumSource
    void theGuestReachesTheInternetAndIsReached(Qemus qemu) throws Exception {
        makeDemoGuest(qemu);
        try (TestInternet internet = TestInternet.create()) {
            Resolver.start(internet);
            byte[] file = new byte[MEGABYTES << 20];
            new Random(1).nextBytes(file);
            HttpServer server = internet.call(Place.INTERNET, () -> http(file));
            try (Installation vmlan = Installation.create(qemu, SharedNetwork.powerless(internet.words(Place.HOST)))) {
                vmlan.vmlan("run", "-d", "--name", "web", "--memory", "512M", "-p", PUBLISHED_PORT + ":80")
                        .good();
                vmlan.awaitConsole("web", "vmlan-demo: ready");
                GuestStation guest = new GuestStation(vmlan, "web");
                guest.ipv4();
                guest.ipv6();
                for (Family family : Family.values()) {
                    assertMovesTheFile(internet, guest, family, md5(file));
                    assertRefusedAtOnce(guest, family);
                }
                assertResolves(guest);
                assertReached(internet, vmlan);
            } finally {
                server.stop(0);
            }
        }
    }

    /// Outside of the namespaces: in those nothing can be fetched.
    private static void makeDemoGuest(Qemus qemu) throws IOException, InterruptedException {
        try (Installation vmlan = Installation.create(qemu)) {
            vmlan.vmlan("run", "--dry-run", "--net", "none").good();
        }
    }

    private static HttpServer http(byte[] file) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("::", HTTP_PORT), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, file.length);
                exchange.getResponseBody().write(file);
            }
        });
        server.start();
        return server;
    }

    private static void assertMovesTheFile(TestInternet internet, GuestStation guest, Family family, String sum)
            throws Exception {
        String fetched = guest.type(
                "timeout 140 wget -q -O - http://" + family.inUrl() + ":" + HTTP_PORT + "/ | tee /tmp/sent | md5sum");
        assertThat(find(MD5, fetched)).as("down over " + family).isEqualTo(sum);
        try (Listener listener = Listener.open(internet, Place.INTERNET, family.server(Listener.PORT))) {
            CompletableFuture<String> received = internet.begin(Place.INTERNET, () -> {
                try (var socket = listener.accept()) {
                    return md5(socket.getInputStream().readAllBytes());
                }
            });
            guest.type("timeout 140 nc " + family.server() + " " + Listener.PORT + " </tmp/sent >/dev/null");
            assertThat(NamespaceThreads.await(received)).as("up over " + family).isEqualTo(sum);
        }
    }

    private static void assertRefusedAtOnce(GuestStation guest, Family family) throws Exception {
        // not wget: Debian's static one ends in a segmentation fault where it would print the reason
        String said = guest.type("s=$(date +%s); nc -w 30 " + family.server() + " " + CLOSED_PORT
                + " </dev/null 2>&1; echo took $(($(date +%s) - s))");
        assertThat(said).contains("Connection refused");
        // and not after nc's limit, or the kernel's
        assertThat(Integer.parseInt(find(SECONDS, said))).as(said).isLessThan((int) GuestOutside.AT_ONCE.toSeconds());
    }

    private static void assertResolves(GuestStation guest) throws Exception {
        assertThat(guest.type("nslookup web.example.test"))
                .contains(TestInternet.SERVER4)
                .contains(TestInternet.SERVER6);
        assertThat(guest.type("nslookup -type=mx example.test")).contains("mail.example.test");
        assertThat(guest.type("nslookup nobody.example.test")).contains("NXDOMAIN");
        assertThat(guest.type("nslookup web.vmlan.internal")).contains(guest.ipv4());
        assertThat(guest.type("wget -q -O - http://web.example.test:" + HTTP_PORT + "/ | wc -c"))
                .contains(Integer.toString(MEGABYTES << 20));
    }

    /// The guest has a page that tells its addresses.
    private static void assertReached(TestInternet internet, Installation vmlan) throws Exception {
        String address = vmlan.vmlan("ip", "web").good();
        for (String local : new String[] {"127.0.0.1", "[::1]"}) {
            assertThat(internet.in(
                            Place.HOST, "curl", "-sS", "--max-time", "60", "http://" + local + ":" + PUBLISHED_PORT))
                    .contains(address);
        }
        Installation.Running connect =
                vmlan.start(Installation.Redirect.PIPE, java.util.List.of(), "connect", "web:80");
        try (OutputStream request = connect.process().getOutputStream()) {
            request.write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(connect.await().good()).contains("200 OK").contains(address);
        assertThat(vmlan.vmlan("connect", "web:" + CLOSED_PORT).bad(1)).contains("refuse");
    }

    private static String find(Pattern pattern, String text) {
        Matcher match = pattern.matcher(text);
        if (!match.find()) {
            throw new AssertionError("no " + pattern + " in:\n" + text);
        }
        return match.group(1);
    }

    /// busybox has it, and this is no matter of security.
    private static String md5(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    }
}
