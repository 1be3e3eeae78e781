package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.nat.Nat;
import vmlan.network.nat.NatLimits;
import vmlan.network.nat.RecordingOutside;
import vmlan.network.outside.OutsideError;

/// UDP through the NAT, by the requirements of RFC 4787.
class NatUdpTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final String B = "52:54:00:00:00:0b";
    private static final String A4 = "192.168.64.2";
    private static final String B4 = "192.168.64.3";
    private static final String A6 = "fd00:0:0:1::2";
    private static final String REMOTE = "198.51.100.1";
    private static final String OTHER = "198.51.100.2";
    private static final String REMOTE6 = "2001:db8::1";
    private static final byte[] DATA = new byte[20];
    private static final NatLimits LIMITS = new NatLimits(10, 20, 1 << 20, 1 << 20, 1 << 20, 4, 6, 4, 6, 8, 64);

    private final Lan lan = new Lan().settled();
    private final RecordingOutside outside = new RecordingOutside();
    private final Nat nat = lan.gateway.attachNat(LIMITS, outside, null, lan.now);
    private final Lan.Guest a = lan.guest(A);
    private final Lan.Guest b = lan.guest(B);

    private static byte[] udp(String to, int from, int port) {
        return Packets.udp4(A4, to, from, port, DATA);
    }

    private void receive(int socket, String from, int port) {
        outside.sockets.get(socket).receive(from, port, DATA, lan.now);
        lan.network.flush();
    }

    @Test
    void req1TheSameSocketServesWhateverAPortSendsTo() {
        a.ipv4(udp(REMOTE, 4000, 7)).ipv4(udp(OTHER, 4000, 8)).ipv4(udp(REMOTE, 4000, 9));
        assertThat(outside.sockets).hasSize(1);
        outside.last().expect(REMOTE + " 7 of 20").expect(OTHER + " 8 of 20").expect(REMOTE + " 9 of 20");
        a.ipv4(udp(REMOTE, 4001, 7));
        b.ipv4(Packets.udp4(B4, REMOTE, 4000, 7, DATA));
        a.ipv6(Packets.udp6(A6, REMOTE6, 4000, 7, DATA));
        assertThat(outside.sockets).as("one for each address and port").hasSize(4);
        assertThat(outside.sockets.get(3).ipv4).isFalse();
        a.expectSilence().expectDropped(null, 0);
    }

    @Test
    void req8WhatComesInIsFromAnAddressThatWasSentTo() {
        a.ipv4(udp(REMOTE, 4000, 7));
        receive(0, REMOTE, 7);
        a.expect(A, REMOTE + " > 192.168.64.2 udp 7 > 4000 of 20");
        receive(0, REMOTE, 999);
        a.expect(A, REMOTE + " > 192.168.64.2 udp 999 > 4000 of 20");
        receive(0, OTHER, 7);
        a.expectSilence();
        assertThat(nat.counters().udp().filtered()).isEqualTo(1);
    }

    @Test
    void theAddressesThatWereSentToAreFewAndTheLatest() {
        for (int i = 0; i < 1000; i++) {
            a.ipv4(udp("198.51." + (i / 250) + "." + (i % 250 + 1), 4000, 7));
        }
        receive(0, "198.51.3.250", 7);
        a.expect("198.51.3.250 > 192.168.64.2 udp 7 > 4000 of 20");
        receive(0, "198.51.0.1", 7);
        a.expectSilence();
    }

    @Test
    void req5AMappingLivesForFiveMinutesAndTwoBeforeAnybodyAnswers() {
        a.ipv4(udp(REMOTE, 4000, 7)).ipv4(udp(REMOTE, 4001, 7));
        receive(1, REMOTE, 7);
        a.clear();
        lan.pass(119);
        assertThat(outside.open()).isEqualTo(2);
        lan.pass(2);
        assertThat(outside.open()).isEqualTo(1);
        lan.pass(178);
        assertThat(outside.open()).isEqualTo(1);
        lan.pass(2);
        assertThat(outside.open()).isZero();
        assertThat(nat.counters().udp().timedOut()).isEqualTo(2);
        a.ipv4(udp(REMOTE, 4000, 7));
        assertThat(outside.open()).isEqualTo(1);
    }

    @Test
    void req5QuestionsToDnsServersAreShort() {
        a.ipv4(udp(REMOTE, 4000, 53));
        receive(0, REMOTE, 53);
        a.clear();
        lan.pass(29);
        assertThat(outside.open()).isEqualTo(1);
        lan.pass(2);
        assertThat(outside.open()).isZero();
        a.ipv4(udp(REMOTE, 4000, 53)).ipv4(udp(REMOTE, 4000, 7));
        lan.pass(100);
        assertThat(outside.open()).as("not DNS alone").isEqualTo(1);
    }

    @Test
    void req6OutboundKeepsAMappingAndInboundDoesNot() {
        a.ipv4(udp(REMOTE, 4000, 7));
        receive(0, REMOTE, 7);
        for (int i = 0; i < 3; i++) {
            lan.pass(200);
            a.ipv4(udp(REMOTE, 4000, 7));
        }
        assertThat(outside.open()).isEqualTo(1);
        lan.pass(200);
        receive(0, REMOTE, 7);
        lan.pass(101);
        assertThat(outside.open()).isZero();
    }

    @Test
    void req12AnIcmpErrorDoesNotEndAMapping() {
        a.ipv4(udp(REMOTE, 4000, 7));
        outside.last().fail(OutsideError.REFUSED, 0, REMOTE, 7, lan.now);
        byte[] quote = Packets.udp4(REMOTE, A4, 7, 4000, DATA);
        a.ipv4(Packets.ipv4(A4, REMOTE, 1, Packets.icmp(3, 3, 0, quote)));
        assertThat(outside.open()).isEqualTo(1);
        assertThat(nat.counters().udp().refusedByGuests()).isEqualTo(1);
    }

    @Test
    void req14FragmentsOfTheGuestArePutTogetherInAnyOrder() {
        byte[] whole = Packets.udp4(A4, REMOTE, 4000, 7, new byte[3000]);
        byte[] payload = Arrays.copyOfRange(whole, 20, whole.length);
        byte[] first = Arrays.copyOf(payload, 1480);
        byte[] second = Arrays.copyOfRange(payload, 1480, 2960);
        byte[] third = Arrays.copyOfRange(payload, 2960, payload.length);
        a.ipv4(Packets.ipv4(A4, REMOTE, 17, 64, 2960 / 8, third))
                .ipv4(Packets.ipv4(A4, REMOTE, 17, 64, 0x2000, first))
                .ipv4(Packets.ipv4(A4, REMOTE, 17, 64, 0x2000 | 1480 / 8, second));
        outside.last().expect(REMOTE + " 7 of 3000");
    }

    @Test
    void theLongestDatagramPassesBothWays() {
        byte[] data = new byte[65_507];
        new Random(1).nextBytes(data);
        Pieces.of(Packets.udp4(A4, REMOTE, 4000, 7, data), 1500).forEach(a::ipv4);
        assertThat(outside.last().sent.peek().data()).isEqualTo(data);
        Pieces.of(Packets.udp6(A6, REMOTE6, 4000, 7, data), 1500).forEach(a::ipv6);
        assertThat(outside.last().sent.peek().data()).isEqualTo(data);
        assertThat(outside.last().sent.peek().how())
                .as("it came in fragments, so it may go on in fragments")
                .isEmpty();
        for (int socket = 0; socket < 2; socket++) {
            outside.sockets.get(socket).receive(socket == 0 ? REMOTE : REMOTE6, 7, data, lan.now);
            lan.network.flush();
            byte[] payload = Pieces.whole(a.recorder, socket == 0, 1500);
            assertThat(Arrays.copyOfRange(payload, 8, payload.length)).isEqualTo(data);
        }
        outside.sockets.get(0).receive(REMOTE, 7, new byte[65_508], lan.now);
        lan.network.flush();
        a.expectSilence();
    }

    @Test
    void dontFragmentIsHandedOn() {
        byte[] packet = Packets.ipv4(A4, REMOTE, 17, 64, 0x4000, Arrays.copyOfRange(udp(REMOTE, 4000, 7), 20, 48));
        // the checksum's pseudo-header is the same
        a.ipv4(packet).ipv6(Packets.udp6(A6, REMOTE6, 4000, 7, DATA));
        outside.sockets.get(0).expect(REMOTE + " 7 of 20 df");
        outside.sockets.get(1).expect(REMOTE6 + " 7 of 20 df");
    }

    @Test
    void whatTheHostIsToldBecomesAnIcmpErrorAboutTheGuestsDatagram() {
        a.ipv4(udp(REMOTE, 4000, 7)).ipv6(Packets.udp6(A6, REMOTE6, 4000, 7, DATA));
        fail(0, OutsideError.REFUSED, 0, REMOTE);
        byte[] frame = a.recorder.poll();
        assertThat(Dump.of(frame)).isEqualTo(REMOTE + " > 192.168.64.2 unreachable 3 of 28");
        assertThat(Packets.ip4(frame, 42 + 12) + " " + Packets.ip4(frame, 42 + 16))
                .isEqualTo(A4 + " " + REMOTE);
        assertThat(Arrays.copyOfRange(frame, 62, 66)).isEqualTo(Packets.hex("0fa00007"));
        fail(0, OutsideError.NET_UNREACHABLE, 0, REMOTE);
        a.expect("192.168.64.1 > 192.168.64.2 unreachable 0 of 28");
        fail(0, OutsideError.HOST_UNREACHABLE, 0, REMOTE);
        a.expect("192.168.64.1 > 192.168.64.2 unreachable 1 of 28");
        fail(0, OutsideError.PROHIBITED, 0, REMOTE);
        a.expect("192.168.64.1 > 192.168.64.2 unreachable 13 of 28");
        fail(0, OutsideError.TOO_BIG, 1400, REMOTE);
        a.expect("192.168.64.1 > 192.168.64.2 unreachable 4 mtu 1400 of 28");
        fail(0, OutsideError.HOP_LIMIT, 0, REMOTE);
        a.expect("192.168.64.1 > 192.168.64.2 time exceeded 0 of 28");
        fail(1, OutsideError.REFUSED, 0, REMOTE6);
        a.expect(REMOTE6 + " > fd00:0:0:1::2 unreachable 4 of 48");
        fail(1, OutsideError.TOO_BIG, 1000, REMOTE6);
        a.expect("fd00:0:0:1::1 > fd00:0:0:1::2 too big, mtu 1280 of 48");
        fail(1, OutsideError.PROHIBITED, 0, REMOTE6);
        a.expect("fd00:0:0:1::1 > fd00:0:0:1::2 unreachable 1 of 48");
        fail(0, OutsideError.REFUSED, 0, OTHER);
        a.expectSilence();
    }

    private void fail(int socket, OutsideError why, int mtu, String to) {
        outside.sockets.get(socket).fail(why, mtu, to, 7, lan.now);
        lan.network.flush();
    }

    @Test
    void checksumsAreCheckedWhereTheyMustBeThere() {
        byte[] none = udp(REMOTE, 4000, 7);
        none[26] = 0;
        none[27] = 0;
        a.ipv4(none);
        assertThat(outside.sockets).hasSize(1);
        byte[] wrong = udp(REMOTE, 4001, 7);
        wrong[30] ^= 1;
        byte[] without = Packets.udp6(A6, REMOTE6, 4000, 7, DATA);
        without[46] = 0;
        without[47] = 0;
        a.ipv4(wrong).ipv6(without).expectSilence().expectDropped(DropReason.CHECKSUM, 2);
        assertThat(outside.sockets).hasSize(1);
    }

    @Test
    void aPortThatHasAllItMayHaveGivesUpItsOldestAndNobodyElses() {
        b.ipv4(Packets.udp4(B4, REMOTE, 4000, 7, DATA));
        for (int i = 0; i < 4; i++) {
            a.ipv4(udp(REMOTE, 4000 + i, 7));
        }
        a.ipv4(udp(REMOTE, 4000, 7)).ipv4(udp(REMOTE, 5000, 7));
        assertThat(outside.open()).isEqualTo(5);
        assertThat(outside.sockets.get(0).closed).as("the other guest's").isFalse();
        assertThat(outside.sockets.get(1).closed).as("used since").isFalse();
        assertThat(outside.sockets.get(2).closed).as("the oldest").isTrue();
        assertThat(nat.counters().udp().evicted()).isEqualTo(1);
    }

    @Test
    void whenAllIsTakenAGuestThatHasNothingGetsNothing() {
        Lan.Guest c = lan.guest("52:54:00:00:00:0c");
        for (int i = 0; i < 4; i++) {
            a.ipv4(udp(REMOTE, 4000 + i, 7));
            b.ipv4(Packets.udp4(B4, REMOTE, 4000 + i, 7, DATA));
        }
        c.ipv4(Packets.udp4("192.168.64.4", REMOTE, 4000, 7, DATA)).expectDropped(DropReason.TABLE_FULL, 1);
        assertThat(outside.open()).isEqualTo(6);
        assertThat(nat.counters().udp().limited()).isEqualTo(1);
    }

    @Test
    void withoutASocketTheGuestIsToldAtOnce() {
        outside.hasSockets = false;
        a.ipv4(udp(REMOTE, 4000, 7)).expect("192.168.64.1 > 192.168.64.2 unreachable 1 of 48");
        outside.hasSockets = true;
        a.ipv4(udp(REMOTE, 4000, 7)).expectSilence();
        outside.last().hasRoom = false;
        a.ipv4(udp(REMOTE, 4000, 7));
        assertThat(a.port().drops(DropReason.QUEUE_FULL)).isEqualTo(1);
    }

    @Test
    void whatMayNotBeReachedIsRefusedAtOnceAndNeverSent() {
        a.ipv4(udp("169.254.169.254", 4000, 80)).expect("192.168.64.1 > 192.168.64.2 unreachable 13 of 48");
        a.ipv4(udp("192.168.64.77", 4000, 80)).expect("192.168.64.1 > 192.168.64.2 unreachable 1 of 48");
        a.ipv4(udp("127.0.0.1", 4000, 53)).expectSilence();
        a.ipv6(Packets.udp6(A6, "::ffff:127.0.0.1", 4000, 53, DATA)).expectSilence();
        a.ipv6(Packets.udp6(A6, "::1", 4000, 53, DATA)).expectSilence();
        a.ipv6(Packets.udp6(A6, "64:ff9b::7f00:1", 4000, 53, DATA))
                .expect("fd00:0:0:1::1 > fd00:0:0:1::2 unreachable 1 of 68");
        a.ipv4(udp("224.0.0.251", 4000, 5353)).expectSilence();
        a.ipv4(udp("255.255.255.255", 4000, 9)).expectSilence();
        a.ipv4(udp("192.168.64.255", 4000, 9)).expectSilence();
        a.ipv4(udp(Lan.IP4, 4000, 111)).expect("192.168.64.1 > 192.168.64.2 unreachable 3 of 48");
        assertThat(outside.sockets).isEmpty();
    }

    @Test
    void aUsedUpHopLimitIsReportedBeforeAnythingIsSent() {
        a.ipv4(Packets.ipv4(A4, REMOTE, 17, 1, 0, Arrays.copyOfRange(udp(REMOTE, 4000, 7), 20, 48)))
                .expect("192.168.64.1 > 192.168.64.2 time exceeded 0 of 48");
        assertThat(outside.sockets).isEmpty();
    }

    @Test
    void whatAnotherPortSendsUnderAnAddressIsNotItsOwners() {
        a.ipv4(udp(REMOTE, 4000, 7));
        b.ipv4(udp(OTHER, 4000, 7));
        assertThat(outside.sockets).hasSize(2);
        receive(0, OTHER, 7);
        a.expectSilence();
        b.expectSilence();
    }

    @Test
    void theFlowsOfAPortThatIsGoneAreClosed() {
        a.ipv4(udp(REMOTE, 4000, 7));
        b.ipv4(Packets.udp4(B4, REMOTE, 4000, 7, DATA));
        nat.forget(a.port(), lan.now);
        lan.network.disconnect(a.port());
        assertThat(outside.sockets.get(0).closed).isTrue();
        assertThat(outside.sockets.get(1).closed).isFalse();
        receive(0, REMOTE, 7);
        receive(1, REMOTE, 7);
        a.expectSilence();
        b.expect(REMOTE + " > 192.168.64.3 udp 7 > 4000 of 20");
    }

    @Test
    void anOpenedPortOfTheHostIsReachedAtTheGateway() {
        a.ipv4(udp(Lan.IP4, 4000, 8080)).expect("192.168.64.1 > 192.168.64.2 unreachable 3 of 48");
        nat.hostPorts().allow(true, 8080);
        a.ipv4(udp(Lan.IP4, 4000, 8080)).expectSilence();
        outside.last().expect("127.0.0.1 8080 of 20");
        receive(0, "127.0.0.1", 8080);
        a.expect(A, "192.168.64.1 > 192.168.64.2 udp 8080 > 4000 of 20");
        receive(0, "127.0.0.1", 8081);
        receive(0, REMOTE, 8080);
        a.expectSilence();
        a.ipv6(Packets.udp6(A6, Lan.IP6, 4000, 8080, DATA));
        outside.last().expect("127.0.0.1 8080 of 20");
        receive(1, "127.0.0.1", 8080);
        a.expect(A, "fd00:0:0:1::1 > fd00:0:0:1::2 udp 8080 > 4000 of 20");
        nat.hostPorts().forbid(true, 8080);
        a.ipv4(udp(Lan.IP4, 4001, 8080)).expect("192.168.64.1 > 192.168.64.2 unreachable 3 of 48");
    }

    @Test
    void whereNobodyListensAtIpv4TheHostsIpv6LoopbackIsTried() {
        nat.hostPorts().allow(true, 8080);
        a.ipv4(udp(Lan.IP4, 4000, 8080));
        outside.last().fail(OutsideError.REFUSED, 0, "127.0.0.1", 8080, lan.now);
        lan.network.flush();
        a.expectSilence();
        a.ipv4(udp(Lan.IP4, 4000, 8080));
        outside.last().expect("::1 8080 of 20");
        outside.last().fail(OutsideError.REFUSED, 0, "::1", 8080, lan.now);
        lan.network.flush();
        a.expect("192.168.64.1 > 192.168.64.2 unreachable 3 of 28");
        assertThat(outside.open()).isZero();
        a.ipv4(udp(Lan.IP4, 4000, 8080));
        outside.last().expect("127.0.0.1 8080 of 20");
    }

    @Test
    void onANetworkWithoutAWayOutNothingIsSent() {
        Lan inner = new Lan(false, 1500, List.of()).settled();
        RecordingOutside none = new RecordingOutside();
        inner.gateway.attachNat(LIMITS, none, null, inner.now);
        inner.guest(A).ipv4(udp(REMOTE, 4000, 7)).expect("192.168.64.1 > 192.168.64.2 unreachable 0 of 48");
        assertThat(none.sockets).isEmpty();
    }
}
