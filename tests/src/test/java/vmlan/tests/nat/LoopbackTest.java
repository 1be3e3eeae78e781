package vmlan.tests.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.tests.lan.Evidence;

/// What a guest must not reach: the host's own services, and its link-local neighbours.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class LoopbackTest {
    private static final int PORT = 7001;
    private static final int OTHER_PORT = 7002;
    /// Where clouds keep what a machine must not tell.
    private static final String METADATA = "169.254.169.254";

    /// Longer than a connection on the way takes, and no wait when there is one.
    private static final int NOBODY_MILLIS = 500;

    private GuestOutside world;

    @BeforeEach
    void create() throws Exception {
        world = GuestOutside.create();
    }

    @AfterEach
    void close() throws Exception {
        world.close();
    }

    /// The gateway's addresses, by which the host is called.
    private List<String> gateways() throws Exception {
        return List.of(
                world.network().show().object("gateway").text("ipv4"),
                world.network().show().object("gateway").text("ipv6"));
    }

    @Test
    void theGatewaysAddressesReachOnlyPortsThatWereOpened() throws Exception {
        try (Listener any = Listener.open(world.internet(), Place.HOST, new InetSocketAddress("::", PORT));
                Listener other = Listener.open(world.internet(), Place.HOST, new InetSocketAddress("::", OTHER_PORT))) {
            for (String gateway : gateways()) {
                assertThat(world.refusal(Place.GUEST, Family.address(gateway, PORT)))
                        .hasMessageContaining("refused");
            }
            world.network()
                    .vmlan()
                    .vmlan("network", "set", SharedNetwork.NAME, "--allow-host", "" + PORT)
                    .good();
            for (String gateway : gateways()) {
                reach(any, gateway, PORT);
                assertThat(world.refusal(Place.GUEST, Family.address(gateway, OTHER_PORT)))
                        .hasMessageContaining("refused");
            }
            assertNobodyCame(other);
        }
    }

    /// A service that listens on one of the loopback addresses alone is reached, too.
    @ParameterizedTest
    @EnumSource
    void anOpenedPortIsLookedForOnBothLoopbackAddresses(Family family) throws Exception {
        world.network()
                .vmlan()
                .vmlan("network", "set", SharedNetwork.NAME, "--allow-host", "" + PORT)
                .good();
        try (Listener listener = Listener.open(world.internet(), Place.HOST, family.loopback(PORT))) {
            for (String gateway : gateways()) {
                reach(listener, gateway, PORT);
            }
        }
        for (String gateway : gateways()) {
            assertThat(world.refusal(Place.GUEST, Family.address(gateway, PORT)))
                    .as("when nobody listens there")
                    .hasMessageContaining("refused");
        }
    }

    private void reach(Listener listener, String address, int port) throws Exception {
        world.internet().call(Place.GUEST, () -> {
            try (Socket socket = new Socket()) {
                socket.connect(Family.address(address, port), GuestOutside.READ_MILLIS);
                try (Socket accepted = listener.accept()) {
                    accepted.getOutputStream().write('x');
                }
                socket.setSoTimeout(GuestOutside.READ_MILLIS);
                assertThat(socket.getInputStream().read()).isEqualTo('x');
            }
            return null;
        });
    }

    /// In frames of its own, for the guest's kernel would keep them. The last goes where it may, and shows by its
    /// arrival that the others were looked at.
    @Test
    void noFormOfALocalAddressIsDialled() throws Exception {
        world.network()
                .vmlan()
                .vmlan("network", "set", SharedNetwork.NAME, "--allow-host", "" + OTHER_PORT)
                .good();
        // the host would be found at a link-local address of its own, too
        world.internet().ip(Place.HOST, "addr add " + METADATA + "/32 dev lo");
        try (Listener host = Listener.open(world.internet(), Place.HOST, new InetSocketAddress("::", PORT));
                Listener far = Listener.open(world.internet(), Place.INTERNET, new InetSocketAddress("::", PORT))) {
            int from = 20000;
            for (String local : List.of(
                    "127.0.0.1",
                    "127.1.2.3",
                    "0.0.0.0",
                    "0.1.2.3",
                    METADATA,
                    "224.0.0.1",
                    "240.0.0.1",
                    "255.255.255.255",
                    world.guest().gateway4())) {
                send(world.guest().ipv4(), InetAddress.getByName(local), from++);
            }
            for (String local : List.of("::1", "::", "::127.0.0.1", "fe80::1", "ff02::1")) {
                send(world.guest().ipv6(), InetAddress.getByName(local), from++);
            }
            send(world.guest().ipv6(), mapped("127.0.0.1"), from++);
            send(world.guest().ipv6(), mapped(METADATA), from++);
            send(world.guest().ipv4(), InetAddress.getByName(TestInternet.SERVER4), from++);
            send(world.guest().ipv6(), InetAddress.getByName(TestInternet.SERVER6), from++);
            far.accept().close();
            far.accept().close();
            assertNobodyCame(host);
        }
    }

    /// ::ffff:a.b.c.d as it is; Java's own parser makes an IPv4 address of it.
    private static InetAddress mapped(String ipv4) throws UnknownHostException {
        byte[] bytes = new byte[16];
        bytes[10] = bytes[11] = (byte) 0xff;
        System.arraycopy(InetAddress.getByName(ipv4).getAddress(), 0, bytes, 12, 4);
        return java.net.Inet6Address.getByAddress(null, bytes, -1);
    }

    private void send(String source, InetAddress destination, int from) throws Exception {
        String neighbours = world.internet()
                .in(Place.GUEST, "ip", "neigh", "show", world.guest().gateway4());
        Matcher mac = Pattern.compile("lladdr ([0-9a-f:]{17})").matcher(neighbours);
        if (!mac.find()) {
            // the first one; the kernel asks for it
            world.internet()
                    .in(Place.GUEST, "ping", "-c", "1", "-n", world.guest().gateway4());
            send(source, destination, from);
            return;
        }
        Path file = world.internet().folder().resolve("frame");
        Files.write(
                file,
                RawSyn.frame(mac.group(1), NativeGuest.MAC, InetAddress.getByName(source), destination, from, PORT));
        world.internet().in(Place.GUEST, "socat", "-u", "OPEN:" + file, "INTERFACE:" + NativeGuest.NIC);
    }

    private static void assertNobodyCame(Listener listener) throws IOException {
        try (Socket socket = listener.accept(NOBODY_MILLIS)) {
            throw new AssertionError(
                    "reached from " + socket.getRemoteSocketAddress() + " at " + socket.getLocalSocketAddress());
        } catch (SocketTimeoutException e) {
            // as it should be
        }
    }

    @Test
    void metadataOfACloudIsNotDialled() throws Exception {
        world.internet().ip(Place.INTERNET, "addr add " + METADATA + "/32 dev lo");
        world.internet().ip(Place.HOST, "route add " + METADATA + " via " + TestInternet.ROUTER4);
        try (Listener metadata = Listener.open(world.internet(), Place.INTERNET, Family.address(METADATA, 80))) {
            world.internet().call(Place.HOST, () -> {
                try (Socket socket = new Socket()) {
                    socket.connect(Family.address(METADATA, 80), GuestOutside.READ_MILLIS);
                    metadata.accept().close();
                }
                return null;
            });
            assertThat(world.refusal(Place.GUEST, Family.address(METADATA, 80))).isInstanceOf(IOException.class);
            assertNobodyCame(metadata);
        }
    }
}
