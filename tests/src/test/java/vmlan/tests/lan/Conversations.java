package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What two guests, `a` and `b`, and everybody on their LAN have to say to each other. The guests are booted once.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Conversations {
    static final String OK = " 0% packet loss";

    private final Map<Station, String> sums = new HashMap<>();

    LanGuests lan;
    GuestStation a;
    GuestStation b;
    MachineStation router;
    MachineStation other;
    MachineStation host;

    /// A LAN with the two guests started on it.
    abstract LanGuests boot() throws Exception;

    @BeforeAll
    void start() throws Exception {
        lan = boot();
        a = lan.ready("a");
        b = lan.ready("b");
        router = lan.station(Machine.ROUTER);
        other = lan.station(Machine.OTHER);
        host = lan.station(Machine.HOST);
        for (Station station : List.of(a, b, router, other, host)) {
            sums.put(station, station.makeFile(Station.MEGABYTES));
        }
    }

    @AfterAll
    void stop() throws Exception {
        if (lan != null) {
            lan.close();
        }
    }

    Stream<Arguments> peersInBothFamilies() {
        return Stream.<Station>of(router, other, host, b)
                .flatMap(peer -> Stream.of(Station.Family.values()).map(family -> Arguments.of(peer, family)));
    }

    @ParameterizedTest
    @MethodSource("peersInBothFamilies")
    void pingIsAnsweredBothWays(Station peer, Station.Family family) throws Exception {
        assertThat(peer.ping(a.address(family), 3)).contains(OK);
        assertThat(a.ping(peer.address(family), 3)).contains(OK);
    }

    @ParameterizedTest
    @MethodSource("peersInBothFamilies")
    void fiftyMegabytesOfTcpArriveAsTheyWereSentBothWays(Station peer, Station.Family family) throws Exception {
        transfer(peer, a, family);
        transfer(a, peer, family);
    }

    @Test
    void theOutsideIsReachedThroughTheLansRouter() throws Exception {
        assertThat(a.ping(TestLan.OUTSIDE4, 3)).contains(OK);
        assertThat(a.ping(TestLan.OUTSIDE6, 3)).contains(OK);
    }

    @Test
    void dhcpv6GivesAnAddressThatTheRouterReaches() throws Exception {
        String address = a.dhcpv6();
        lan.lan().awaitLease(" " + address + " ");
        assertThat(router.ping(address, 3)).contains(OK);
        assertThat(a.ping(Machine.ROUTER.ipv6(), 1)).contains(OK);
    }

    void transfer(Station from, Station to, Station.Family family) throws Exception {
        long start = System.nanoTime();
        to.listen();
        from.send(to.address(family));
        assertThat(to.received())
                .as("MD5 of what came from %s to %s by %s", from, to, family)
                .isEqualTo(sums.get(from));
        System.out.printf("%s to %s, %s: %.1f s%n", from, to, family, (System.nanoTime() - start) / 1e9);
    }
}
