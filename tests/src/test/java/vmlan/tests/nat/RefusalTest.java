package vmlan.tests.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.tests.lan.Evidence;

/// What cannot be reached is so for the guest as it is for the host, at once.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class RefusalTest {
    private static final int CLOSED_PORT = 7999;
    /// A SYN and its first repetition.
    private static final int SILENCE_MILLIS = 2500;

    private static GuestOutside world;

    @BeforeAll
    static void create() throws Exception {
        world = GuestOutside.create();
    }

    @AfterAll
    static void close() throws Exception {
        world.close();
    }

    @ParameterizedTest
    @EnumSource
    void refusedIsRefused(Family family) throws Exception {
        assertThat(world.refusal(Place.GUEST, family.server(CLOSED_PORT)))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("refused");
    }

    /// Over veth an error may come back before the host's kernel has left its own connect, whose socket is locked
    /// meanwhile; then it is heard at the next SYN, a second later (tcp_v6_err in net/ipv6/tcp_ipv6.c). The
    /// kernel's own NAT has the same here.
    @ParameterizedTest
    @EnumSource
    void unreachableIsUnreachable(Family family) throws Exception {
        assertThat(world.refusal(Place.GUEST, family.unreachable(80))).isInstanceOf(NoRouteToHostException.class);
    }

    @Test
    void aHostWithoutIpv6HasNoRouteForTheGuestEither() throws Exception {
        world.internet().ipv6(false);
        try {
            assertThat(world.refusal(Place.GUEST, Family.IPV6.server(80)).toString())
                    .containsAnyOf("unreachable", "No route to host");
            assertThat(world.refusal(Place.GUEST, Family.IPV4.server(CLOSED_PORT)))
                    .hasMessageContaining("refused");
        } finally {
            world.internet().ipv6(true);
        }
        assertThat(world.refusal(Place.GUEST, Family.IPV6.server(CLOSED_PORT)))
                .as("once it has some again")
                .hasMessageContaining("refused");
    }

    @Test
    void aHostWithoutARouteHasNoneForTheGuest() throws Exception {
        world.internet().ip(Place.HOST, "route del default");
        try {
            assertThat(world.refusal(Place.GUEST, Family.IPV4.server(80)).toString())
                    .containsAnyOf("unreachable", "No route to host");
        } finally {
            world.internet().ip(Place.HOST, "route add default via " + TestInternet.ROUTER4);
        }
    }

    /// A SYN is answered when the host's connect has succeeded, and not before.
    @ParameterizedTest
    @EnumSource
    void nobodyAnswersForWhoIsSilent(Family family) throws Exception {
        String route = (family == Family.IPV6 ? "-6 " : "") + "route %s blackhole "
                + (family == Family.IPV6 ? "2001:db8:5111::/64" : "203.0.113.64/26");
        world.internet().ip(Place.INTERNET, route.formatted("add"));
        try {
            world.internet().call(Place.GUEST, () -> {
                try (Socket socket = new Socket()) {
                    String silent = family == Family.IPV6 ? "2001:db8:5111::1" : "203.0.113.65";
                    Assertions.assertThatThrownBy(() -> socket.connect(Family.address(silent, 80), SILENCE_MILLIS))
                            .isInstanceOf(SocketTimeoutException.class);
                }
                return null;
            });
        } finally {
            world.internet().ip(Place.INTERNET, route.formatted("del"));
        }
    }
}
