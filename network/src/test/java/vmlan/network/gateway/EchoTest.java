package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;

class EchoTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final String A4 = "192.168.64.2";
    private static final String A6 = "fd00:0:0:1::2";
    private static final String A_LINK_LOCAL = "fe80::5054:ff:fe00:a";
    private final Lan lan = new Lan().settled();
    private final Lan.Guest a = lan.guest(A);

    private static byte[] data(int length) {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++) {
            data[i] = (byte) (i * 7);
        }
        return data;
    }

    private static byte[] echo4(String to, int length) {
        return Packets.ipv4(A4, to, 1, Packets.icmp(8, 0, 0x1234_0001, data(length)));
    }

    private static byte[] echo6(String from, String to, int length) {
        return Packets.icmp6(from, to, 64, 128, 0, 0x1234_0001, data(length));
    }

    @Test
    void anEchoIsAnsweredWithItsData() {
        a.ipv4(echo4(Lan.IP4, 56));
        byte[] frame = a.recorder.poll();
        assertThat(Dump.of(frame)).isEqualTo("192.168.64.1 > 192.168.64.2 echo reply id 4660 seq 1 of 56");
        assertThat(frame).endsWith(data(56));
        a.expectSilence();
    }

    @Test
    void anEchoOfNothingButZerosHasARightChecksum() {
        a.ipv4(Packets.ipv4(A4, Lan.IP4, 1, Packets.icmp(8, 0, 0, new byte[30])))
                .expect("192.168.64.1 > 192.168.64.2 echo reply id 0 seq 0 of 30");
    }

    @Test
    void everyLengthUpToTheMtuIsAnsweredOverBothFamilies() {
        for (int length = 0; length <= 1500 - 28; length += length < 70 ? 1 : 101) {
            a.ipv4(echo4(Lan.IP4, length))
                    .expect(A, "192.168.64.1 > 192.168.64.2 echo reply id 4660 seq 1 of " + length);
        }
        for (int length = 0; length <= 1500 - 48; length += length < 70 ? 1 : 101) {
            a.ipv6(echo6(A6, Lan.IP6, length))
                    .expect(A, "fd00:0:0:1::1 > fd00:0:0:1::2 echo reply id 4660 seq 1 of " + length);
        }
        a.expectSilence();
    }

    @Test
    void whatIsLongerThanTheMtuIsNotAnswered() {
        a.ipv4(echo4(Lan.IP4, 1472)).expect("192.168.64.1 > 192.168.64.2 echo reply id 4660 seq 1 of 1472");
        a.ipv4(echo4(Lan.IP4, 1473)).expectSilence().expectDropped(DropReason.TOO_LONG, 1);
        a.ipv6(echo6(A6, Lan.IP6, 1453)).expectSilence().expectDropped(DropReason.TOO_LONG, 2);
    }

    @Test
    void theLargestMtuWorks() {
        Lan big = new Lan(true, 65_520).settled();
        Lan.Guest b = big.guest(A);
        for (int i = 0; i < 20; i++) {
            b.ipv4(echo4(Lan.IP4, 65_492)).expect("192.168.64.1 > 192.168.64.2 echo reply id 4660 seq 1 of 65492");
        }
        b.ipv6(echo6(A6, Lan.IP6, 65_472)).expect("fd00:0:0:1::1 > fd00:0:0:1::2 echo reply id 4660 seq 1 of 65472");
        b.expectDropped(null, 0);
    }

    @Test
    void aWrongChecksumIsCountedAndDropped() {
        byte[] packet = echo4(Lan.IP4, 56);
        packet[40] ^= 1;
        a.ipv4(packet).expectSilence().expectDropped(DropReason.CHECKSUM, 1);
        packet = echo4(Lan.IP4, 56);
        packet[8] ^= 1;
        a.ipv4(packet).expectSilence().expectDropped(DropReason.CHECKSUM, 2);
        packet = echo6(A6, Lan.IP6, 56);
        packet[60] ^= 1;
        a.ipv6(packet).expectSilence().expectDropped(DropReason.CHECKSUM, 3);
    }

    @Test
    void fragmentsAreCountedAndDropped() {
        byte[] message = Packets.icmp(8, 0, 1, data(56));
        a.ipv4(Packets.ipv4(A4, Lan.IP4, 1, 64, 0x2000, message))
                .ipv4(Packets.ipv4(A4, Lan.IP4, 1, 64, 0x0010, message))
                .ipv6(Packets.ipv6(A6, Lan.IP6, 44, 64, Packets.hex("3a00000100000001 8000000000000000")))
                .expectSilence()
                .expectDropped(DropReason.FRAGMENT, 3);
    }

    @Test
    void aBroadcastIsNotAnswered() {
        a.send(Packets.ALL, 0x0800, echo4("255.255.255.255", 8))
                .send(Packets.ALL, 0x0800, echo4("192.168.64.255", 8))
                .send(Packets.ALL, 0x0800, echo4(Lan.IP4, 8))
                .send("01:00:5e:00:00:01", 0x0800, echo4("224.0.0.1", 8))
                .expectSilence();
    }

    @Test
    void ipv6AllNodesIsAnsweredFromTheAddressOfTheAskersScope() {
        a.multicast(echo6(A_LINK_LOCAL, "ff02::1", 8))
                .expect(A, Lan.LINK_LOCAL + " > " + A_LINK_LOCAL + " echo reply id 4660 seq 1 of 8");
        a.multicast(echo6(A6, "ff02::1", 8)).expect(A, "fd00:0:0:1::1 > fd00:0:0:1::2 echo reply id 4660 seq 1 of 8");
        a.ipv6(echo6(A_LINK_LOCAL, Lan.LINK_LOCAL, 8))
                .expect(A, Lan.LINK_LOCAL + " > " + A_LINK_LOCAL + " echo reply id 4660 seq 1 of 8")
                .expectSilence();
    }

    @Test
    void impossibleSourcesAreNotAnswered() {
        byte[] message = Packets.icmp(8, 0, 1, data(8));
        for (String source : new String[] {"127.0.0.1", "224.0.0.1", "255.255.255.255", "192.168.64.255"}) {
            a.ipv4(Packets.ipv4(source, Lan.IP4, 1, message));
        }
        a.ipv6(echo6("ff02::1", Lan.IP6, 8)).ipv6(echo6("::1", Lan.IP6, 8)).ipv6(echo6("::", Lan.IP6, 8));
        a.ipv6(echo6("::ffff:192.168.64.2", Lan.IP6, 8));
        a.expectSilence().expectDropped(DropReason.MARTIAN, 8);
    }

    @Test
    void whoSpeaksWithTheGatewaysAddressIsNotAnswered() {
        a.ipv4(Packets.ipv4(Lan.IP4, Lan.IP4, 1, Packets.icmp(8, 0, 1, data(8))))
                .ipv6(echo6(Lan.IP6, Lan.IP6, 8))
                .expectSilence()
                .expectDropped(DropReason.SPOOFED, 2);
    }

    @Test
    void aReplyThatNobodyWaitsForIsCounted() {
        a.ipv4(Packets.ipv4(A4, Lan.IP4, 1, Packets.icmp(0, 0, 1, data(8))))
                .ipv6(Packets.icmp6(A6, Lan.IP6, 64, 129, 0, 1, data(8)))
                .expectSilence()
                .expectDropped(DropReason.UNANSWERED, 2);
    }

    @Test
    void ipv4OptionsAreSteppedOver() {
        // header of six words: no operation four times
        byte[] header = Packets.hex("4600 0020 0000 0000 40 01 0000 c0a84002 c0a84001 01010101");
        int checksum = Packets.checksum(header);
        header[10] = (byte) (checksum >> 8);
        header[11] = (byte) checksum;
        a.ipv4(Packets.bytes(header, Packets.icmp(8, 0, 0x0001_0002, new byte[0])))
                .expect("192.168.64.1 > 192.168.64.2 echo reply id 1 seq 2 of 0");
    }
}
