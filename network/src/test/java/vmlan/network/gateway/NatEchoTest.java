package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.change.HostChange;
import vmlan.network.change.HostState;
import vmlan.network.change.HostWay;
import vmlan.network.nat.Nat;
import vmlan.network.nat.NatLimits;
import vmlan.network.nat.RecordingOutside;
import vmlan.network.nat.RecordingOutside.Echoes;
import vmlan.network.nat.RecordingOutside.Sent;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;

/// Echoes through the NAT, by RFC 5508.
class NatEchoTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final String A4 = "192.168.64.2";
    private static final String A6 = "fd00:0:0:1::2";
    private static final String REMOTE = "198.51.100.1";
    private static final String REMOTE6 = "2001:db8::1";
    private static final byte[] DATA = new byte[56];
    private static final NatLimits LIMITS = new NatLimits(10, 20, 1 << 20, 1 << 20, 1 << 20, 4, 6, 4, 6, 8, 64);

    private final Lan lan = new Lan().settled();
    private final RecordingOutside outside = new RecordingOutside();
    private final Nat nat = lan.gateway.attachNat(LIMITS, outside, null, lan.now);
    private final Lan.Guest a = lan.guest(A);
    private final Echoes echoes;
    private final Echoes echoes6;

    /// The first request of a family asks the host for the way.
    NatEchoTest() {
        a.ipv4(echo4(0, 0)).ipv6(echo6(0, 0));
        echoes = outside.echoes.get(0);
        echoes6 = outside.echoes.get(1);
        reply(echoes, echoes.sent.poll(), REMOTE);
        reply(echoes6, echoes6.sent.poll(), REMOTE6);
        a.expect(A, REMOTE + " > 192.168.64.2 echo reply id 0 seq 0 of 56");
        a.expect(A, REMOTE6 + " > fd00:0:0:1::2 echo reply id 0 seq 0 of 56").expectSilence();
    }

    private static byte[] echo4(String from, String to, int id, int sequence, int hops, byte[] data) {
        return Packets.ipv4(from, to, 1, hops, 0, Packets.icmp(8, 0, (id << 16) | sequence, data));
    }

    private static byte[] echo4(int id, int sequence) {
        return echo4(A4, REMOTE, id, sequence, 64, DATA);
    }

    private static byte[] echo6(int id, int sequence) {
        return Packets.icmp6(A6, REMOTE6, 64, 128, 0, (id << 16) | sequence, DATA);
    }

    private void reply(Echoes by, Sent request, String from) {
        by.reply(request, from, lan.now);
        lan.network.flush();
    }

    @Test
    void theReplyHasTheGuestsOwnIdentifierAndSequence() {
        Lan.Guest b = lan.guest("52:54:00:00:00:0b");
        a.ipv4(echo4(4711, 1));
        b.ipv4(echo4("192.168.64.3", REMOTE, 4711, 1, 64, DATA));
        a.ipv6(echo6(4712, 2));
        Sent first = echoes.sent.poll();
        Sent second = echoes.sent.poll();
        assertThat(first.how()).as("the gateway is a hop").isEqualTo("hops 63");
        reply(echoes, second, REMOTE);
        reply(echoes, first, REMOTE);
        reply(echoes6, echoes6.sent.poll(), REMOTE6);
        a.expect(A, REMOTE + " > 192.168.64.2 echo reply id 4711 seq 1 of 56");
        a.expect(A, REMOTE6 + " > fd00:0:0:1::2 echo reply id 4712 seq 2 of 56").expectSilence();
        b.expect(REMOTE + " > 192.168.64.3 echo reply id 4711 seq 1 of 56");
        assertThat(nat.counters().echoesWaiting()).isZero();
    }

    @Test
    void aReplyCountsOnceAndFromTheAddressAsked() {
        a.ipv4(echo4(1, 1));
        Sent request = echoes.sent.poll();
        reply(echoes, request, "198.51.100.2");
        a.expectSilence();
        reply(echoes, request, REMOTE);
        a.expect(REMOTE + " > 192.168.64.2 echo reply id 1 seq 1 of 56");
        reply(echoes, request, REMOTE);
        a.expectSilence();
    }

    @Test
    void req2AnEchoIsWaitedForSixtySeconds() {
        a.ipv4(echo4(1, 1)).ipv4(echo4(1, 2));
        Sent first = echoes.sent.poll();
        lan.pass(59);
        reply(echoes, first, REMOTE);
        a.expect(REMOTE + " > 192.168.64.2 echo reply id 1 seq 1 of 56");
        lan.pass(2);
        assertThat(nat.counters().echoesWaiting()).isZero();
        reply(echoes, echoes.sent.poll(), REMOTE);
        a.expectSilence();
    }

    @Test
    void aRouterOnTheWayIsNamedByItsAddress() {
        a.ipv4(echo4(A4, REMOTE, 7, 3, 2, DATA));
        assertThat(echoes.sent.peek().how()).isEqualTo("hops 1");
        echoes.fail(echoes.sent.poll(), OutsideError.HOP_LIMIT, 0, "203.0.113.9", lan.now);
        lan.network.flush();
        byte[] frame = a.recorder.poll();
        assertThat(Dump.of(frame)).isEqualTo("203.0.113.9 > 192.168.64.2 time exceeded 0 of 28");
        assertThat(Arrays.copyOfRange(frame, 62, 70))
                .as("the guest's own header")
                .isEqualTo(Arrays.copyOfRange(Packets.icmp(8, 0, (7 << 16) | 3, DATA), 0, 8));
        a.ipv6(echo6(7, 4));
        echoes6.fail(echoes6.sent.poll(), OutsideError.HOP_LIMIT, 0, "2001:db8:9::9", lan.now);
        lan.network.flush();
        a.expect("2001:db8:9::9 > fd00:0:0:1::2 time exceeded 0 of 48");
        a.ipv4(echo4(A4, REMOTE, 7, 5, 1, DATA)).expect("192.168.64.1 > 192.168.64.2 time exceeded 0 of 84");
        assertThat(echoes.sent).isEmpty();
    }

    @Test
    void whatTheHostCannotSendIsRefusedAtOnce() {
        echoes6.answer = OutsideError.NET_UNREACHABLE;
        a.ipv6(echo6(1, 1)).expect("fd00:0:0:1::1 > fd00:0:0:1::2 unreachable 0 of 104");
        a.ipv4(echo4(A4, "169.254.1.1", 1, 1, 64, DATA)).expect("192.168.64.1 > 192.168.64.2 unreachable 13 of 84");
        assertThat(nat.counters().echoesWaiting()).isZero();
    }

    @Test
    void aFloodTakesThePlacesOfItsOwnOldest() {
        Lan.Guest b = lan.guest("52:54:00:00:00:0b");
        b.ipv4(echo4("192.168.64.3", REMOTE, 9, 9, 64, DATA));
        Sent ofB = echoes.sent.poll();
        for (int i = 0; i < 100_000; i++) {
            a.ipv4(echo4(1, i));
            if (i < 99_996) {
                echoes.sent.clear();
            }
        }
        assertThat(nat.counters().echoesWaiting()).isEqualTo(5);
        assertThat(nat.counters().echoesEvicted()).isEqualTo(100_000 - 4);
        reply(echoes, ofB, REMOTE);
        b.expect(REMOTE + " > 192.168.64.3 echo reply id 9 seq 9 of 56");
        while (!echoes.sent.isEmpty()) {
            reply(echoes, echoes.sent.poll(), REMOTE);
        }
        assertThat(a.recorder.count()).isEqualTo(4);
    }

    @Test
    void inAllThereAreNoMoreThanTheLimit() {
        for (int guest = 0; guest < 3; guest++) {
            Lan.Guest each = lan.guest("52:54:00:00:01:0" + guest);
            for (int i = 0; i < 4; i++) {
                each.ipv4(echo4("192.168.64." + (10 + guest), REMOTE, 1, i, 64, DATA));
            }
            each.expectDropped(DropReason.TABLE_FULL, guest < 2 ? 0 : 4);
        }
        assertThat(nat.counters().echoesWaiting()).isEqualTo(6);
        lan.pass(61);
        a.ipv4(echo4(1, 1)).expectDropped(null, 0);
    }

    @Test
    void dataOf64KilobytesStaysIntact() {
        byte[] data = new byte[65_507];
        new Random(1).nextBytes(data);
        Pieces.of(echo4(A4, REMOTE, 3, 1, 64, data), 1500).forEach(a::ipv4);
        Sent request = echoes.sent.poll();
        assertThat(request.data()).isEqualTo(data);
        reply(echoes, request, REMOTE);
        byte[] reply = Pieces.whole(a.recorder, true, 1500);
        assertThat(reply[0]).isZero();
        assertThat(Packets.checksum(reply)).isZero();
        assertThat(Arrays.copyOfRange(reply, 4, 8)).isEqualTo(Packets.u32((3 << 16) | 1));
        assertThat(Arrays.copyOfRange(reply, 8, reply.length)).isEqualTo(data);
        Pieces.of(Packets.icmp6(A6, REMOTE6, 64, 128, 0, 9, data), 1500).forEach(a::ipv6);
        reply(echoes6, echoes6.sent.poll(), REMOTE6);
        reply = Pieces.whole(a.recorder, false, 1500);
        assertThat(Packets.checksum6(REMOTE6, A6, 58, reply)).isZero();
        assertThat(Arrays.copyOfRange(reply, 8, reply.length)).isEqualTo(data);
    }

    @Test
    void theGatewayItselfAnswersLongEchoesToo() {
        byte[] data = new byte[5000];
        Pieces.of(echo4(A4, Lan.IP4, 3, 1, 64, data), 1500).forEach(a::ipv4);
        assertThat(Pieces.whole(a.recorder, true, 1500)).hasSize(5008);
        Pieces.of(Packets.icmp6(A6, Lan.IP6, 64, 128, 0, 9, data), 1500).forEach(a::ipv6);
        assertThat(Pieces.whole(a.recorder, false, 1500)).hasSize(5008);
    }

    @Test
    void whereTheHostAllowsNoEchoesTheGuestIsToldAtOnce() {
        Lan other = new Lan(true, 1500, List.of()).settled();
        RecordingOutside none = new RecordingOutside();
        none.allowsEchoes = false;
        Nat closed = other.gateway.attachNat(LIMITS, none, null, other.now);
        Lan.Guest guest = other.guest(A);
        guest.ipv4(echo4(1, 1)).expect("192.168.64.1 > 192.168.64.2 unreachable 13 of 84");
        guest.ipv6(echo6(1, 1)).expect("fd00:0:0:1::1 > fd00:0:0:1::2 unreachable 1 of 104");
        assertThat(closed.counters().echoesAllowed()).isFalse();
        assertThat(closed.counters().echoesAllowedIpv6()).isFalse();
        assertThat(nat.counters().echoesAllowed()).isTrue();
        none.allowsEchoes = true;
        other.pass(61);
        guest.ipv4(echo4(1, 2)).expectSilence();
        assertThat(closed.counters().echoesAllowed()).isTrue();
    }

    @Test
    void otherMessagesAreDroppedWithoutAnAnswer() {
        a.ipv4(Packets.ipv4(A4, REMOTE, 1, Packets.icmp(13, 0, 1, new byte[12])))
                .ipv4(Packets.ipv4(A4, REMOTE, 1, Packets.icmp(0, 0, 1, DATA)))
                .ipv6(Packets.icmp6(A6, REMOTE6, 64, 129, 0, 1, DATA))
                .ipv4(Packets.ipv4(A4, REMOTE, 1, Packets.icmp(3, 3, 0, DATA)))
                .expectSilence()
                .expectDropped(DropReason.UNANSWERED, 4);
    }

    @Test
    void protocolsThatAreNotCarriedAreReported() {
        a.ipv4(Packets.ipv4(A4, REMOTE, 132, DATA)).expect("192.168.64.1 > 192.168.64.2 unreachable 2 of 76");
        a.ipv6(Packets.ipv6(A6, REMOTE6, 132, 64, DATA))
                .expect("fd00:0:0:1::1 > fd00:0:0:1::2 parameter problem 1 at 6");
        a.ipv6(Packets.ipv6(A6, REMOTE6, 59, 64, new byte[0])).expectSilence();
        assertThat(nat.counters().otherProtocols()).isEqualTo(3);
    }

    private HostChange change(String... routersOf) {
        HostWay[] ways = new HostWay[2];
        for (int i = 0; i < routersOf.length; i++) {
            ways[i] = new HostWay("en" + i, IpAddress.parse(routersOf[i]));
        }
        return new HostChange(
                new HostState(Set.of(), ways[0], null, List.of()),
                new HostState(Set.of(), ways[1], null, List.of()),
                Set.of(),
                0);
    }

    /// Its socket is bound to no address.
    @Test
    void whatWaitsWhenTheHostIsElsewhereIsStillAnswered() {
        a.ipv4(echo4(1, 1));
        Sent request = echoes.sent.poll();
        assertThat(nat.hostChanged(change("192.0.2.1", "203.0.113.1"), lan.now)).isZero();
        reply(echoes, request, REMOTE);
        a.expect(REMOTE + " > 192.168.64.2 echo reply id 1 seq 1 of 56").expectSilence();
        assertThat(outside.echoes).hasSize(2);
    }

    @Test
    void aHostThatHadNoEchoesIsAskedAgainWhenItHasChanged() {
        RecordingOutside without = new RecordingOutside();
        without.allowsEchoes = false;
        Lan other = new Lan().settled();
        Nat its = other.gateway.attachNat(LIMITS, without, null, other.now);
        Lan.Guest guest = other.guest(A);
        guest.ipv4(echo4(1, 1)).expect("192.168.64.1 > 192.168.64.2 unreachable 13 of 84");
        without.allowsEchoes = true;
        guest.ipv4(echo4(1, 2)).expect("192.168.64.1 > 192.168.64.2 unreachable 13 of 84");
        its.hostChanged(change("192.0.2.1", "203.0.113.1"), other.now);
        guest.ipv4(echo4(1, 3)).expectSilence();
        assertThat(without.echoes).hasSize(1);
    }

    /// A connect to the host's own ports leads nowhere else than before.
    @Test
    void onlyConnectsToTheOutsideAreBegunAgain() {
        nat.hostPorts().allow(false, 5432);
        a.ipv4(Packets.tcp4(A4, REMOTE, Packets.tcp(4000, 80, 1, 0, 2, new byte[0])));
        a.ipv4(Packets.tcp4(A4, Lan.IP4, Packets.tcp(4001, 5432, 1, 0, 2, new byte[0])));
        a.ipv6(Packets.tcp6(A6, REMOTE6, Packets.tcp(4002, 80, 1, 0, 2, new byte[0])));
        assertThat(outside.streams).hasSize(3);
        nat.hostChanged(change("192.0.2.1", "203.0.113.1"), lan.now);
        assertThat(outside.streams).hasSize(4);
        assertThat(outside.streams.getLast().to).hasToString(REMOTE);
        assertThat(outside.streams.getFirst().ended).isTrue();
        a.expectSilence();
    }
}
