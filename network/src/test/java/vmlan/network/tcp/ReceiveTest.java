package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// RFC 9293 §3.8 and §3.10.7.4, RFC 5681 §4.2, RFC 2018: data from the guest.
class ReceiveTest {
    private static final long DELAY = 15 * TcpSite.MILLISECOND;

    private final TcpSite site = new TcpSite();
    private final Guest guest = site.guest();

    private byte[] written() {
        return guest.stream().written.toByteArray();
    }

    @Test
    void aBatchIsWrittenOnceAndAcknowledgedOnce() {
        guest.connected();
        for (int i = 0; i < 10; i++) {
            guest.put("A " + (1 + i * 1460) + " 1 len=1460");
        }
        site.network.flush();
        guest.expect("A 1 14601").silence();
        assertThat(guest.stream().writes).isEqualTo(1);
        assertThat(written()).isEqualTo(Guest.pattern(1, 14600));
    }

    @Test
    void aSmallSegmentIsAcknowledgedLater() {
        guest.connected().send("PA 1 1 len=100").silence();
        assertThat(written()).hasSize(100);
        guest.pass(DELAY).expect("A 1 101").silence();
    }

    @Test
    void anAnswerTakesTheAcknowledgementAlong() {
        guest.connected().send("PA 1 1 len=100").silence().hostSays(50);
        guest.expect("AP 1 101 len=50").silence();
        guest.send("A 101 51").pass(DELAY).silence();
    }

    @Test
    void everySecondFullSegmentIsAcknowledgedAtOnce() {
        guest.connected().send("A 1 1 len=1460").silence();
        guest.send("A 1461 1 len=1460").expect("A 1 2921").silence();
    }

    @Test
    void earlySegmentsAreAcknowledgedOneByOneWithTheLatestBlockFirst() {
        guest.connected("mss=1460 sackok");
        guest.send("A 1001 1 len=1000").expect("A 1 1 sack=1001-2001");
        guest.send("A 3001 1 len=1000").expect("A 1 1 sack=3001-4001,1001-2001");
        guest.send("A 2001 1 len=1000").expect("A 1 1 sack=1001-4001");
        guest.send("A 1 1 len=1000").expect("A 1 4001").silence();
        assertThat(written()).isEqualTo(Guest.pattern(1, 4000));
        assertThat(site.stack.counters().outOfOrder()).isEqualTo(3);
    }

    @Test
    void withoutSackThereAreOnlyDuplicates() {
        guest.connected();
        guest.send("A 1001 1 len=1000").expect("A 1 1").silence();
        guest.send("A 1 1 len=1000").expect("A 1 2001").silence();
    }

    @Test
    void overlapsAreTakenOnce() {
        guest.connected("mss=1460 sackok");
        guest.send("A 1 1 len=1000")
                .send("A 501 1 len=1000")
                .silence()
                .pass(DELAY)
                .expect("A 1 1501");
        guest.send("A 2001 1 len=500").expect("A 1 1501 sack=2001-2501");
        guest.send("A 1801 1 len=1000").expect("A 1 1501 sack=1801-2801");
        guest.send("A 1501 1 len=600").expect("A 1 2801").silence();
        assertThat(written()).isEqualTo(Guest.pattern(1, 2800));
    }

    @Test
    void oldDataIsAcknowledgedAgain() {
        guest.connected().send("A 1 1 len=1460").send("A 1461 1 len=1460").expect("A 1 2921");
        guest.send("A 1 1 len=1460").expect("A 1 2921").silence();
        assertThat(written()).hasSize(2920);
    }

    @Test
    void thereIsABoundForRanges() {
        guest.connected("mss=1460 sackok");
        for (int i = 0; i < 200; i++) {
            guest.put("A " + (101 + 200 * i) + " 1 len=100");
        }
        site.network.flush();
        guest.skip();
        guest.send("A 1 1 len=100");
        assertThat(written()).isEqualTo(Guest.pattern(1, 200));
        guest.skip().send("A 201 1 len=32000").skip();
        assertThat(written()).isEqualTo(Guest.pattern(1, 32200));
    }

    @Test
    void aHostThatDoesNotReadClosesTheWindowAndOpensItAgain() {
        guest.showsWindow = true;
        guest.connected();
        guest.stream().room = 0;
        int next = 1;
        for (; next + 1460 <= 65536; next += 1460) {
            guest.send("A " + next + " 1 len=1460");
            guest.skip();
            assertThat(guest.last.window() + guest.last.acknowledgement() - Guest.ISN)
                    .as("right edge")
                    .isEqualTo(65536);
        }
        int rest = 65536 - next;
        guest.send("A " + next + " 1 len=" + rest).pass(DELAY).skip();
        assertThat(guest.last.window()).isZero();
        guest.send("A 65536 1 len=1").expect("A 1 65536 win=0").silence();
        guest.stream().room = 1000;
        site.settle();
        guest.silence(); // less than a segment is not told
        guest.stream().room = 1_000_000;
        site.settle();
        guest.expect("A 1 65536 win=65535").silence();
        assertThat(written()).isEqualTo(Guest.pattern(1, 65535));
    }

    @Test
    void aScaledWindowNeverShrinks() {
        guest.connected("mss=1460 ws=7");
        guest.stream().room = 0;
        int edge = 0;
        int next = 1;
        for (int i = 0; i < 3000; i++) {
            int size = 1 + i * 7 % 400;
            guest.send("A " + next + " 1 len=" + size);
            while (guest.poll() != null) {
                int now = (guest.last.window() << 4) + guest.last.acknowledgement() - Guest.ISN;
                assertThat(now).isGreaterThanOrEqualTo(edge);
                assertThat(now).isLessThan(1 + (1 << 20) + 64 * 1024);
                edge = now;
                next = guest.last.acknowledgement() - Guest.ISN;
            }
            if (next + 400 > edge) {
                break;
            }
            guest.pass(DELAY);
        }
        assertThat(site.stack.counters().bufferedBytes()).isLessThanOrEqualTo((1 << 20) + 2 * 64 * 1024);
    }

    @Test
    void withoutMemoryNothingIsAcknowledgedAndNothingLost() {
        TcpSite small = new TcpSite(new TcpSettings(1500, 10, 20, 1 << 20, 65536 + 4096, 1 << 20));
        Guest a = small.guest().connected();
        Guest b = a.onPort(2).connected();
        FakeStream first = small.streams.get(0);
        FakeStream second = small.streams.get(1);
        first.room = 0;
        second.room = 0;
        for (int next = 1; next < 40_000; next += 1460) {
            a.send("A " + next + " 1 len=1460").skip();
        }
        b.send("A 1 1 len=1460").skip();
        b.send("A 1461 1 len=1460").expect("A 1 2921");
        Guest c = a.onPort(3).connected();
        c.send("A 1 1 len=1460").expect("A 1 1").silence();
        assertThat(small.stack.counters().bufferedBytes()).isEqualTo(65536 + 4096);
        first.room = 1_000_000;
        second.room = 1_000_000;
        small.settle();
        assertThat(first.written.toByteArray()).isEqualTo(Guest.pattern(1, 28 * 1460));
        assertThat(second.written.toByteArray()).isEqualTo(Guest.pattern(1, 2920));
        c.skip().send("A 1 1 len=1460");
        assertThat(small.stream().written.toByteArray()).isEqualTo(Guest.pattern(1, 1460));
        assertThat(small.stack.counters().bufferedBytes()).isZero();
    }

    @Test
    void urgentDataStaysInLine() {
        guest.connected().send("UPA 1 1 len=10").send("PA 11 1 len=10");
        assertThat(written()).isEqualTo(Guest.pattern(1, 20));
    }

    @Test
    void aBrokenHostIsAReset() {
        guest.connected();
        guest.stream().broken = true;
        guest.send("PA 1 1 len=10").expect("AR 1 11").silence();
        assertThat(site.stack.counters().flows()).isZero();
    }

    @Test
    void anIdleFlowHasNoMemory() {
        guest.connected().send("PA 1 1 len=10").hostSays(10).send("A 11 11");
        assertThat(site.stack.counters().bufferedBytes()).isZero();
    }
}
