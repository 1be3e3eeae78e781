package vmlan.tests.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.tests.lan.Evidence;
import vmlan.tests.real.Await;

/// What a guest sees of its host's going from one LAN to another: from `en0`, as every test here has it, to `en1`.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class HostChangeTest {
    private static final int PORT = 7100;
    private static final int HOST_PORT = 18100;
    private static final int GUEST_PORT = 8100;
    /// A quarter of a second is waited for more news, and a loaded machine needs some, too. The guest's kernel would
    /// wait for a quarter of an hour (tcp_retries2).
    private static final Duration SOON = Duration.ofSeconds(60);

    private static GuestOutside world;
    private static MovingHost host;

    @BeforeAll
    static void create() throws Exception {
        world = GuestOutside.create();
        Resolver.start(world.internet());
        host = MovingHost.create(world);
    }

    @AfterAll
    static void close() throws Exception {
        world.close();
    }

    @AfterEach
    void back() throws Exception {
        host.backToEn0();
    }

    /// A connection of the guest's, with the end of it that is outside. Bytes that come in are kept.
    private static final class Conversation implements AutoCloseable {
        final Listener listener;
        final Socket client;
        final Socket server;

        Conversation(Place serverPlace, InetSocketAddress listen, Place clientPlace, InetSocketAddress dial)
                throws Exception {
            listener = Listener.open(world.internet(), serverPlace, listen);
            client = world.internet().call(clientPlace, () -> {
                Socket socket = new Socket();
                socket.setSoTimeout(GuestOutside.READ_MILLIS);
                socket.connect(dial, GuestOutside.READ_MILLIS);
                return socket;
            });
            server = listener.accept();
        }

        static Conversation outside(Family family, int port) throws Exception {
            return new Conversation(Place.INTERNET, everywhere(port), Place.GUEST, family.server(port));
        }

        void speak() throws IOException {
            server.getOutputStream().write('s');
            assertThat(client.getInputStream().read()).isEqualTo('s');
            client.getOutputStream().write('c');
            assertThat(server.getInputStream().read()).isEqualTo('c');
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
            listener.close();
        }
    }

    private static InetSocketAddress everywhere(int port) {
        return new InetSocketAddress("::", port);
    }

    private static void publish(String rule) throws Exception {
        world.network().api("PUT", "/v1/publications/" + GuestOutside.VM, Map.of("rules", List.of(rule)));
    }

    private static void unpublish() throws Exception {
        world.network().api("DELETE", "/v1/publications/" + GuestOutside.VM, Map.of());
    }

    @ParameterizedTest
    @EnumSource
    void whatWasUnderWayIsResetAndWhatIsNewGoesTheNewWay(Family family) throws Exception {
        long before = host.changes().number("flowsReset");
        try (Conversation idle = Conversation.outside(family, PORT);
                Conversation download = Conversation.outside(family, PORT + 1)) {
            idle.speak();
            CompletableFuture<Void> sending = world.internet().begin(Place.INTERNET, () -> {
                try {
                    Bytes.send(download.server.getOutputStream(), 1, Long.MAX_VALUE);
                } catch (IOException e) {
                    // It is cut off, or closed at the end.
                }
                return null;
            });
            CompletableFuture<Exception> downloading = world.internet().begin(Place.GUEST, () -> {
                try {
                    Bytes.receive(download.client.getInputStream());
                    return null;
                } catch (IOException e) {
                    return e;
                }
            });
            MovingHost.Move move = host.beginMoveToEn1();
            long from = System.nanoTime();
            // Before anything was noticed: by the kernel's routes, and by sockets that are bound to nothing.
            try (Conversation fresh = Conversation.outside(family, PORT + 2)) {
                fresh.speak();
                assertThat(fresh.server.getInetAddress())
                        .isEqualTo(
                                InetAddress.ofLiteral(family == Family.IPV4 ? MovingHost.OTHER4 : MovingHost.OTHER6));
                assertThat(downloading.get(SOON.toSeconds(), TimeUnit.SECONDS))
                        .isInstanceOf(SocketException.class)
                        .hasMessageContaining("reset");
                try {
                    assertThat(idle.client.getInputStream().read())
                            .as("a reset")
                            .isEqualTo(-2);
                } catch (SocketException e) {
                    assertThat(e).hasMessageContaining("reset");
                }
                assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(SOON);
                move.await();
                fresh.speak();
            }
            assertThat(host.changes().number("flowsReset") - before).isEqualTo(2);
            download.server.close();
            NamespaceThreads.await(sending);
        }
    }

    @ParameterizedTest
    @EnumSource
    void datagramsOfOneSocketGoOnAndComeBack(Family family) throws Exception {
        try (DatagramSocket server =
                        world.internet().call(Place.INTERNET, () -> new DatagramSocket(family.server(PORT)));
                DatagramSocket client = world.internet().call(Place.GUEST, () -> new DatagramSocket(null))) {
            client.setSoTimeout(GuestOutside.READ_MILLIS);
            BlockingQueue<InetAddress> seen = new LinkedBlockingQueue<>();
            CompletableFuture<Void> served = world.internet().begin(Place.INTERNET, () -> {
                DatagramPacket packet = new DatagramPacket(new byte[100], 100);
                try {
                    while (true) {
                        server.receive(packet);
                        seen.add(packet.getAddress());
                        server.send(packet);
                    }
                } catch (SocketException e) {
                    return null; // closed
                }
            });
            long mappings = udp("opened");
            ask(client, family.server(PORT));
            assertThat(seen.take())
                    .isEqualTo(InetAddress.ofLiteral(family == Family.IPV4 ? TestInternet.HOST4 : TestInternet.HOST6));
            host.toEn1();
            seen.clear();
            ask(client, family.server(PORT));
            assertThat(seen.take())
                    .isEqualTo(InetAddress.ofLiteral(family == Family.IPV4 ? MovingHost.OTHER4 : MovingHost.OTHER6));
            assertThat(udp("opened") - mappings)
                    .as("the guest's port keeps its mapping")
                    .isEqualTo(1);
            server.close();
            NamespaceThreads.await(served);
        }
    }

    private static void ask(DatagramSocket client, InetSocketAddress server) throws IOException {
        client.send(new DatagramPacket(new byte[10], 10, server));
        client.receive(new DatagramPacket(new byte[100], 100));
    }

    private static long udp(String counter) throws Exception {
        return host.show().object("nat").object("udp").number(counter);
    }

    @Test
    void theFirstQuestionAfterwardsIsAnswered() throws Exception {
        assertThat(dig()).isEqualTo(TestInternet.SERVER4);
        assertThat(dig()).isEqualTo(TestInternet.SERVER4);
        long forwarded = forwarded();
        host.toEn1();
        assertThat(dig()).isEqualTo(TestInternet.SERVER4);
        assertThat(forwarded() - forwarded).as("not what was known before").isEqualTo(1);
    }

    private static long forwarded() throws Exception {
        return host.show().object("dns").number("forwarded");
    }

    private static String dig() throws Exception {
        return world.internet().in(Place.GUEST, "dig", "+short", "+timeout=30", "+tries=1", "web.example.test", "A");
    }

    @Test
    void whatIsOnTheHostItselfGoesOn() throws Exception {
        publish(HOST_PORT + ":" + GUEST_PORT);
        try (Conversation local =
                new Conversation(Place.GUEST, everywhere(GUEST_PORT), Place.HOST, Family.IPV4.loopback(HOST_PORT))) {
            local.speak();
            host.toEn1();
            local.speak();
        } finally {
            unpublish();
        }
    }

    /// As of a laptop that slept for a minute, or a station on its way to another access point.
    @Test
    void anAddressThatIsBackSoonHasItsConnectionsStill() throws Exception {
        try (Conversation conversation = Conversation.outside(Family.IPV4, PORT)) {
            conversation.speak();
            world.internet().ip(Place.HOST, "addr del " + TestInternet.HOST4 + "/24 dev en0");
            host.awaitLast("IPv4 is none");
            world.internet().ip(Place.HOST, "addr add " + TestInternet.HOST4 + "/24 dev en0");
            world.internet().ip(Place.HOST, "route add default via " + TestInternet.ROUTER4);
            host.awaitLast("IPv4 is en0");
            conversation.speak();
        }
    }

    @Test
    void aPortAtAnAddressThatIsGoneSaysSoAndServesAgainWhenItIsBack() throws Exception {
        publish(TestInternet.HOST4 + ":" + HOST_PORT + ":" + GUEST_PORT);
        try {
            InetSocketAddress dial = Family.address(TestInternet.HOST4, HOST_PORT);
            try (Conversation first = new Conversation(Place.GUEST, everywhere(GUEST_PORT), Place.INTERNET, dial)) {
                first.speak();
                host.toEn1();
                awaitProblem(problem -> problem.isPresent() && problem.get().contains(TestInternet.HOST4));
                try {
                    assertThat(first.server.getInputStream().read())
                            .as("a reset")
                            .isEqualTo(-2);
                } catch (SocketException e) {
                    assertThat(e).hasMessageContaining("reset");
                }
            }
            host.toEn0();
            awaitProblem(Optional::isEmpty);
            try (Conversation again = new Conversation(Place.GUEST, everywhere(GUEST_PORT), Place.INTERNET, dial)) {
                again.speak();
            }
        } finally {
            unpublish();
        }
    }

    private static void awaitProblem(Predicate<Optional<String>> fits) {
        Await.until(
                "the published port's problem",
                SharedNetwork.LIMIT,
                () -> fits.test(world.network()
                                .show()
                                .objects("published")
                                .getFirst()
                                .optionalText("problem"))
                        ? Optional.of(true)
                        : Optional.empty(),
                () -> host.show().values().toString());
    }

    @Test
    void aLanWithTheGuestsAddressesIsWarnedOf() throws Exception {
        String own = host.show().text("ipv4");
        String clash = own.replaceFirst("\\.0/24$", ".200/20");
        world.internet().ip(Place.HOST, "addr add " + clash + " dev en0");
        try {
            awaitWarnings(1);
            assertThat(host.show().objects("warnings").getFirst().text("what"))
                    .contains(own)
                    .contains("/20 on en0");
        } finally {
            world.internet().ip(Place.HOST, "addr del " + clash + " dev en0");
        }
        awaitWarnings(0);
    }

    private static void awaitWarnings(int count) {
        Await.until(
                count + " warnings",
                SharedNetwork.LIMIT,
                () -> host.show().objects("warnings").size() == count ? Optional.of(true) : Optional.empty(),
                () -> host.show().values().toString());
    }

    @Test
    void aHostThatGetsIpv6HasItForItsGuestsAtOnce() throws Exception {
        world.internet().ipv6(false);
        try {
            assertThat(world.refusal(Place.GUEST, Family.IPV6.server(PORT)).toString())
                    .containsAnyOf("unreachable", "No route to host");
        } finally {
            world.internet().ipv6(true);
        }
        try (Conversation conversation = Conversation.outside(Family.IPV6, PORT)) {
            conversation.speak();
        }
    }

    /// Stopped, the process misses time but no clock: it is no sleep, and nothing dies of it.
    @Test
    void aProcessThatIsStoppedAndGoesOnTakesItForNoSleep() throws Exception {
        long wakes = host.changes().number("wakes");
        try (Conversation conversation = Conversation.outside(Family.IPV4, PORT)) {
            conversation.speak();
            String pid = Long.toString(world.network().pid());
            new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
            try {
                TimeUnit.SECONDS.sleep(7); // longer than two looks at the clocks are apart
            } finally {
                new ProcessBuilder("kill", "-CONT", pid).start().waitFor();
            }
            conversation.speak();
        }
        assertThat(host.changes().number("wakes")).isEqualTo(wakes);
    }
}
