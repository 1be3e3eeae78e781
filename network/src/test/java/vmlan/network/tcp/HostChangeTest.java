package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;

/// What guests' connections are when their host is on another network, was asleep, or its process was stopped.
class HostChangeTest {
    private static final IpAddress WIFI = IpAddress.parse("192.0.2.10");
    private static final IpAddress CABLE = IpAddress.parse("203.0.113.7");

    private final TcpSite site = new TcpSite();
    private final Guest guest = site.guest();

    private int lose(IpAddress... addresses) {
        int count = site.stack.hostLost(Set.of(addresses), site.now);
        site.network.flush();
        return count;
    }

    @Test
    void aConnectionOfAnAddressThatIsGoneIsResetOnBothSidesAtOnce() {
        guest.connected();
        site.stream().at("192.0.2.10");
        guest.send("PA 1 1 len=10").skip();
        assertThat(lose(WIFI)).isEqualTo(1);
        guest.expect("AR 1 11").silence();
        assertThat(site.stream().calls).containsExactly("reset");
        assertThat(site.stack.counters().flows()).isZero();
        assertThat(site.stack.counters().resets()).isEqualTo(1);
        // the guest that has not heard it is told when it sends
        guest.send("PA 11 1 len=10").expect("R 1").silence();
    }

    @Test
    void thoseOfOtherAddressesAndThoseWithoutOneAreLeftAlone() {
        guest.connected();
        site.stream().at("203.0.113.7");
        Guest local = guest.onPort(40001);
        local.connected();
        site.stream().at("127.0.0.1");
        Guest within = guest.onPort(40002);
        within.connected(); // a stream within this process, as DNS has
        assertThat(lose(WIFI)).isZero();
        assertThat(lose()).isZero();
        guest.silence();
        local.silence();
        within.silence();
        assertThat(site.stack.counters().flows()).isEqualTo(3);
        assertThat(site.streams).allMatch(stream -> stream.calls.isEmpty());
    }

    @Test
    void aConnectThatWaitsIsBegunAgainAndTheGuestDoesNotNotice() {
        guest.send("S 0 mss=1460");
        FakeStream first = site.stream();
        site.stack.redial((high, low) -> true, site.now);
        site.settle();
        guest.silence();
        assertThat(first.calls).containsExactly("reset");
        assertThat(site.streams).hasSize(2);
        site.stream().events.connected(site.now);
        site.settle();
        guest.expect("AS 0 1 mss=1460").silence();
        guest.send("A 1 1");
        assertThat(site.stack.counters().opened()).isEqualTo(1);
        assertThat(site.stack.counters().dialling()).isZero();
    }

    @Test
    void theSecondAttemptMayFailAsTheFirst() {
        guest.send("S 0 mss=1460");
        site.stack.redial((high, low) -> true, site.now);
        site.stream().events.failed(OutsideError.NET_UNREACHABLE, site.now);
        site.settle();
        assertThat(site.errors).hasSize(1);
        assertThat(site.stack.counters().flows()).isZero();
        assertThat(site.stack.counters().dialling()).isZero();
    }

    @Test
    void onlyTheRemotesThatAreMeantAreDialledAnew() {
        guest.send("S 0 mss=1460");
        IpAddress remote = IpAddress.parse("198.51.100.1");
        site.stack.redial((high, low) -> high != remote.high() || low != remote.low(), site.now);
        assertThat(site.streams).hasSize(1);
        Guest connected = guest.onPort(40001);
        connected.connected();
        site.stack.redial((high, low) -> low != remote.low(), site.now);
        assertThat(site.streams).hasSize(2);
    }

    @Test
    void inDoubtFarEndsAreAskedSoonForAMinute() {
        guest.connected();
        FakeStream stream = site.stream().at("192.0.2.10");
        site.stack.doubt(site.now);
        assertThat(stream.calls).containsExactly("keep alive soon");
        guest.passSeconds(59).silence();
        assertThat(stream.calls).hasSize(1);
        assertThat(site.lookups).isZero();
        guest.passSeconds(1).silence();
        assertThat(stream.calls).containsExactly("keep alive soon", "keep alive");
        assertThat(site.lookups).isEqualTo(1);
        guest.passSeconds(600).silence();
        assertThat(site.lookups).isEqualTo(1);
        assertThat(site.stack.counters().flows()).isEqualTo(1);
    }

    @Test
    void aFarEndThatIsGoneBreaksTheStreamAndTheGuestIsReset() {
        guest.connected();
        site.stream().at("192.0.2.10");
        site.stack.doubt(site.now);
        guest.passSeconds(20);
        site.stream().broken = true; // ETIMEDOUT, by the keep-alive
        site.settle();
        guest.expect("AR 1 1").silence();
    }

    @Test
    void whatWasSentAgainAndAgainWithoutAnAnswerIsResetAtTheEnd() {
        guest.connected();
        FakeStream dead = site.stream().at("192.0.2.10");
        Guest other = guest.onPort(40001);
        other.connected();
        FakeStream alive = site.stream().at("203.0.113.7");
        site.unanswered = Set.of(dead.endpoints());
        site.stack.doubt(site.now);
        guest.passSeconds(60);
        site.network.flush();
        guest.expect("AR 1 1").silence();
        other.silence();
        assertThat(dead.calls).endsWith("reset");
        assertThat(alive.calls).endsWith("keep alive");
        assertThat(site.stack.counters().dead()).isEqualTo(1);
    }

    @Test
    void aSecondChangeBeginsTheMinuteAnew() {
        guest.connected();
        site.stack.doubt(site.now);
        guest.passSeconds(40);
        site.stack.doubt(site.now);
        guest.passSeconds(40);
        assertThat(site.stream().calls).containsExactly("keep alive soon", "keep alive soon");
        guest.passSeconds(20);
        assertThat(site.stream().calls).endsWith("keep alive");
        assertThat(lose(CABLE)).isZero();
    }

    /// SIGSTOP and SIGCONT: nothing was sent to the guest meanwhile, so that its silence means nothing.
    @Test
    void aProcessThatStoodStillDoesNotTakeItsGuestsForDead() {
        guest.connected().hostSays(100).skip();
        guest.passSeconds(2).skip();
        site.now += 3600 * TcpSite.SECOND;
        site.settle();
        guest.skip();
        assertThat(site.stack.counters().flows()).isEqualTo(1);
        assertThat(site.stack.counters().dead()).isZero();
        guest.send("A 1 101").silence();
        assertThat(site.stack.counters().flows()).isEqualTo(1);
    }

    @Test
    void aGuestThatIsGoneIsStillFoundAQuarterOfAnHourAfterwards() {
        guest.connected().hostSays(100).skip();
        site.now += 3600 * TcpSite.SECOND;
        site.settle();
        guest.passSeconds(16 * 60).skip();
        assertThat(site.stack.counters().dead()).isEqualTo(1);
        assertThat(site.stack.counters().flows()).isZero();
    }

    @Test
    void aConnectWhoseOutcomeWaitsInItsSocketIsNotGivenUpWhenTheProcessGoesOn() {
        guest.send("S 0 mss=1460");
        site.now += 600 * TcpSite.SECOND;
        site.settle();
        assertThat(site.errors).isEmpty();
        site.stream().events.connected(site.now);
        site.settle();
        guest.expect("AS 0 1 mss=1460").silence();
    }

    @Test
    void oneWithoutAnOutcomeIsGivenUpALittleLater() {
        guest.send("S 0 mss=1460");
        site.now += 600 * TcpSite.SECOND;
        guest.passSeconds(4);
        assertThat(site.errors).isEmpty();
        guest.passSeconds(2);
        assertThat(site.errors).hasSize(1).first().asString().startsWith("TIMED_OUT");
    }
}
