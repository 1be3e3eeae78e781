package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.Recorder;
import vmlan.packet.Ipv4Address;

/// What guests send to the gateway's port, and who behind it gets it.
class HostDoorTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final String A4 = "192.168.64.2";
    private static final String A6 = "fd00:0:0:1::2";
    private static final String A_LINK_LOCAL = "fe80::5054:ff:fe00:a";
    private static final byte[] DATA = new byte[20];

    private final Lan lan = new Lan(false, 1500).settled();
    private final Lan.Guest a = lan.guest(A);
    private final RecordingHost host = new RecordingHost(lan, false);

    private static byte[] echo4(String to, int type, int code) {
        return Packets.ipv4(A4, to, 1, Packets.icmp(type, code, 0x1234_0001, DATA));
    }

    private static byte[] icmp6(String to, int hopLimit, int type) {
        return Packets.icmp6(A6, to, hopLimit, type, 0, 0x1234_0001, DATA);
    }

    private static byte[] na(String from, String to, String target, int flags, byte[] options) {
        return Packets.icmp6(from, to, 255, 136, 0, flags, Packets.bytes(Packets.ip6(target), options));
    }

    @Test
    void tcpAndUdpToTheGatewaysAddressesAreTheHosts() {
        byte[] syn = Packets.tcp(4000, 80, 1, 0, 2, new byte[0]);
        byte[] tcp4 = Packets.tcp4(A4, Lan.IP4, syn);
        byte[] tcp6 = Packets.tcp6(A6, Lan.IP6, syn);
        byte[] udp4 = Packets.udp4(A4, Lan.IP4, 4000, 53, DATA);
        byte[] udp6 = Packets.udp6(A_LINK_LOCAL, Lan.LINK_LOCAL, 4000, 53, DATA);
        byte[] sctp = Packets.ipv4(A4, Lan.IP4, 132, DATA);
        a.ipv4(tcp4).ipv6(tcp6).ipv4(udp4).ipv6(udp6).ipv4(sctp).expectSilence().expectDropped(null, 0);
        host.expect(tcp4).expect(tcp6).expect(udp4).expect(udp6).expect(sctp).expectSilence();
    }

    @Test
    void withoutAHostSideTheEngineRefusesAsBefore() {
        Lan alone = new Lan().settled();
        alone.guest(A)
                .ipv4(Packets.udp4(A4, Lan.IP4, 4000, 53, DATA))
                .expect("192.168.64.1 > 192.168.64.2 unreachable 3 of 48");
    }

    @Test
    void echoesAreAnsweredByTheEngineAlone() {
        a.ipv4(echo4(Lan.IP4, 8, 0)).expect("192.168.64.1 > 192.168.64.2 echo reply id 4660 seq 1 of 20");
        a.ipv6(icmp6(Lan.IP6, 64, 128)).expect("fd00:0:0:1::1 > fd00:0:0:1::2 echo reply id 4660 seq 1 of 20");
        a.multicast(icmp6("ff02::1", 64, 128)).expect("fd00:0:0:1::1 > fd00:0:0:1::2 echo reply id 4660 seq 1 of 20");
        a.expectSilence();
        host.expectSilence();
    }

    @Test
    void echoesInPiecesAreTheHosts() {
        byte[] first = Packets.ipv4(A4, Lan.IP4, 1, 64, 0x2000, Packets.icmp(8, 0, 1, DATA));
        byte[] later = Packets.ipv4(A4, Lan.IP4, 1, 64, 0x0004, DATA);
        byte[] first6 = Packets.ipv6(
                A6,
                Lan.IP6,
                44,
                64,
                Packets.bytes(Packets.hex("3a00000100000001"), Packets.icmp(128, 0, 1, new byte[8])));
        byte[] later6 = Packets.ipv6(A6, Lan.IP6, 44, 64, Packets.bytes(Packets.hex("3a00001000000001"), new byte[16]));
        a.ipv4(first).ipv4(later).ipv6(first6).ipv6(later6).expectSilence().expectDropped(null, 0);
        host.expect(first).expect(later).expect(first6).expect(later6).expectSilence();
    }

    @Test
    void echoRepliesAndErrorsGoToTheHostToo() {
        byte[] reply = echo4(Lan.IP4, 0, 0);
        byte[] unreachable = echo4(Lan.IP4, 3, 4);
        byte[] reply6 = icmp6(Lan.IP6, 64, 129);
        byte[] tooBig = icmp6(Lan.IP6, 64, 2);
        a.ipv4(reply)
                .ipv4(unreachable)
                .ipv6(reply6)
                .ipv6(tooBig)
                .expectSilence()
                .expectDropped(null, 0);
        host.expect(reply).expect(unreachable).expect(reply6).expect(tooBig).expectSilence();
    }

    @Test
    void theGatewaysOwnPingStillWorks() {
        lan.gateway.ping(Ipv4Address.parse(A4), 3 * Lan.SECOND, lan.now, lan.pings::add);
        a.expect("arp request 192.168.64.1 is at " + Lan.MAC + ", who has " + A4);
        a.send(Lan.MAC, 0x0806, Packets.arp(2, A, A4, Lan.MAC, Lan.IP4));
        byte[] echo = a.recorder.poll();
        byte[] message = Arrays.copyOfRange(echo, 34, echo.length);
        int rest = ByteBuffer.wrap(message).getInt(4);
        byte[] data = Arrays.copyOfRange(message, 8, message.length);
        a.ipv4(Packets.ipv4(A4, Lan.IP4, 1, Packets.icmp(0, 0, rest, data)));
        assertThat(lan.pings).extracting(PingOutcome::answered).containsExactly(true);
    }

    @Test
    void questionsForTheGatewaysAddressAreAnsweredByTheEngineAlone() {
        a.arp(Packets.arp(1, A, A4, "00:00:00:00:00:00", Lan.IP4))
                .expect("arp reply 192.168.64.1 is at " + Lan.MAC + ", to " + A4);
        byte[] slla = Packets.macOption(1, A);
        byte[] target = Packets.bytes(Packets.ip6(Lan.IP6), slla);
        a.multicast(Packets.icmp6(A6, "ff02::1:ff00:1", 255, 135, 0, 0, target))
                .expect(Lan.IP6 + " > " + A6 + " na " + Lan.IP6 + " flags SO [tlla " + Lan.MAC + "]");
        a.ipv6(Packets.icmp6(A6, Lan.IP6, 255, 135, 0, 0, target))
                .expect(Lan.IP6 + " > " + A6 + " na " + Lan.IP6 + " flags SO [tlla " + Lan.MAC + "]");
        a.multicast(Packets.icmp6(A_LINK_LOCAL, "ff02::2", 255, 133, 0, 0, slla));
        host.expectSilence();
    }

    @Test
    void answersToTheHostsQuestionsReachIt() {
        byte[] arp = Packets.arp(2, A, A4, Lan.MAC, Lan.IP4);
        byte[] solicited = na(A6, Lan.IP6, A6, 0x6000_0000, Packets.macOption(2, A));
        byte[] toAll = na(A_LINK_LOCAL, "ff02::1", A6, 0x2000_0000, Packets.macOption(2, A));
        byte[] toOther = Packets.arp(2, A, A4, Lan.MAC, "10.0.0.5"); // of another interface of the host
        a.send(Lan.MAC, 0x0806, arp)
                .send(Lan.MAC, 0x0806, toOther)
                .ipv6(solicited)
                .multicast(toAll)
                .expectDropped(null, 0);
        host.expect(arp).expect(toOther).expect(solicited).expect(toAll).expectSilence();
        assertThat(lan.neighbours.all()).hasSize(2);
    }

    @Test
    void nobodyTellsTheHostWhoHasItsOwnAddress() {
        a.send(Lan.MAC, 0x0806, Packets.arp(2, A, Lan.IP4, Lan.MAC, Lan.IP4))
                .ipv6(na(A6, Lan.IP6, Lan.IP6, 0x6000_0000, Packets.macOption(2, A)))
                .multicast(na(A6, "ff02::1", Lan.LINK_LOCAL, 0x2000_0000, Packets.macOption(2, A)))
                .ipv4(Packets.udp4(Lan.IP4, Lan.IP4, 9, 9, DATA))
                .ipv6(Packets.udp6(Lan.LINK_LOCAL, Lan.IP6, 9, 9, DATA))
                .expectDropped(DropReason.SPOOFED, 5);
        host.expectSilence();
    }

    @Test
    void nobodySpeaksForAnothersMac() {
        a.send(Lan.MAC, 0x0806, Packets.arp(2, "52:54:00:00:00:0b", A4, Lan.MAC, Lan.IP4))
                .ipv6(na(A6, Lan.IP6, A6, 0x6000_0000, Packets.macOption(2, "52:54:00:00:00:0b")));
        host.expectSilence();
    }

    @Test
    void multicastAndBroadcastReachTheHost() {
        byte[] mdns4 = Packets.udp4(A4, "224.0.0.251", 5353, 5353, DATA);
        byte[] mdns6 = Packets.udp6(A_LINK_LOCAL, "ff02::fb", 5353, 5353, DATA);
        byte[] toAll = Packets.udp4(A4, "255.255.255.255", 9, 9, DATA);
        byte[] toNetwork = Packets.udp4(A4, "192.168.64.255", 9, 9, DATA);
        byte[] listener = Packets.icmp6(A_LINK_LOCAL, "ff02::16", 1, 143, 0, 0, DATA);
        a.send("01:00:5e:00:00:fb", 0x0800, mdns4)
                .multicast(mdns6)
                .send(Packets.ALL, 0x0800, toAll)
                .send(Packets.ALL, 0x0800, toNetwork)
                .multicast(listener)
                .expectSilence()
                .expectDropped(null, 0);
        host.expect(mdns4)
                .expect(mdns6)
                .expect(toAll)
                .expect(toNetwork)
                .expect(listener)
                .expectSilence();
    }

    @Test
    void whatConfiguresStationsNeverReachesTheHost() {
        for (int port : new int[] {67, 68, 546, 547}) {
            a.ipv4(Packets.udp4(A4, Lan.IP4, 9, port, DATA))
                    .send(Packets.ALL, 0x0800, Packets.udp4(A4, "255.255.255.255", port, 9, DATA))
                    .send("01:00:5e:00:00:01", 0x0800, Packets.udp4(A4, "224.0.0.1", 9, port, DATA))
                    .ipv6(Packets.udp6(A6, Lan.LINK_LOCAL, port, port, DATA))
                    .multicast(Packets.udp6(A_LINK_LOCAL, "ff02::1", 547, 546, DATA));
        }
        for (int type : new int[] {5, 9, 10}) {
            a.ipv4(echo4(Lan.IP4, type, 1)).send("01:00:5e:00:00:01", 0x0800, echo4("224.0.0.1", type, 0));
        }
        for (int type : new int[] {133, 134, 137, 138, 141, 142, 148, 149, 255}) {
            a.ipv6(icmp6(Lan.LINK_LOCAL, 255, type)).multicast(icmp6("ff02::1", 255, type));
        }
        host.expectSilence();
        assertThat(lan.gateway.port().drops(DropReason.FAULT)).isZero();
    }

    @Test
    void norInPieces() {
        String[] firsts = {
            // a datagram's ports, or a message's type, in the first fragment; its header cut off
            "1100000100000001 0223022200100000",
            "3a00000100000001 8600000000000000",
            "3a00000100000001 8600",
            "1100000100000001 0009",
            "3c00000100000001 3a00010400000000 8600000000000000"
        };
        for (String first : firsts) {
            a.ipv6(Packets.ipv6(A_LINK_LOCAL, Lan.LINK_LOCAL, 44, 255, Packets.hex(first)))
                    .multicast(Packets.ipv6(A_LINK_LOCAL, "ff02::1", 44, 255, Packets.hex(first)));
        }
        a.ipv4(Packets.ipv4(A4, Lan.IP4, 17, 64, 0x2000, Packets.hex("0043004400100000")))
                .ipv4(Packets.ipv4(A4, Lan.IP4, 17, 64, 0x2000, Packets.hex("00430044")))
                .expectSilence();
        host.expectSilence();
        assertThat(a.port().drops(DropReason.FRAGMENT)).isGreaterThan(0);
    }

    @Test
    void elsewhereIsRefusedWhenTheHostDoesNotForward() {
        a.ipv4(echo4("8.8.8.8", 8, 0)).expect("192.168.64.1 > 192.168.64.2 unreachable 0 of 48");
        a.ipv6(icmp6("2001:db8::1", 64, 128)).expect("fd00:0:0:1::1 > fd00:0:0:1::2 unreachable 0 of 68");
        host.expectSilence();
    }

    @Test
    void otherStationsAndKindsOfFramesAreNotTheHosts() {
        a.send("52:54:00:00:00:99", 0x0800, Packets.udp4(A4, Lan.IP4, 9, 9, DATA))
                .send(Packets.ALL, 0x0800, Packets.udp4(A4, Lan.IP4, 9, 9, DATA))
                .send("33:33:00:00:00:01", 0x86dd, Packets.udp6(A6, Lan.IP6, 9, 9, DATA))
                .send(Lan.MAC, 0x88cc, DATA)
                .send(Packets.ALL, 0x8100, DATA)
                .ipv4(Packets.udp4("127.0.0.1", Lan.IP4, 9, 9, DATA))
                .ipv4(Packets.udp4("0.0.0.0", Lan.IP4, 9, 9, DATA))
                .ipv6(Packets.udp6("::1", Lan.IP6, 9, 9, DATA))
                .ipv6(Packets.udp6("::", Lan.IP6, 9, 9, DATA));
        host.expectSilence();
    }

    @Test
    void aHostWithoutRoomIsCountedOnTheGatewaysPort() {
        host.hasRoom = false;
        a.ipv4(Packets.udp4(A4, Lan.IP4, 9, 9, DATA))
                .multicast(Packets.udp6(A_LINK_LOCAL, "ff02::fb", 5353, 5353, DATA))
                .send(Lan.MAC, 0x0806, Packets.arp(2, A, A4, Lan.MAC, Lan.IP4))
                .expectSilence()
                .expectDropped(null, 0);
        assertThat(lan.gateway.port().drops(DropReason.QUEUE_FULL)).isEqualTo(3);
    }

    @Test
    void theHostIsFlushedOnceForABatch() {
        byte[] frame = Packets.ethernet(Lan.MAC, A, 0x0800, Packets.udp4(A4, Lan.IP4, 9, 9, DATA));
        int before = host.recorder.flushes();
        for (int i = 0; i < 10; i++) {
            lan.network.receive(a.port(), Recorder.buffer(frame), 4, frame.length, lan.now);
        }
        assertThat(host.recorder.count()).isZero();
        lan.network.flush();
        assertThat(host.recorder.count()).isEqualTo(10);
        assertThat(host.recorder.flushes()).isEqualTo(before + 1);
    }

    @Test
    void theHostDoesNotAppearAmongTheNeighbours() {
        host.send(Packets.ALL, 0x0806, Packets.arp(1, Lan.MAC, Lan.IP4, "00:00:00:00:00:00", A4));
        a.expect("arp request 192.168.64.1 is at " + Lan.MAC + ", who has " + A4);
        assertThat(lan.neighbours.all()).isEmpty();
        assertThat(lan.gateway.port().drops(DropReason.SPOOFED)).isZero();
    }
}
