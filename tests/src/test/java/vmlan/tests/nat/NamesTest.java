package vmlan.tests.nat;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.tests.lan.Evidence;
import vmlan.tests.real.Await;

/// Names, as a guest asks the gateway for them: its own network's, and everybody's by the host's resolver.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class NamesTest {
    private static final int HTTP_PORT = 8099;

    private static GuestOutside world;

    @BeforeAll
    static void create() throws Exception {
        world = GuestOutside.create();
        Resolver.start(world.internet());
    }

    @AfterAll
    static void close() throws Exception {
        world.close();
    }

    /// What dig(1) prints, short, of the resolver that the lease has told.
    private static String dig(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("dig", "+short", "+timeout=30", "+tries=1"));
        all.addAll(List.of(words));
        return world.internet().in(Place.GUEST, all.toArray(String[]::new));
    }

    private static String status(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("dig", "+timeout=20", "+tries=1"));
        all.addAll(List.of(words));
        return world.internet().in(Place.GUEST, all.toArray(String[]::new));
    }

    /// The host's resolvers are others from now on, and asked.
    ///
    /// @param changing what they say of a name that each has another address for
    private static void resolvers(String lines, String changing) throws Exception {
        world.internet().resolver(Place.HOST, lines);
        Await.until(
                "the answer of " + lines,
                SharedNetwork.LIMIT,
                () -> dig("changing.example.test", "A").equals(changing) ? Optional.of(true) : Optional.empty(),
                () -> status("changing.example.test", "A"));
    }

    @Test
    void theLeaseNamesTheGatewayAsResolver() throws Exception {
        assertThat(world.internet().resolver(Place.GUEST))
                .contains("nameserver " + world.guest().gateway4());
    }

    @ParameterizedTest
    @ValueSource(strings = {"+notcp", "+tcp"})
    void namesOfEveryKindAreResolved(String transport) throws Exception {
        assertThat(dig(transport, "web.example.test", "A")).isEqualTo(TestInternet.SERVER4);
        assertThat(dig(transport, "web.example.test", "AAAA")).isEqualTo(TestInternet.SERVER6);
        assertThat(dig(transport, "alias.example.test", "A")).isEqualTo("web.example.test.\n" + TestInternet.SERVER4);
        assertThat(dig(transport, "example.test", "MX")).isEqualTo("10 mail.example.test.");
        assertThat(dig(transport, "text.example.test", "TXT")).isEqualTo("\"a text\"");
        assertThat(dig(transport, "_sip._udp.example.test", "SRV")).isEqualTo("0 0 5060 sip.example.test.");
        assertThat(dig(transport, "-x", TestInternet.SERVER4)).isEqualTo("web.example.test.");
        assertThat(dig(transport, "-x", TestInternet.SERVER6)).isEqualTo("web.example.test.");
        assertThat(status(transport, "nobody.example.test", "A")).contains("status: NXDOMAIN");
        assertThat(status(transport, "web.example.test", "MX"))
                .as("a name without such a record")
                .contains("status: NOERROR")
                .contains("ANSWER: 0");
    }

    @Test
    void aLongAnswerIsCutShortAndComesByTcp() throws Exception {
        assertThat(status("+ignore", "+notcp", "+bufsize=1232", "long.example.test", "TXT"))
                .containsPattern("flags:[a-z ]* tc");
        assertThat(dig("long.example.test", "TXT").replaceAll("[^x]", "")).hasSize(Resolver.LONG_TEXT_BYTES);
    }

    @Test
    void theGatewayAnswersOverIpv6Too() throws Exception {
        String gateway = world.network().show().object("gateway").text("ipv6");
        assertThat(dig("@" + gateway, "web.example.test", "AAAA")).isEqualTo(TestInternet.SERVER6);
        assertThat(dig("+tcp", "@" + gateway, "web.example.test", "AAAA")).isEqualTo(TestInternet.SERVER6);
    }

    @Test
    void guestsHostAndGatewayHaveNames() throws Exception {
        String gateway4 = world.network().show().object("gateway").text("ipv4");
        String gateway6 = world.network().show().object("gateway").text("ipv6");
        String name = GuestOutside.VM + ".vmlan.internal";
        assertThat(dig(name, "A")).isEqualTo(world.guest().ipv4());
        assertThat(dig(name, "AAAA").lines()).contains(world.guest().ipv6());
        assertThat(dig("-x", world.guest().ipv4())).isEqualTo(name + ".");
        assertThat(dig("-x", world.guest().ipv6())).isEqualTo(name + ".");
        for (String own : List.of("host.vmlan.internal", "gateway.vmlan.internal")) {
            assertThat(dig(own, "A")).isEqualTo(gateway4);
            assertThat(dig(own, "AAAA").lines()).contains(gateway6);
        }
        assertThat(dig("-x", gateway4)).isEqualTo("gateway.vmlan.internal.");
        assertThat(status("nobody.vmlan.internal", "A")).contains("status: NXDOMAIN");
        assertThat(world.internet().in(Place.GUEST, "getent", "ahostsv4", GuestOutside.VM))
                .as("without its domain, by the search list of the lease")
                .contains(world.guest().ipv4());
    }

    @Test
    void whatTheHostsFileSaysHolds() throws Exception {
        world.internet().hosts(Place.HOST, "127.0.0.1 localhost\n192.0.2.99 printer.example.test printer\n");
        Await.until(
                "the name of the hosts file",
                SharedNetwork.LIMIT,
                () -> dig("printer.example.test", "A").equals("192.0.2.99") ? Optional.of(true) : Optional.empty(),
                () -> status("printer.example.test", "A"));
    }

    @Test
    void curlFindsAServerByItsName() throws Exception {
        HttpServer server = world.internet().call(Place.INTERNET, () -> {
            HttpServer created = HttpServer.create(new InetSocketAddress("::", HTTP_PORT), 0);
            created.createContext("/", exchange -> {
                try (exchange) {
                    byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
                    exchange.sendResponseHeaders(200, hello.length);
                    exchange.getResponseBody().write(hello);
                }
            });
            created.start();
            return created;
        });
        try {
            for (String family : List.of("-4", "-6")) {
                assertThat(world.internet()
                                .in(
                                        Place.GUEST,
                                        "curl",
                                        family,
                                        "-sS",
                                        "--max-time",
                                        "60",
                                        "http://web.example.test:" + HTTP_PORT + "/"))
                        .isEqualTo("hello");
            }
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aChangeOfTheHostsResolversIsFollowed() throws Exception {
        assertThat(dig("changing.example.test", "A")).isEqualTo(Resolver.CHANGING);
        Process other = Resolver.start(world.internet(), TestInternet.SERVER6, "192.0.2.81");
        String before = world.internet().resolver(Place.HOST);
        try {
            resolvers("nameserver " + TestInternet.SERVER6 + "\n", "192.0.2.81");
        } finally {
            resolvers(before, Resolver.CHANGING);
            world.internet().end(other);
        }
    }

    @Test
    void whereNoResolverAnswersThatIsAFailureInBoundedTime() throws Exception {
        String before = world.internet().resolver(Place.HOST);
        world.internet().ip(Place.INTERNET, "route add blackhole 203.0.113.53");
        try {
            // one that is not there, and one that is silent
            for (String dead : List.of(TestInternet.ROUTER4, "203.0.113.53")) {
                world.internet().resolver(Place.HOST, "nameserver " + dead + "\n");
                // each question for itself has an answer before dig gives up
                Await.until(
                        "SERVFAIL of " + dead,
                        SharedNetwork.LIMIT,
                        () -> status("unseen" + System.nanoTime() + ".example.test", "A")
                                        .contains("status: SERVFAIL")
                                ? Optional.of(true)
                                : Optional.empty(),
                        () -> status("unseen.example.test", "A"));
            }
        } finally {
            resolvers(before, Resolver.CHANGING);
            world.internet().ip(Place.INTERNET, "route del blackhole 203.0.113.53");
        }
    }
}
