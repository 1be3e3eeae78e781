package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.outside.OutsideError;

/// RFC 9293 §3.5 and 3.10.7.1 to 3.10.7.4: how connections begin.
class HandshakeTest {
    private final TcpSite site = new TcpSite();
    private final Guest guest = site.guest();

    @Test
    void aSynIsAnsweredOnlyWhenTheHostIsConnected() {
        guest.send("S 0 mss=1460 ws=7 sackok ts=5,0").silence();
        assertThat(site.streams).hasSize(1);
        site.stream().events.connected(site.now);
        site.settle();
        guest.expect("AS 0 1 mss=1460 sackok ws=4").silence();
        guest.send("A 1 1 ts=6,0").silence();
        assertThat(site.stack.counters().opened()).isEqualTo(1);
    }

    @Test
    void onlyWhatTheGuestOffersIsAgreed() {
        guest.send("S 0");
        site.stream().events.connected(site.now);
        site.settle();
        guest.expect("AS 0 1 mss=1460").silence();
    }

    @Test
    void theSameOverIpv6() {
        Guest six = site.guest("52:54:00:00:00:0b", "fd00:0:0:1::b");
        six.send("S 0 mss=1440");
        site.stream().events.connected(site.now);
        site.settle();
        six.expect("AS 0 1 mss=1440").silence();
        six.send("A 1 1").send("PA 1 1 len=10").silence();
        six.pass(20 * TcpSite.MILLISECOND).expect("A 1 11");
    }

    @Test
    void refusedByTheRemoteIsAReset() {
        guest.send("S 0 mss=1460");
        site.stream().events.failed(OutsideError.REFUSED, site.now);
        site.settle();
        guest.expect("AR 0 1").silence();
        assertThat(site.stack.counters().flows()).isZero();
    }

    @Test
    void unreachableIsAnIcmpErrorWithTheSynInIt() {
        guest.send("S 0 mss=1460");
        site.stream().events.failed(OutsideError.NET_UNREACHABLE, site.now);
        site.settle();
        guest.silence();
        assertThat(site.errors).containsExactly("NET_UNREACHABLE 192.168.64.2:40000 > 198.51.100.1:80 " + Guest.ISN);
    }

    @Test
    void policyIsAskedFirst() {
        site.refusal = OutsideError.REFUSED;
        guest.send("S 0").expect("AR 0 1").silence();
        site.refusal = OutsideError.PROHIBITED;
        guest.send("S 0").silence();
        assertThat(site.errors).hasSize(1);
        assertThat(site.streams).isEmpty();
    }

    @Test
    void whileDialledASynMayComeAgainAndAResetEndsIt() {
        guest.send("S 0 mss=1460").send("S 0 mss=1460").silence();
        assertThat(site.streams).hasSize(1);
        assertThat(site.stack.counters().synRetransmits()).isEqualTo(1);
        guest.send("R 1").silence();
        assertThat(site.stream().calls).containsExactly("reset");
        assertThat(site.stack.counters().flows()).isZero();
    }

    @Test
    void aDialThatNobodyAnswersIsGivenUp() {
        guest.send("S 0 mss=1460").passSeconds(131).silence();
        assertThat(site.errors).hasSize(1).first().asString().startsWith("TIMED_OUT");
        assertThat(site.stream().calls).containsExactly("reset");
    }

    @Test
    void theAnswerToASynIsSentAgainAndGivenUp() {
        guest.send("S 0 mss=1460");
        site.stream().events.connected(site.now);
        site.settle();
        guest.expect("AS 0 1 mss=1460");
        guest.passSeconds(0.99).silence();
        guest.passSeconds(0.02).expect("AS 0 1 mss=1460").silence();
        guest.passSeconds(2.01).expect("AS 0 1 mss=1460").silence();
        guest.send("S 0 mss=1460").expect("AS 0 1 mss=1460").silence();
        guest.passSeconds(70).expect("AS 0 1 mss=1460", "AS 0 1 mss=1460", "AS 0 1 mss=1460", "AR 1 1");
        guest.silence();
        assertThat(site.stream().calls).containsExactly("reset");
    }

    @Test
    void aWrongAcknowledgementInSynReceivedIsReset() {
        guest.send("S 0 mss=1460");
        site.stream().events.connected(site.now);
        site.settle();
        guest.expect("AS 0 1 mss=1460").send("A 1 77").expect("R 77").silence();
        guest.send("A 1 1").send("PA 1 1 len=5").silence();
        assertThat(site.stream().written.size()).isEqualTo(5);
    }

    @Test
    void whatBelongsToNoConnectionIsReset() {
        guest.send("A 1 5").expect("R " + (guest.theirs + 5)).silence();
        guest.send("F 1").expect("AR 0 2").silence();
        guest.send("R 1").silence();
        guest.send("SF 1").silence();
        TcpSite.expectDrops(guest.switchPort(), DropReason.MALFORMED, 1);
    }

    @Test
    void anotherPortsSegmentIsNotPartOfTheFlow() {
        guest.connected();
        Guest other = site.guest("52:54:00:00:00:0c", "192.168.64.2");
        other.theirs = guest.theirs;
        other.send("PA 1 1 len=5").expect("R " + (other.theirs + 1)).silence();
        other.send("R 1").silence();
        assertThat(site.stream().calls).isEmpty();
        assertThat(site.stream().written.size()).isZero();
        guest.send("PA 1 1 len=5");
        assertThat(site.stream().written.size()).isEqualTo(5);
    }

    @Test
    void aGuestThatSendsUnderAnothersAddressDoesNotBlockItsConnections() {
        Guest other = site.guest("52:54:00:00:00:0c", "192.168.64.2");
        other.connected();
        guest.connected();
        assertThat(Math.abs(guest.theirs - other.theirs))
                .as("its numbers say nothing of the other's")
                .isGreaterThan(1 << 20);
        guest.send("PA 1 1 len=5");
        assertThat(site.stream().written.size()).isEqualTo(5);
        assertThat(site.streams.getFirst().written.size()).isZero();
        other.send("R 1").silence();
        assertThat(site.stream().calls).isEmpty();
    }

    @Test
    void anotherMacsSegmentIsNotPartOfTheFlow() {
        guest.connected();
        byte[] frame = guest.frame("R 1");
        frame[11] ^= 4;
        site.send(guest.switchPort(), frame);
        site.settle();
        TcpSite.expectDrops(guest.switchPort(), DropReason.SPOOFED, 1);
        assertThat(site.stream().calls).isEmpty();
    }

    @Test
    void aWrongChecksumIsDropped() {
        byte[] frame = guest.frame("S 0 mss=1460");
        frame[frame.length - 1] ^= 1;
        site.send(guest.switchPort(), frame);
        site.settle();
        guest.silence();
        TcpSite.expectDrops(guest.switchPort(), DropReason.CHECKSUM, 1);
    }

    @Test
    void aGuestHasSoManyConnectionsAndOthersHaveTheirs() {
        for (int i = 0; i < 101; i++) {
            guest.onPort(1000 + i).send("S 0");
        }
        assertThat(site.streams).hasSize(100);
        TcpSite.expectDrops(guest.switchPort(), DropReason.TABLE_FULL, 1);
        site.guest("52:54:00:00:00:0c", "192.168.64.3").send("S 0");
        assertThat(site.streams).hasSize(101);
    }

    @Test
    void aPortThatGoesTakesItsFlowsAlong() {
        guest.connected();
        guest.onPort(2).send("S 0");
        site.stack.forget(guest.switchPort(), site.now);
        assertThat(site.streams.get(0).calls).containsExactly("reset");
        assertThat(site.streams.get(1).calls).containsExactly("reset");
        assertThat(site.stack.counters().flows()).isZero();
        assertThat(site.stack.counters().dialling()).isZero();
    }

    @Test
    void aSmallMssIsRaisedToAFloor() {
        guest.connected("mss=1").hostSays(88);
        guest.expect("AP 1 1 len=88").silence();
    }
}
