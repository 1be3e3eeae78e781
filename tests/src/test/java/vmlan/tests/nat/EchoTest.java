package vmlan.tests.nat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.tests.lan.Evidence;
import vmlan.tests.lan.Words;

/// Pings and traces of a guest, by ping sockets of a process without rights.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class EchoTest {
    private static final String RANGE = "net/ipv4/ping_group_range";

    private static GuestOutside world;

    @BeforeAll
    static void create() throws Exception {
        world = GuestOutside.create(internet -> internet.sysctl(Place.HOST, RANGE, "'0 2147483647'"));
    }

    @AfterAll
    static void close() throws Exception {
        world.close();
    }

    @ParameterizedTest
    @EnumSource
    void pingIsAnswered(Family family) throws Exception {
        assertThat(world.internet().in(Place.GUEST, "ping", "-n", "-c", "3", "-i", "0.2", "-W", "30", family.beyond()))
                .contains(" 0% packet loss");
        assertThat(world.internet()
                        .in(
                                Place.GUEST,
                                "ping",
                                "-n",
                                "-c",
                                "2",
                                "-i",
                                "0.2",
                                "-W",
                                "30",
                                "-s",
                                "8000",
                                family.beyond()))
                .as("in fragments")
                .contains(" 0% packet loss");
    }

    @ParameterizedTest
    @EnumSource
    void whoeverIsUnreachableIsSaidToBeSo(Family family) throws Exception {
        Words.Output said = world.internet()
                .tryIn(
                        Place.GUEST,
                        "ping",
                        "-n",
                        "-c",
                        "1",
                        "-W",
                        "30",
                        family.unreachable(0).getAddress().getHostAddress());
        assertThat(said.text()).containsIgnoringCase("unreachable").contains("+1 errors");
    }

    /// Every hop: the gateway, the host's router, and who was meant.
    @ParameterizedTest
    @EnumSource
    void tracesShowTheHops(Family family) throws Exception {
        String said = world.internet()
                .in(Place.GUEST, "traceroute", "-I", "-n", "-q", "1", "-w", "30", "-m", "6", family.beyond());
        assertThat(said.lines().skip(1).map(line -> line.strip().split("\\s+")[1]))
                .as(said)
                .hasSize(3)
                .endsWith(family.router(), family.beyond());
    }

    @Test
    void whereTheHostAllowsNoPingSocketsThatIsUnreachableAtOnce() throws Exception {
        // 1 0: nobody's (icmp(7)); also what this kernel begins with
        try (GuestOutside closed = GuestOutside.create(internet -> internet.sysctl(Place.HOST, RANGE, "'1 0'"))) {
            for (Family family : Family.values()) {
                Words.Output said =
                        closed.internet().tryIn(Place.GUEST, "ping", "-n", "-c", "1", "-W", "30", family.server());
                assertThat(said.text()).contains("+1 errors");
                assertThat(said.text().toLowerCase(java.util.Locale.ROOT))
                        .containsAnyOf("unreachable", "filtered", "prohibited");
            }
            assertThat(closed.internet()
                            .in(
                                    Place.GUEST,
                                    "ping",
                                    "-n",
                                    "-c",
                                    "1",
                                    "-W",
                                    "30",
                                    closed.guest().gateway4()))
                    .as("the gateway itself answers")
                    .contains(" 0% packet loss");
        }
    }
}
