package vmlan.network.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import vmlan.packet.IpAddress;

/// When a change of the host is one, and which addresses are given up.
class HostWatchTest {
    private static final String WIFI = "192.0.2.10";
    private static final String CABLE = "203.0.113.7";
    private static final String WIFI6 = "2001:db8::10";
    private static final HostWay BY_WIFI = new HostWay("wlan0", IpAddress.parse("192.0.2.1"));
    private static final HostWay BY_CABLE = new HostWay("en0", IpAddress.parse("203.0.113.1"));

    private final HostWatch watch = new HostWatch();
    private long now = 1_000_000_000_000L;

    private static HostState state(HostWay way, String... addresses) {
        return new HostState(addresses(addresses), way, null, List.of());
    }

    private static Set<IpAddress> addresses(String... addresses) {
        return Arrays.stream(addresses).map(IpAddress::parse).collect(Collectors.toSet());
    }

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void look(HostState state) {
        watch.look(state, now);
    }

    private HostChange change() {
        HostChange change = watch.tick(now);
        assertThat(change).as("a change").isNotNull();
        assertThat(watch.tick(now)).as("told once").isNull();
        return change;
    }

    private void nothing() {
        assertThat(watch.tick(now)).isNull();
    }

    @Test
    void theFirstLookIsNoChangeNorIsTheSameAgain() {
        nothing();
        look(state(BY_WIFI, WIFI));
        pass(5_000);
        nothing();
        look(state(BY_WIFI, WIFI));
        pass(5_000);
        nothing();
        assertThat(watch.nanosToTick(now)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aBurstIsOneChangeWhenItIsOver() {
        look(state(BY_WIFI, WIFI));
        look(state(BY_WIFI));
        pass(100);
        look(state(null));
        pass(100);
        look(state(BY_CABLE, CABLE));
        nothing();
        assertThat(watch.nanosToTick(now)).isEqualTo(HostWatch.QUIET_NANOS);
        pass(249);
        nothing();
        pass(1);
        HostChange change = change();
        assertThat(change.before()).isEqualTo(state(BY_WIFI, WIFI));
        assertThat(change.now()).isEqualTo(state(BY_CABLE, CABLE));
        assertThat(change.lost()).isEqualTo(addresses(WIFI));
        assertThat(change.hasOtherIpv4Way()).isTrue();
        assertThat(change.hasOtherIpv6Way()).isFalse();
        assertThat(change.concerns(true)).isTrue();
        assertThat(change.concerns(false)).isFalse();
        assertThat(change.words())
                .isEqualTo("its way out over IPv4 is en0 via 203.0.113.1, was wlan0 via 192.0.2.1; it has 203.0.113.7;"
                        + " it has no longer 192.0.2.10");
    }

    @Test
    void newsWithoutEndAreFollowedOnceASecond() {
        look(state(BY_WIFI, WIFI));
        for (int i = 0; i < 10; i++) {
            nothing();
            look(state(BY_WIFI, WIFI, "10.0.0." + (i + 1)));
            pass(100);
        }
        assertThat(change().now().addresses()).contains(IpAddress.parse("10.0.0.10"));
    }

    @Test
    void whatIsAsItWasWhenTheBurstIsOverIsNoChange() {
        look(state(BY_WIFI, WIFI));
        look(state(null));
        pass(100);
        look(state(BY_WIFI, WIFI));
        pass(1_000);
        nothing();
    }

    @Test
    void anAddressIsWaitedForWhileThereIsNoWayOutWithoutIt() {
        look(state(BY_WIFI, WIFI));
        look(state(null));
        pass(250);
        assertThat(change().lost()).isEmpty();
        pass(20_000);
        nothing();
        look(state(BY_WIFI, WIFI));
        pass(250);
        assertThat(change().lost()).as("it is back").isEmpty();
        pass(60_000);
        nothing();
    }

    @Test
    void itIsLostWhenTheHostGoesOutAgainWithoutIt() {
        look(state(BY_WIFI, WIFI));
        look(state(null));
        pass(250);
        change();
        pass(20_000);
        look(state(BY_CABLE, CABLE));
        pass(250);
        assertThat(change().lost()).isEqualTo(addresses(WIFI));
    }

    @Test
    void itIsLostWhenItWasAwayForLong() {
        look(state(BY_WIFI, WIFI));
        look(state(null));
        pass(250);
        change();
        assertThat(watch.nanosToTick(now)).isEqualTo(HostWatch.AWAY_NANOS);
        pass(29_999);
        nothing();
        pass(1);
        HostChange change = change();
        assertThat(change.lost()).isEqualTo(addresses(WIFI));
        assertThat(change.makesDoubtful()).isFalse();
        assertThat(change.words()).isEmpty();
        assertThat(watch.nanosToTick(now)).isEqualTo(Long.MAX_VALUE);
    }

    /// Time in which the host sleeps does not pass here, so a lid that was closed for hours has the same half minute.
    @Test
    void eachFamilyHasItsOwnWayOut() {
        HostState both = new HostState(addresses(WIFI, WIFI6), BY_WIFI, BY_WIFI, List.of());
        look(both);
        look(new HostState(addresses(CABLE), BY_CABLE, null, List.of()));
        pass(250);
        HostChange change = change();
        assertThat(change.lost()).isEqualTo(addresses(WIFI));
        assertThat(change.hasOtherIpv6Way()).isTrue();
        pass(30_000);
        assertThat(change().lost()).isEqualTo(addresses(WIFI6));
    }

    @Test
    void anAddressThatMovedToAnotherNicIsNotLost() {
        look(state(BY_WIFI, WIFI));
        look(state(BY_CABLE, WIFI));
        pass(250);
        HostChange change = change();
        assertThat(change.lost()).isEmpty();
        assertThat(change.makesDoubtful()).isTrue();
        assertThat(change.hasOtherAddresses()).isFalse();
    }

    @Test
    void aWakeIsAChangeByItselfAndOneWithWhatItBrings() {
        look(state(BY_WIFI, WIFI));
        watch.woke(TimeUnit.HOURS.toNanos(8), now);
        nothing();
        pass(100);
        look(state(BY_CABLE, CABLE));
        pass(250);
        HostChange change = change();
        assertThat(change.sleptNanos()).isEqualTo(TimeUnit.HOURS.toNanos(8));
        assertThat(change.words()).startsWith("the host slept for 8 h 0 min; its way out");
        watch.woke(TimeUnit.SECONDS.toNanos(20), now);
        watch.woke(TimeUnit.SECONDS.toNanos(10), now);
        pass(250);
        assertThat(change().words()).isEqualTo("the host slept for 30 s");
    }

    /// Those of a link come with each interface, such as a container's.
    @Test
    void addressesOfALinkAreNoChange() {
        look(state(BY_WIFI, WIFI));
        look(state(BY_WIFI, WIFI, "fe80::1"));
        pass(1_000);
        nothing();
    }

    @Test
    void whatIsWaitedForIsBounded() {
        String[] many = new String[HostWatch.MOST_AWAY + 10];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.1." + (i >> 8) + "." + (i & 255);
        }
        look(state(BY_WIFI, many));
        look(state(null));
        pass(250);
        change();
        pass(30_000);
        assertThat(change().lost()).hasSize(HostWatch.MOST_AWAY);
    }
}
