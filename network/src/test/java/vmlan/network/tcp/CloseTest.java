package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// RFC 9293 §3.6 and §3.10.7.4: how connections end.
class CloseTest {
    private static final long DELAY = 15 * TcpSite.MILLISECOND;

    private final TcpSite site = new TcpSite();
    private final Guest guest = site.guest();

    private void hostEnds() {
        guest.stream().ends();
        site.settle();
    }

    private void expectGone() {
        assertThat(site.stack.counters().flows()).isZero();
        assertThat(site.stack.counters().bufferedBytes()).isZero();
    }

    @Test
    void theGuestEndsFirst() {
        guest.connected().send("FA 1 1").expect("A 1 2").silence();
        assertThat(guest.stream().calls).containsExactly("shutdown");
        guest.hostSays(100).expect("AP 1 2 len=100").silence();
        guest.send("A 2 101");
        hostEnds();
        guest.expect("AF 101 2").silence();
        guest.send("A 2 102").silence();
        assertThat(guest.stream().calls).containsExactly("shutdown", "close");
        expectGone();
        assertThat(site.stack.counters().timeWaits()).isZero();
        guest.send("A 2 102").expect("R 102");
    }

    @Test
    void theHostEndsFirst() {
        guest.connected();
        hostEnds();
        guest.expect("AF 1 1").silence();
        guest.send("A 1 2").silence();
        guest.send("PA 1 2 len=100").pass(DELAY).expect("A 2 101").silence();
        guest.send("FA 101 2").expect("A 2 102").silence();
        assertThat(guest.stream().calls).containsExactly("shutdown", "close");
        expectGone();
        assertThat(site.stack.counters().timeWaits()).isEqualTo(1);
        guest.send("FA 101 2").expect("A 2 102").silence();
        guest.passSeconds(59).send("FA 101 2").expect("A 2 102").passSeconds(59).silence();
        assertThat(site.stack.counters().timeWaits()).isEqualTo(1);
        guest.passSeconds(2);
        assertThat(site.stack.counters().timeWaits()).isZero();
    }

    @Test
    void bothEndAtOnce() {
        guest.connected();
        hostEnds();
        guest.expect("AF 1 1").send("FA 1 1").expect("A 2 2").silence();
        guest.send("A 2 2").silence();
        expectGone();
        assertThat(site.stack.counters().timeWaits()).isEqualTo(1);
        assertThat(guest.stream().calls).containsExactly("shutdown", "close");
    }

    @Test
    void aFinInAnswerToAFinEndsBoth() {
        guest.connected();
        hostEnds();
        guest.expect("AF 1 1").send("FA 1 2").expect("A 2 2").silence();
        assertThat(site.stack.counters().timeWaits()).isEqualTo(1);
    }

    @Test
    void aLostFinIsSentAgain() {
        guest.connected().hostSays(10).expect("AP 1 1 len=10").send("A 1 11");
        hostEnds();
        guest.expect("AF 11 1").passSeconds(0.21).expect("AF 11 1").silence();
        guest.send("A 1 12").passSeconds(2).silence();
    }

    @Test
    void theFinComesWithTheLastData() {
        guest.connected();
        guest.stream().says(new byte[2000]).ends();
        site.settle();
        guest.skip();
        assertThat(guest.last.flags() & 1).isEqualTo(1);
        guest.send("A 1 2002").passSeconds(2).silence();
    }

    @Test
    void aFinThatComesTooEarlyWaitsForItsData() {
        guest.connected("mss=1460 sackok")
                .send("FA 11 1 len=10")
                .expect("A 1 1 sack=11-21")
                .skip();
        assertThat(guest.stream().calls).isEmpty();
        guest.send("A 1 1 len=10").expect("A 1 22").silence();
        assertThat(guest.stream().calls).containsExactly("shutdown");
        assertThat(guest.stream().written.toByteArray()).isEqualTo(Guest.pattern(1, 20));
    }

    @Test
    void theHostGetsAllDataBeforeTheEnd() {
        guest.connected();
        guest.stream().room = 5;
        guest.send("FA 1 1 len=10").expect("A 1 12").silence();
        assertThat(guest.stream().calls).isEmpty();
        hostEnds();
        guest.expect("AF 1 12").send("A 12 2").silence();
        assertThat(guest.stream().calls).isEmpty();
        guest.stream().room = 100;
        site.settle();
        assertThat(guest.stream().calls).containsExactly("shutdown", "close");
        assertThat(guest.stream().written.toByteArray()).isEqualTo(Guest.pattern(1, 10));
        expectGone();
    }

    @Test
    void aHostThatTakesNothingAfterBothHaveEndedIsGivenUp() {
        guest.connected();
        guest.stream().room = 0;
        guest.send("FA 1 1 len=10");
        hostEnds();
        guest.skip().send("A 12 2").passSeconds(11 * 60);
        assertThat(guest.stream().calls).containsExactly("reset");
        expectGone();
    }

    @Test
    void aResetOfTheGuestResetsTheHost() {
        guest.connected().send("R 1").silence();
        assertThat(guest.stream().calls).containsExactly("reset");
        expectGone();
    }

    @Test
    void aResetBesideTheExpectedNumberIsChallenged() {
        guest.connected().send("R 100").expect("A 1 1").silence();
        guest.send("R 200000").send("R 0").silence();
        assertThat(guest.stream().calls).isEmpty();
        assertThat(site.stack.counters().challenges()).isEqualTo(1);
    }

    @Test
    void aSynInTheConnectionIsChallenged() {
        guest.connected().send("S 100000").expect("A 1 1").silence();
        guest.send("S 1").expect("A 1 1").silence();
        // a guest that was restarted answers the challenge with a reset
        guest.send("R 1").silence();
        expectGone();
    }

    @Test
    void challengesAreLimited() {
        guest.connected();
        for (int i = 0; i < 1000; i++) {
            guest.put("R 100");
        }
        site.network.flush();
        int count = 0;
        while (guest.poll() != null) {
            count++;
        }
        assertThat(count).isEqualTo(100);
        guest.passSeconds(1).send("R 100").expect("A 1 1").silence();
    }

    @Test
    void aNewerSynTakesTheOldConnectionsPlace() {
        guest.connected();
        hostEnds();
        guest.expect("AF 1 1").send("FA 1 2").expect("A 2 2");
        int old = guest.theirs;
        guest.send("S 1 mss=1460").expect("A 2 2"); // not newer
        guest.send("S 70000 mss=1460").silence();
        assertThat(site.streams).hasSize(2);
        guest.stream().events.connected(site.now);
        site.settle();
        guest.skip();
        assertThat(guest.last.flags()).isEqualTo(2 | 16);
        assertThat(guest.last.sequence() - old).isPositive();
        assertThat(site.stack.counters().timeWaits()).isZero();
    }

    @Test
    void thereIsABoundForTimeWait() {
        for (int i = 0; i < 1100; i++) {
            Guest other = guest.onPort(i + 1).connected();
            hostEnds();
            other.expect("AF 1 1").send("FA 1 2").expect("A 2 2");
        }
        assertThat(site.stack.counters().timeWaits()).isEqualTo(1024);
        assertThat(site.stack.counters().flows()).isZero();
    }

    @Test
    void aQuietGuestIsProbedAndFoundDead() {
        guest.connected().passSeconds(7199).silence();
        guest.passSeconds(2).expect("A 0 1").silence();
        guest.send("A 1 1").passSeconds(7190).silence();
        guest.passSeconds(11).expect("A 0 1");
        for (int i = 0; i < 8; i++) {
            guest.passSeconds(75.1).expect("A 0 1").silence();
        }
        guest.passSeconds(76).expect("AR 1 1").silence();
        assertThat(guest.stream().calls).containsExactly("reset");
        assertThat(site.stack.counters().dead()).isEqualTo(1);
    }

    @Test
    void aHalfClosedFlowIsProbedSooner() {
        guest.connected()
                .send("FA 1 1")
                .expect("A 1 2")
                .passSeconds(301)
                .expect("A 0 2")
                .silence();
    }

    @Test
    void aGuestsProbeIsAnswered() {
        guest.connected().send("A 0 1").expect("A 1 1").silence();
        guest.send("A 0 1 len=1").expect("A 1 1").silence();
    }

    @Test
    void aResetAfterBothHaveEndedTakesNothingFromTheHost() {
        guest.connected();
        guest.stream().room = 0;
        hostEnds();
        guest.expect("AF 1 1")
                .send("FA 1 2 len=10")
                .expect("A 2 12")
                .send("R 12")
                .silence();
        guest.stream().room = 100;
        site.settle();
        assertThat(guest.stream().written.size()).isEqualTo(10);
        assertThat(guest.stream().calls).containsExactly("shutdown", "close");
        guest.send("R 12");
        assertThat(site.stack.counters().timeWaits()).isZero();
    }
}
