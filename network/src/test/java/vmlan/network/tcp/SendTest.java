package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

/// RFC 9293 §3.8, RFC 5681, 6298, 6582, 6675: data to the guest.
class SendTest {
    private final TcpSite site = new TcpSite();
    private final Guest guest = site.guest();

    private static String segment(int sequence, int length) {
        return "A " + sequence + " 1 len=" + length;
    }

    /// Full segments one behind another.
    private Guest expectFull(int from, int count) {
        for (int i = 0; i < count; i++) {
            guest.expect(segment(from + i * 1460, 1460));
        }
        return guest;
    }

    @Test
    void theFirstWindowIsTenSegments() {
        guest.connected().hostSays(100_000);
        expectFull(1, 10).silence();
    }

    @Test
    void slowStartGrowsWithEachAcknowledgement() {
        guest.connected().hostSays(200_000);
        expectFull(1, 10).silence();
        guest.send("A 1 2921");
        expectFull(14601, 4).silence();
    }

    @Test
    void allDataComesInOrderAndTheLastHasPush() {
        guest.connected().hostSays(3000);
        guest.expect(segment(1, 1460), segment(1461, 1460), "AP 2921 1 len=80").silence();
    }

    @Test
    void theGuestsWindowIsKept() {
        guest.window = 4000;
        guest.connected().hostSays(10_000);
        guest.expect(segment(1, 1460), segment(1461, 1460)).silence();
        guest.send("A 1 2921");
        guest.expect(segment(2921, 1460), segment(4381, 1460)).silence();
    }

    @Test
    void aSlowGuestStopsTheReadingOfTheHost() {
        guest.window = 8000;
        guest.connected();
        guest.stream().says(new byte[4_000_000]);
        site.settle();
        assertThat(guest.stream().readable).isFalse();
        assertThat(guest.stream().unread()).isGreaterThan(3_800_000);
        assertThat(site.stack.counters().bufferedBytes()).isLessThan(200_000);
    }

    @Test
    void aLostSegmentIsSentAgainAfterTheTimeout() {
        guest.connected().hostSays(100).expect("AP 1 1 len=100");
        guest.passSeconds(0.19).silence();
        guest.passSeconds(0.02).expect("AP 1 1 len=100").silence();
        guest.passSeconds(0.37).silence();
        guest.passSeconds(0.05).expect("AP 1 1 len=100").silence();
        guest.passSeconds(0.8).expect("AP 1 1 len=100").silence();
        guest.send("A 1 101").passSeconds(60).silence();
        assertThat(site.stack.counters().timeouts()).isEqualTo(3);
    }

    @Test
    void aGuestThatAnswersNothingIsGivenUp() {
        guest.connected().hostSays(100);
        guest.passSeconds(16 * 60);
        guest.skip();
        assertThat(guest.last.flags()).isEqualTo(4 | 16);
        assertThat(guest.stream().calls).containsExactly("reset");
        assertThat(site.stack.counters().dead()).isEqualTo(1);
    }

    @Test
    void threeDuplicatesAreAFastRetransmit() {
        guest.connected().hostSays(14600);
        guest.skip();
        guest.send("A 1 1").send("A 1 1").silence();
        guest.send("A 1 1").expect(segment(1, 1460)).silence();
        // NewReno: a partial acknowledgement brings the next hole (RFC 6582 §3.2)
        guest.send("A 1 2921").expect(segment(2921, 1460)).silence();
        guest.send("A 1 14601").silence();
        assertThat(site.stack.counters().fastRecoveries()).isEqualTo(1);
    }

    @Test
    void duplicatesWithDataOrAnotherWindowAreNone() {
        guest.connected().hostSays(14600);
        guest.skip();
        guest.send("A 1 1 win=60000")
                .send("A 1 1 win=60001")
                .send("A 1 1 win=60002")
                .silence();
        guest.send("PA 1 1 len=1 win=60002").send("PA 2 1 len=1 win=60002").send("PA 3 1 len=1 win=60002");
        guest.pass(TcpSite.MILLISECOND).silence();
        assertThat(site.stack.counters().fastRecoveries()).isZero();
    }

    @Test
    void withSackOnlyTheHolesAreSentAgain() {
        guest.connected("mss=1460 sackok").hostSays(14600);
        guest.skip();
        guest.send("A 1 1 sack=1461-2921").silence();
        guest.send("A 1 1 sack=1461-2921,4381-5841").silence();
        guest.send("A 1 1 sack=4381-7301,1461-2921");
        guest.expect(segment(1, 1460)).silence();
        guest.send("A 1 1 sack=4381-10221,1461-2921");
        guest.expect(segment(2921, 1460)).silence();
        guest.send("A 1 10221").send("A 1 14601").silence();
        guest.passSeconds(10).silence();
    }

    @Test
    void sackBlocksThatLieAreIgnored() {
        guest.connected("mss=1460 sackok").hostSays(14600);
        guest.skip();
        guest.send("A 1 1 sack=100000-200000,5-1").send("A 1 1 sack=1-14602").send("A 1 1 sack=20-10");
        guest.silence();
        assertThat(site.stack.counters().fastRecoveries()).isZero();
    }

    @Test
    void aTimeoutForgetsWhatSackSaid() {
        guest.connected("mss=1460 sackok").hostSays(4380);
        guest.skip();
        guest.send("A 1 1 sack=1461-2921").silence();
        guest.passSeconds(0.21).expect(segment(1, 1460)).silence();
        guest.send("A 1 1461").expect(segment(1461, 1460), "AP 2921 1 len=1460").silence();
    }

    @Test
    void limitedTransmitSendsNewDataOnTheFirstDuplicates() {
        guest.connected().hostSays(30_000);
        expectFull(1, 10).silence();
        guest.send("A 1 1").expect(segment(14601, 1460)).silence();
        guest.send("A 1 1").expect(segment(16061, 1460)).silence();
    }

    @Test
    void aClosedWindowIsProbedForEver() {
        guest.window = 1460;
        guest.connected().hostSays(10_000).expect(segment(1, 1460));
        guest.window = 0;
        guest.send("A 1 1461").silence();
        guest.passSeconds(0.25).expect("A 1461 1 len=1").silence();
        guest.send("A 1 1461").silence();
        guest.passSeconds(0.45).expect("A 1461 1 len=1").silence();
        for (int i = 0; i < 100; i++) {
            guest.send("A 1 1461").passSeconds(60).skip();
        }
        guest.window = 65535;
        guest.send("A 1 1461");
        guest.expect(segment(1461, 1460), segment(2921, 1460)).skip();
        assertThat(site.stack.counters().dead()).isZero();
    }

    @Test
    void aProbeThatIsTakenCounts() {
        guest.window = 0;
        guest.send("S 0 mss=1460");
        site.stream().events.connected(site.now);
        site.settle();
        guest.expect("AS 0 1 mss=1460").send("A 1 1").hostSays(100).silence();
        guest.passSeconds(0.25).expect("A 1 1 len=1");
        guest.window = 65535;
        guest.send("A 1 2")
                .expect("AP 2 1 len=99")
                .send("A 1 101")
                .passSeconds(60)
                .silence();
    }

    @Test
    void aSmallWindowIsNotFilledBySmallSegments() {
        guest.window = 10_000;
        guest.connected().hostSays(50_000);
        guest.skip();
        // 8760 of 10000 bytes are under way; a window that opens by little brings nothing
        guest.send("A 1 1461 win=8000").silence();
        guest.send("A 1 8761 win=400").silence();
        guest.passSeconds(0.3).expect("A 8761 1 len=400").silence();
    }

    @Test
    void anAcknowledgementOfWhatWasNotSentIsChallenged() {
        guest.connected().hostSays(100).expect("AP 1 1 len=100");
        guest.send("A 1 200").expect("A 101 1").silence();
    }

    @Test
    void aJumboNetworkSendsJumboSegments() {
        TcpSite jumbo = new TcpSite(new TcpSettings(65520, 10, 20, 1 << 20, 8 << 20, 16 << 20));
        Guest big = jumbo.guest();
        big.send("S 0 mss=65480 ws=7");
        jumbo.stream().events.connected(jumbo.now);
        jumbo.settle();
        big.expect("AS 0 1 mss=65480 ws=4").send("A 1 1").expect("A 1 1");
        big.hostSays(200_000);
        big.expect(segment(1, 65480), segment(65481, 65480)).silence();
    }

    @Test
    void manyMegabytesArriveWhole() {
        guest.window = 65535;
        guest.connected("mss=1460 ws=7");
        byte[] all = Guest.pattern(1, 5_000_000);
        guest.stream().says(all).ends();
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        boolean fin = false;
        for (int rounds = 0; rounds < 100_000 && !fin; rounds++) {
            site.round();
            boolean any = false;
            while (guest.poll() != null) {
                assertThat(guest.last.sequence() - guest.theirs - 1).isEqualTo(got.size());
                got.writeBytes(guest.last.data());
                fin |= (guest.last.flags() & 1) != 0;
                any = true;
            }
            if (any) {
                guest.put("A 1 " + (got.size() + 1 + (fin ? 1 : 0)));
                site.network.flush();
            }
        }
        assertThat(got.toByteArray()).isEqualTo(all);
        assertThat(site.stack.counters().retransmits()).isZero();
        assertThat(site.stack.counters().bytesToGuests()).isEqualTo(5_000_001);
    }

    @Test
    void aBrokenHostIsAReset() {
        guest.connected().hostSays(10).expect("AP 1 1 len=10");
        guest.stream().broken = true;
        site.settle();
        guest.expect("AR 11 1").silence();
        guest.send("A 1 11").expect("R 11").silence();
    }

    @Test
    void anAcknowledgementHasTheHighestNumberAlsoWhileOldDataIsSentAgain() {
        guest.connected().hostSays(14_600);
        guest.skip().passSeconds(0.21).expect(segment(1, 1460)).silence();
        guest.send("A 1 1 len=1000")
                .pass(15 * TcpSite.MILLISECOND)
                .expect("A 14601 1001")
                .silence();
        guest.send("A 1001 1 len=1000 win=5000")
                .pass(15 * TcpSite.MILLISECOND)
                .expect("A 5001 2001")
                .silence();
    }
}
