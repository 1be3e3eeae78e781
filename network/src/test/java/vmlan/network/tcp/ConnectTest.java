package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.network.gateway.Packets;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;
import vmlan.packet.MacAddress;

/// RFC 9293 §3.10.1 and §3.10.7.3: connections to a guest, for clients of the host.
class ConnectTest implements ConnectEvents {
    private static final String SYN = "S 0 mss=1460 sackok ws=4";

    private final TcpSite site = new TcpSite();
    private final Guest guest = site.guest();
    private final List<OutsideError> failures = new ArrayList<>();
    private FakeStream client;

    @Override
    public void accepted(TcpAttachment attachment, long now) {
        client = new FakeStream(null);
        client.events = attachment.attach(client);
        site.streams.add(client);
    }

    @Override
    public void failed(OutsideError why, long now) {
        failures.add(why);
    }

    private void connect() {
        IpAddress gateway = IpAddress.parse("192.168.64.1");
        IpAddress to = IpAddress.parse(guest.address);
        long mac = MacAddress.parse(guest.mac).bits();
        // the switch has to know where the guest is
        site.send(guest.switchPort(), Packets.ethernet(Packets.ALL, guest.mac, 0x88b5, new byte[46]));
        site.stack.connect(
                guest.switchPort(), mac, gateway.high(), gateway.low(), to.high(), to.low(), 22, this, site.now);
        site.settle();
    }

    /// The guest's next segments go to where the SYN came from.
    private void answerTo() {
        guest.expect(SYN).silence();
        guest.remote = "192.168.64.1";
        guest.port = 22;
        guest.remotePort = guest.last.from();
        assertThat(guest.remotePort).isBetween(16384, 32767);
    }

    @Test
    void theGuestAcceptsAndDataFlowsBothWays() {
        connect();
        answerTo();
        guest.send("AS 0 1 mss=1460 sackok ws=7").expect("A 1 1").silence();
        client.says("GET");
        site.settle();
        guest.expect("AP 1 1 len=3").send("PA 1 4 len=2000").silence();
        assertThat(client.written.size()).isEqualTo(2000);
        client.ends();
        site.settle();
        guest.expect("AF 4 2001").send("FA 2001 5").expect("A 5 2002");
        assertThat(client.calls).containsExactly("shutdown", "close");
        assertThat(site.stack.counters().accepted()).isEqualTo(1);
    }

    @Test
    void aResetMeansRefused() {
        connect();
        answerTo();
        guest.send("RA 0 99").silence();
        guest.send("R 0").silence();
        assertThat(failures).isEmpty();
        guest.send("RA 0 1").silence();
        assertThat(failures).containsExactly(OutsideError.REFUSED);
        assertThat(site.stack.counters().flows()).isZero();
    }

    @Test
    void aGuestThatIsSilentIsAskedForTenSeconds() {
        connect();
        answerTo();
        guest.passSeconds(1.01).expect(SYN).silence();
        guest.passSeconds(2.01).expect(SYN).silence();
        guest.passSeconds(4.01).expect(SYN).silence();
        guest.passSeconds(2.9).silence();
        assertThat(failures).isEmpty();
        guest.passSeconds(0.2).silence();
        assertThat(failures).containsExactly(OutsideError.TIMED_OUT);
    }

    @Test
    void bothMayOpenAtOnce() {
        connect();
        answerTo();
        guest.send("S 0 mss=1000").expect("AS 0 1 mss=1460").silence();
        guest.send("AS 0 1 mss=1000").expect("A 1 1").silence();
        client.says("hello");
        site.settle();
        guest.expect("AP 1 1 len=5").send("A 1 6").silence();
    }

    @Test
    void aWrongAcknowledgementOfTheSynIsReset() {
        connect();
        answerTo();
        guest.send("AS 0 7").expect("R 7").silence();
        guest.send("AS 0 1").expect("A 1 1").silence();
    }

    @Test
    void anIcmpErrorEndsTheAttempt() {
        connect();
        answerTo();
        error(OutsideError.PROHIBITED, 5);
        assertThat(failures).isEmpty();
        error(OutsideError.PROHIBITED, 0);
        assertThat(failures).containsExactly(OutsideError.PROHIBITED);
    }

    @Test
    void anIcmpErrorDoesNotEndAConnection() {
        connect();
        answerTo();
        guest.send("AS 0 1").expect("A 1 1");
        client.says("hello");
        site.settle();
        guest.expect("AP 1 1 len=5");
        error(OutsideError.HOST_UNREACHABLE, 1);
        guest.send("A 1 6").silence();
        assertThat(client.calls).isEmpty();
    }

    private void error(OutsideError why, int sequence) {
        IpAddress to = IpAddress.parse(guest.address);
        IpAddress gateway = IpAddress.parse("192.168.64.1");
        site.stack.error(
                guest.switchPort(),
                why,
                0,
                to.high(),
                to.low(),
                22,
                gateway.high(),
                gateway.low(),
                guest.remotePort,
                guest.theirs + sequence,
                site.now);
        site.settle();
    }

    @Test
    void theStackKnowsItsFlows() {
        connect();
        answerTo();
        IpAddress to = IpAddress.parse(guest.address);
        IpAddress gateway = IpAddress.parse("192.168.64.1");
        assertThat(site.stack.knows(
                        guest.switchPort(), to.high(), to.low(), 22, gateway.high(), gateway.low(), guest.remotePort))
                .isTrue();
        assertThat(site.stack.knows(
                        guest.switchPort(), to.high(), to.low(), 23, gateway.high(), gateway.low(), guest.remotePort))
                .isFalse();
    }

    @Test
    void aPortThatGoesFailsTheAttempt() {
        connect();
        site.stack.forget(guest.switchPort(), site.now);
        assertThat(failures).containsExactly(OutsideError.HOST_UNREACHABLE);
    }
}
