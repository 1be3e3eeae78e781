package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.nat.NameServer;
import vmlan.network.nat.Nat;
import vmlan.network.nat.NatLimits;
import vmlan.network.nat.RecordingOutside;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;

/// What of the gateway's own addresses is the NAT's: DNS, opened ports, flows that it has; with and without
/// the host's own stack beside it.
class NatGatewayTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final String A4 = "192.168.64.2";
    private static final String A6 = "fd00:0:0:1::2";
    private static final String REMOTE = "198.51.100.1";
    private static final byte[] DATA = new byte[20];

    private final Lan lan = new Lan(true, 1500, List.of(), true).settled();
    private final RecordingOutside outside = new RecordingOutside();
    private final Names names = new Names();
    private final Nat nat = lan.gateway.attachNat(NatLimits.DEFAULT, outside, names, lan.now);
    private final Lan.Guest a = lan.guest(A);

    /// A name server that keeps its questions.
    static final class Names implements NameServer {
        final Deque<byte[]> asked = new ArrayDeque<>();
        final Deque<Consumer<byte[]>> answers = new ArrayDeque<>();
        final List<StreamEvents> streams = new ArrayList<>();

        @Override
        public void query(SwitchPort from, byte[] message, boolean overTcp, long now, Consumer<byte[]> answer) {
            asked.add(message);
            answers.add(answer);
        }

        @Override
        public OutsideStream stream(SwitchPort from, StreamEvents events) {
            streams.add(events);
            return new RecordingOutside().connect(0, 0, 53, events);
        }

        @Override
        public void tick(long now) {}

        @Override
        public long nanosToTick(long now) {
            return Long.MAX_VALUE;
        }
    }

    private void answer(int length) {
        names.answers.poll().accept(new byte[length]);
        lan.network.flush();
    }

    private static byte[] syn4(String to, int port) {
        return Packets.tcp4(A4, to, Packets.tcp(4000, port, 1, 0, 2, new byte[0]));
    }

    @Test
    void queriesAreAnsweredFromTheAddressThatWasAsked() {
        a.ipv4(Packets.udp4(A4, Lan.IP4, 4000, 53, DATA));
        a.ipv6(Packets.udp6(A6, Lan.IP6, 4001, 53, DATA));
        a.ipv6(Packets.udp6("fe80::a", Lan.LINK_LOCAL, 4002, 53, DATA)).expectSilence();
        assertThat(names.asked).hasSize(3).allMatch(message -> Arrays.equals(message, DATA));
        answer(100);
        a.expect(A, "192.168.64.1 > 192.168.64.2 udp 53 > 4000 of 100");
        answer(100);
        a.expect(A, "fd00:0:0:1::1 > fd00:0:0:1::2 udp 53 > 4001 of 100");
        answer(100);
        a.expect(A, Lan.LINK_LOCAL + " > fe80::a udp 53 > 4002 of 100");
        assertThat(outside.sockets).isEmpty();
    }

    @Test
    void anAnswerThatIsLongerThanTheMtuComesInFragments() {
        a.ipv4(Packets.udp4(A4, Lan.IP4, 4000, 53, DATA));
        answer(4096);
        assertThat(Pieces.whole(a.recorder, true, 1500)).hasSize(8 + 4096);
        Pieces.of(Packets.udp4(A4, Lan.IP4, 4000, 53, new byte[4000]), 1500).forEach(a::ipv4);
        assertThat(names.asked.removeLast()).as("and a question may").hasSize(4000);
    }

    @Test
    void anAnswerForAPortThatIsGoneGoesNowhere() {
        a.ipv4(Packets.udp4(A4, Lan.IP4, 4000, 53, DATA));
        nat.forget(a.port(), lan.now);
        lan.network.disconnect(a.port());
        answer(100);
        a.expectSilence();
    }

    @Test
    void guestsAreToldWhoAnswersNames() {
        String search = ", mtu 1500, prefix fd00:0:0:1::, dns fd00:0:0:1::1, search]";
        a.multicast(Packets.icmp6("fe80::a", "ff02::2", 255, 133, 0, 0, Packets.macOption(1, A)));
        lan.pass(1);
        a.expect(Lan.LINK_LOCAL + " > fe80::a ra lifetime 1800 [slla " + Lan.MAC + search);
    }

    @Test
    void aConnectionToElsewhereIsTriedAndRefusedAsTheHostSays() {
        a.ipv4(syn4(REMOTE, 80)).expectSilence();
        RecordingOutside.Stream stream = outside.streams.getLast();
        assertThat(stream.to + " " + stream.port).isEqualTo(REMOTE + " 80");
        stream.events.failed(OutsideError.REFUSED, lan.now);
        lan.network.flush();
        a.expect(A, REMOTE + " > 192.168.64.2 tcp 80 > 4000 [R.] seq 0 ack 2");
        a.ipv4(syn4(REMOTE, 81));
        outside.streams.getLast().events.failed(OutsideError.NET_UNREACHABLE, lan.now);
        lan.network.flush();
        a.expect(A, "192.168.64.1 > 192.168.64.2 unreachable 0 of 28");
    }

    @Test
    void noConnectionIsTriedToWhatMayNotBeReached() {
        a.ipv4(syn4("169.254.169.254", 80));
        assertThat(Dump.of(a.recorder.poll())).startsWith("192.168.64.1 > 192.168.64.2 unreachable 13");
        a.ipv4(syn4(Lan.IP4, 22)).expect("192.168.64.1 > 192.168.64.2 tcp 22 > 4000 [R.] seq 0 ack 2");
        a.ipv4(syn4("127.0.0.1", 22)).expectSilence();
        assertThat(outside.streams).isEmpty();
    }

    @Test
    void anOpenedPortIsDialledAtTheHostsLoopbackOfOneFamilyThenTheOther() {
        nat.hostPorts().allow(false, 8080);
        a.ipv4(syn4(Lan.IP4, 8080));
        RecordingOutside.Stream first = outside.streams.getLast();
        assertThat(first.to + " " + first.port).isEqualTo("127.0.0.1 8080");
        first.events.failed(OutsideError.REFUSED, lan.now);
        lan.network.flush();
        a.expectSilence();
        RecordingOutside.Stream second = outside.streams.getLast();
        assertThat(second.to + " " + second.port).isEqualTo("::1 8080");
        second.events.failed(OutsideError.REFUSED, lan.now);
        lan.network.flush();
        a.expect(A, "192.168.64.1 > 192.168.64.2 tcp 8080 > 4000 [R.] seq 0 ack 2");
        a.ipv6(Packets.tcp6(A6, Lan.IP6, Packets.tcp(4000, 8080, 1, 0, 2, new byte[0])));
        assertThat(outside.streams).hasSize(3);
        outside.streams.getLast().events.connected(lan.now);
        lan.network.flush();
        assertThat(Dump.of(a.recorder.poll())).startsWith("fd00:0:0:1::1 > fd00:0:0:1::2 tcp 8080 > 4000 [.]");
    }

    @Test
    void dnsOverTcpIsTheNameServers() {
        a.ipv4(syn4(Lan.IP4, 53));
        assertThat(names.streams).hasSize(1);
        assertThat(outside.streams).isEmpty();
        names.streams.getFirst().connected(lan.now);
        lan.network.flush();
        assertThat(Dump.of(a.recorder.poll())).startsWith("192.168.64.1 > 192.168.64.2 tcp 53 > 4000 [.]");
    }

    @Test
    void aPortIsOpenedForTcpOrForUdp() {
        nat.hostPorts().allow(true, 8080);
        a.ipv4(syn4(Lan.IP4, 8080));
        assertThat(outside.streams).isEmpty();
        a.ipv4(Packets.udp4(A4, Lan.IP4, 4000, 8080, DATA));
        assertThat(outside.sockets).hasSize(1);
        nat.hostPorts().allow(false, 8081);
        a.ipv4(Packets.udp4(A4, Lan.IP4, 4000, 8081, DATA));
        assertThat(outside.sockets).hasSize(1);
        a.ipv4(syn4(Lan.IP4, 8081));
        assertThat(outside.streams).hasSize(1);
    }

    @Test
    void besideTheHostsStackOnlyDnsOpenedPortsAndKnownFlowsAreTheNats() {
        RecordingHost host = new RecordingHost(lan, false);
        a.ipv4(Packets.udp4(A4, Lan.IP4, 4000, 53, DATA));
        nat.hostPorts().allow(false, 8080);
        nat.hostPorts().allow(true, 8080);
        a.ipv4(syn4(Lan.IP4, 8080)).ipv4(Packets.udp4(A4, Lan.IP4, 4000, 8080, DATA));
        host.expectSilence();
        assertThat(names.asked).hasSize(1);
        assertThat(outside.streams).hasSize(1);
        assertThat(outside.sockets).hasSize(1);
        byte[] others = Packets.udp4(A4, Lan.IP4, 4000, 111, DATA);
        a.ipv4(others);
        host.expect(others);
        a.ipv4(syn4(Lan.IP4, 22));
        host.expect(syn4(Lan.IP4, 22));
        List<byte[]> pieces = Pieces.of(Packets.udp4(A4, Lan.IP4, 4000, 111, new byte[3000]), 1500);
        pieces.forEach(a::ipv4);
        pieces.forEach(host::expect);
        Pieces.of(Packets.udp4(A4, Lan.IP4, 4000, 53, new byte[3000]), 1500).forEach(a::ipv4);
        host.expectSilence();
        assertThat(names.asked).hasSize(2);
        a.expectSilence();
    }

    @Test
    void brokenQueriesAreCounted() {
        byte[] wrong = Packets.udp4(A4, Lan.IP4, 4000, 53, DATA);
        wrong[30] ^= 1;
        a.ipv4(wrong).expectSilence().expectDropped(DropReason.CHECKSUM, 1);
        byte[] cut = Packets.udp4(A4, Lan.IP4, 4000, 53, DATA);
        ByteBuffer.wrap(cut).putShort(24, (short) 100);
        a.ipv4(cut);
        assertThat(a.port().drops(DropReason.MALFORMED)).isEqualTo(1);
        assertThat(names.asked).isEmpty();
    }
}
