package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;

/// What is not for the gateway's services gets an error, a reset or silence, by the rules of RFC 1122
/// §3.2.2, RFC 1812 §4.3 and RFC 4443 §2.4.
class RefusalsTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final String A4 = "192.168.64.2";
    private static final String A6 = "fd00:0:0:1::2";
    private static final byte[] DATA = new byte[20];
    private final Lan lan = new Lan().settled();
    private final Lan.Guest a = lan.guest(A);

    private static byte[] echo4(String to, int ttl, int fragment) {
        return Packets.ipv4(A4, to, 1, ttl, fragment, Packets.icmp(8, 0, 1, DATA));
    }

    private static byte[] echo6(String to, int hopLimit) {
        return Packets.icmp6(A6, to, hopLimit, 128, 0, 1, DATA);
    }

    @Test
    void elsewhereIsUnreachable() {
        a.ipv4(echo4("8.8.8.8", 64, 0)).expect(A, "192.168.64.1 > 192.168.64.2 unreachable 0 of 48");
        a.ipv6(echo6("2001:db8::1", 64)).expect(A, "fd00:0:0:1::1 > fd00:0:0:1::2 unreachable 0 of 68");
        a.expectSilence().expectDropped(DropReason.NO_ROUTE, 2);
    }

    @Test
    void aHostOfThisNetworkIsUnreachableThroughTheGateway() {
        a.ipv4(echo4("192.168.64.77", 64, 0)).expect("192.168.64.1 > 192.168.64.2 unreachable 1 of 48");
        a.ipv6(echo6("fd00:0:0:1::77", 64)).expect("fd00:0:0:1::1 > fd00:0:0:1::2 unreachable 3 of 68");
    }

    @Test
    void aUsedUpHopLimitIsReported() {
        a.ipv4(echo4("8.8.8.8", 1, 0)).expect("192.168.64.1 > 192.168.64.2 time exceeded 0 of 48");
        a.ipv6(echo6("2001:db8::1", 1)).expect("fd00:0:0:1::1 > fd00:0:0:1::2 time exceeded 0 of 68");
        a.expectSilence().expectDropped(DropReason.HOP_LIMIT, 2);
        a.ipv4(echo4(Lan.IP4, 1, 0)).expect("192.168.64.1 > 192.168.64.2 echo reply id 0 seq 1 of 20");
    }

    @Test
    void theErrorQuotesAsMuchAsItMay() {
        a.ipv4(Packets.ipv4(A4, "8.8.8.8", 17, new byte[1400]))
                .expect("192.168.64.1 > 192.168.64.2 unreachable 0 of 548");
        a.ipv6(Packets.ipv6(A6, "2001:db8::1", 17, 64, new byte[1400]))
                .expect("fd00:0:0:1::1 > fd00:0:0:1::2 unreachable 0 of 1232");
        byte[] packet = echo4("8.8.8.8", 64, 0);
        a.ipv4(packet);
        assertThat(a.recorder.poll()).endsWith(packet);
    }

    @Test
    void noErrorIsSentAboutAnError() {
        a.ipv4(Packets.ipv4(A4, "8.8.8.8", 1, Packets.icmp(3, 1, 0, DATA)))
                .ipv4(Packets.ipv4(A4, "8.8.8.8", 1, Packets.icmp(11, 0, 0, DATA)))
                .ipv4(Packets.ipv4(A4, "8.8.8.8", 1, new byte[0]))
                .ipv6(Packets.icmp6(A6, "2001:db8::1", 64, 1, 0, 0, DATA))
                .ipv6(Packets.icmp6(A6, "2001:db8::1", 64, 137, 0, 0, DATA))
                .ipv6(Packets.ipv6(A6, "2001:db8::1", 58, 64, new byte[0]))
                .expectSilence();
    }

    @Test
    void noErrorIsSentAboutALaterFragment() {
        a.ipv4(echo4("8.8.8.8", 64, 0x0001))
                .ipv6(Packets.ipv6(A6, "2001:db8::1", 44, 64, Packets.hex("1100000800000001 0000000000000000")))
                .expectSilence();
        a.ipv4(echo4("8.8.8.8", 64, 0x2000)).expect("192.168.64.1 > 192.168.64.2 unreachable 0 of 48");
    }

    @Test
    void noErrorIsSentAboutABroadcastOrMulticast() {
        a.send(Packets.ALL, 0x0800, echo4("8.8.8.8", 64, 0))
                .send(Packets.ALL, 0x0800, Packets.udp4(A4, "255.255.255.255", 9, 9, DATA))
                .send("01:00:5e:00:00:fb", 0x0800, Packets.udp4(A4, "224.0.0.251", 5353, 5353, DATA))
                .multicast(Packets.udp6(A6, "ff02::fb", 5353, 5353, DATA))
                .send("33:33:00:00:00:01", 0x86dd, Packets.udp6(A6, "2001:db8::1", 9, 9, DATA))
                .expectSilence();
    }

    @Test
    void addressesThatAreNowhereAreNotAnswered() {
        a.ipv4(echo4("127.0.0.1", 64, 0)).ipv4(echo4("0.0.0.0", 64, 0)).ipv4(echo4("240.0.0.1", 64, 0));
        a.ipv6(echo6("::1", 64)).ipv6(echo6("::", 64)).ipv6(echo6("fe80::99", 64));
        a.expectSilence().expectDropped(DropReason.MARTIAN, 6);
    }

    @Test
    void errorsAreLimitedForEachPort() {
        Lan.Guest b = lan.guest("52:54:00:00:00:0b");
        for (int i = 0; i < 100; i++) {
            a.ipv4(echo4("8.8.8.8", 64, 0));
        }
        assertThat(a.recorder.count()).isEqualTo(30);
        assertThat(a.port().drops(DropReason.RATE)).isEqualTo(70);
        b.ipv4(Packets.ipv4("192.168.64.3", "8.8.8.8", 17, DATA))
                .expect("192.168.64.1 > 192.168.64.3 unreachable 0 of 40");
        a.clear();
        lan.pass(1);
        for (int i = 0; i < 100; i++) {
            a.ipv6(echo6("2001:db8::1", 64));
        }
        assertThat(a.recorder.count()).as("ten a second, over both families").isEqualTo(10);
    }

    @Test
    void aClosedUdpPortIsUnreachable() {
        a.ipv4(Packets.udp4(A4, Lan.IP4, 4000, 53, DATA)).expect(A, "192.168.64.1 > 192.168.64.2 unreachable 3 of 48");
        a.ipv6(Packets.udp6(A6, Lan.IP6, 4000, 53, DATA))
                .expect(A, "fd00:0:0:1::1 > fd00:0:0:1::2 unreachable 4 of 68");
        a.ipv6(Packets.udp6("fe80::5054:ff:fe00:a", Lan.LINK_LOCAL, 4000, 53, DATA))
                .expect(A, Lan.LINK_LOCAL + " > fe80::5054:ff:fe00:a unreachable 4 of 68");
        a.expectSilence().expectDropped(null, 0);
    }

    @Test
    void udpWithAWrongChecksumOrOverIpv6WithoutOneIsDropped() {
        byte[] wrong = Packets.udp4(A4, Lan.IP4, 4000, 53, DATA);
        wrong[30] ^= 1;
        byte[] without = Packets.udp6(A6, Lan.IP6, 4000, 53, DATA);
        without[46] = 0;
        without[47] = 0;
        a.ipv4(wrong).ipv6(without).expectSilence().expectDropped(DropReason.CHECKSUM, 2);
        byte[] none = Packets.udp4(A4, Lan.IP4, 4000, 53, DATA);
        none[26] = 0;
        none[27] = 0;
        a.ipv4(none).expect("192.168.64.1 > 192.168.64.2 unreachable 3 of 48");
    }

    @Test
    void anUnknownProtocolIsReported() {
        a.ipv4(Packets.ipv4(A4, Lan.IP4, 132, DATA)).expect("192.168.64.1 > 192.168.64.2 unreachable 2 of 40");
        a.ipv6(Packets.ipv6(A6, Lan.IP6, 132, 64, DATA))
                .expect("fd00:0:0:1::1 > fd00:0:0:1::2 parameter problem 1 at 6");
        a.ipv6(Packets.ipv6(A6, Lan.IP6, 60, 64, Packets.hex("8400010400000000")))
                .expect("fd00:0:0:1::1 > fd00:0:0:1::2 parameter problem 1 at 40");
        a.ipv6(Packets.ipv6(A6, Lan.IP6, 59, 64, new byte[0])).expectSilence();
    }

    /// RFC 9293 §3.10.7.1: if the ACK bit is off, <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>; else
    /// <SEQ=SEG.ACK><CTL=RST>.
    @Test
    void aTcpConnectionIsRefused() {
        byte[] syn = Packets.tcp(4000, 80, 0xffff_ffff, 0, 2, new byte[0]);
        a.ipv4(Packets.tcp4(A4, Lan.IP4, syn)).expect(A, "192.168.64.1 > 192.168.64.2 tcp 80 > 4000 [R.] seq 0 ack 0");
        a.ipv6(Packets.tcp6(A6, Lan.IP6, syn))
                .expect(A, "fd00:0:0:1::1 > fd00:0:0:1::2 tcp 80 > 4000 [R.] seq 0 ack 0");
        byte[] data = Packets.tcp(4000, 80, 100, 7000, 16, DATA);
        a.ipv4(Packets.tcp4(A4, Lan.IP4, data)).expect("192.168.64.1 > 192.168.64.2 tcp 80 > 4000 [R] seq 7000 ack 0");
        byte[] finWithoutAck = Packets.tcp(4000, 80, 100, 7000, 1, DATA);
        a.ipv4(Packets.tcp4(A4, Lan.IP4, finWithoutAck))
                .expect("192.168.64.1 > 192.168.64.2 tcp 80 > 4000 [R.] seq 0 ack 121");
    }

    @Test
    void aResetIsNotAnswered() {
        a.ipv4(Packets.tcp4(A4, Lan.IP4, Packets.tcp(4000, 80, 1, 1, 4, new byte[0])))
                .ipv4(Packets.tcp4(A4, Lan.IP4, Packets.tcp(4000, 80, 1, 1, 20, new byte[0])))
                .expectSilence();
    }

    @Test
    void aBrokenSegmentIsCounted() {
        byte[] segment = Packets.tcp4(A4, Lan.IP4, Packets.tcp(4000, 80, 1, 1, 2, new byte[0]));
        segment[30] ^= 1;
        a.ipv4(segment).expectSilence().expectDropped(DropReason.CHECKSUM, 1);
    }

    @Test
    void framesForOthersAndOfOtherKindsAreLeftAlone() {
        a.send("52:54:00:00:00:99", 0x0800, echo4(Lan.IP4, 64, 0))
                .send(Packets.ALL, 0x88cc, DATA)
                .expectSilence()
                .expectDropped(null, 0);
        a.send(Lan.MAC, 0x88cc, DATA).expectSilence().expectDropped(DropReason.UNANSWERED, 1);
    }
}
