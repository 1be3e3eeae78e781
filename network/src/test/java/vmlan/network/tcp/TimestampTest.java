package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;

/// RFC 7323 (timestamps, PAWS), RFC 1191 and 8201 with the checks of RFC 5927 (path MTU), RFC 6691 (options count).
class TimestampTest {
    private final TcpSite site = new TcpSite();
    private final Guest guest = site.guest();

    private void connect() {
        guest.showsTimestamps = true;
        guest.send("S 0 mss=1460 ts=100,0");
        site.stream().events.connected(site.now);
        site.settle();
        guest.expect("AS 0 1 mss=1460 ts=100").send("A 1 1 ts=101,0").silence();
    }

    @Test
    void theEchoIsOfTheSegmentThatIsAcknowledged() {
        connect();
        guest.send("A 1 1 len=1000 ts=110,0").send("A 1001 1 len=1000 ts=120,0").expect("A 1 2001 ts=110");
        guest.send("A 3001 1 len=10 ts=130,0").expect("A 1 2001 ts=110").silence();
        guest.send("A 2001 1 len=1000 ts=125,0").expect("A 1 3011 ts=125").silence();
    }

    @Test
    void anOldDuplicateIsAcknowledgedAndDropped() {
        connect();
        guest.send("A 1 1 len=10 ts=90,0").expect("A 1 1 ts=101").silence();
        assertThat(guest.stream().written.size()).isZero();
        guest.send("R 1 ts=90,0").silence();
        assertThat(guest.stream().calls).containsExactly("reset");
    }

    @Test
    void afterAMonthATimestampSaysNothing() {
        connect();
        site.now += 30L * 24 * 3600 * TcpSite.SECOND;
        guest.send("A 1 1 len=10 ts=90,0").skip();
        assertThat(guest.stream().written.size()).isEqualTo(10);
    }

    @Test
    void aSegmentWithoutTimestampIsDropped() {
        connect();
        guest.send("A 1 1 len=10").silence();
        TcpSite.expectDrops(guest.switchPort(), DropReason.MALFORMED, 1);
    }

    @Test
    void theOptionCountsInTheSegment() {
        connect();
        guest.hostSays(3000).expect("A 1 1 len=1448 ts=101", "A 1449 1 len=1448 ts=101", "AP 2897 1 len=104 ts=101");
    }

    private void tooBig(int mtu, int sequence) {
        IpAddress to = IpAddress.parse(guest.address);
        IpAddress remote = IpAddress.parse(guest.remote);
        site.stack.error(
                guest.switchPort(),
                OutsideError.TOO_BIG,
                mtu,
                to.high(),
                to.low(),
                guest.port,
                remote.high(),
                remote.low(),
                guest.remotePort,
                guest.theirs + sequence,
                site.now);
        site.network.flush();
        site.settle();
    }

    @Test
    void aNarrowPathMakesSegmentsShorter() {
        guest.connected().hostSays(2920).expect("A 1 1 len=1460", "AP 1461 1 len=1460");
        tooBig(1400, 5000);
        tooBig(1500, 1);
        guest.silence();
        tooBig(1400, 1);
        guest.expect("A 1 1 len=1360", "A 1361 1 len=1360", "AP 2721 1 len=200").silence();
        guest.send("A 1 2921").passSeconds(5).silence();
    }

    @Test
    void aPathIsNotBelievedToBeNarrowerThanAFloor() {
        guest.connected().hostSays(1000).expect("AP 1 1 len=1000");
        tooBig(68, 1);
        guest.expect("A 1 1 len=512", "AP 513 1 len=488").silence();
    }
}
