package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.Recorder;

/// What the host's network stack sends into the network, and a host that forwards.
class HostSendsTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final String A4 = "192.168.64.2";
    private static final String A6 = "fd00:0:0:1::2";
    private static final byte[] DATA = new byte[40];

    private final Lan lan = new Lan(true, 1500).settled();
    private final Lan.Guest a = lan.guest(A);
    private final Lan.Guest b = lan.guest("52:54:00:00:00:0b");
    private final RecordingHost host = new RecordingHost(lan, true);

    private long dropped(DropReason reason) {
        return lan.gateway.port().drops(reason);
    }

    @Test
    void theHostsFramesGoToTheGuestAsTheGatewaysOwn() {
        a.arp(Packets.arp(1, A, A4, "00:00:00:00:00:00", "192.168.64.77"));
        b.clear();
        host.ipv4(A, Packets.udp4(Lan.IP4, A4, 9, 9, DATA));
        a.expect(A, "192.168.64.1 > 192.168.64.2 udp 9 > 9 of 40").expectSilence();
        b.expectSilence();
        host.ipv6(A, Packets.udp6(Lan.IP6, A6, 9, 9, DATA));
        a.expect("fd00:0:0:1::1 > fd00:0:0:1::2 udp 9 > 9 of 40");
        host.ipv4(Packets.ALL, Packets.udp4(Lan.IP4, "192.168.64.255", 9, 9, DATA));
        a.expect("192.168.64.1 > 192.168.64.255 udp 9 > 9 of 40");
        b.expect("192.168.64.1 > 192.168.64.255 udp 9 > 9 of 40");
        host.expectSilence();
    }

    @Test
    void theHostsOwnQuestionsReachTheGuests() {
        byte[] ns = Packets.bytes(Packets.ip6(A6), Packets.macOption(1, Lan.MAC));
        host.ipv6("33:33:ff:00:00:02", Packets.icmp6(Lan.LINK_LOCAL, "ff02::1:ff00:2", 255, 135, 0, 0, ns));
        a.expect(Lan.LINK_LOCAL + " > ff02::1:ff00:2 ns who has " + A6 + " [slla " + Lan.MAC + "]");
        // the kernel's test of its own address for duplicates, which the engine does not take for a guest's
        host.ipv6("33:33:ff:00:00:01", Packets.icmp6("::", "ff02::1:ff00:1", 255, 135, 0, 0, Packets.ip6(Lan.IP6)));
        a.expect(":: > ff02::1:ff00:1 ns who has " + Lan.IP6 + " []").expectSilence();
        lan.pass(5);
        assertThat(lan.neighbours.all()).isEmpty();
        assertThat(dropped(DropReason.SPOOFED)).isZero();
    }

    @Test
    void theHostSpeaksWithTheGatewaysMacOnly() {
        host.sendFrom("52:54:00:00:00:99", A, 0x0800, Packets.udp4(Lan.IP4, A4, 9, 9, DATA));
        host.sendFrom(A, Packets.ALL, 0x0800, Packets.udp4(Lan.IP4, A4, 9, 9, DATA));
        assertThat(dropped(DropReason.SPOOFED)).isEqualTo(2);
        a.expectSilence();
    }

    @Test
    void theHostDoesNotConfigureStationsNorAskForIt() {
        long count = 0;
        for (int port : new int[] {67, 68, 546, 547}) {
            host.ipv4(Packets.ALL, Packets.udp4("0.0.0.0", "255.255.255.255", 9, port, DATA))
                    .ipv4(A, Packets.udp4(Lan.IP4, A4, port, 9, DATA))
                    .ipv6("33:33:00:01:00:02", Packets.udp6(Lan.LINK_LOCAL, "ff02::1:2", port, port, DATA));
            count += 3;
        }
        for (int type : new int[] {133, 134, 137, 138}) {
            host.ipv6("33:33:00:00:00:01", Packets.icmp6(Lan.LINK_LOCAL, "ff02::1", 255, type, 0, 0, DATA));
            count++;
        }
        for (int type : new int[] {5, 9, 10}) {
            host.ipv4(A, Packets.ipv4(Lan.IP4, A4, 1, Packets.icmp(type, 0, 0, DATA)));
            count++;
        }
        host.send(Packets.ALL, 0x8100, DATA);
        a.expectSilence();
        b.expectSilence();
        assertThat(dropped(DropReason.RESERVED_SERVICE)).isEqualTo(count + 1);
        assertThat(lan.leases.all()).isEmpty();
    }

    @Test
    void brokenFramesOfTheHostAreCounted() {
        byte[] runt = Packets.hex("525400000001 525400");
        lan.gateway.fromHost(Recorder.buffer(runt), 4, runt.length, lan.now);
        host.ipv4(A, Packets.hex("4500")).ipv6(A, Packets.hex("6000"));
        assertThat(dropped(DropReason.RUNT)).isEqualTo(1);
        assertThat(dropped(DropReason.MALFORMED)).isEqualTo(2);
        assertThat(dropped(DropReason.FAULT)).isZero();
        a.expectSilence();
    }

    @Test
    void whatIsForElsewhereIsForwardedByTheHost() {
        byte[] echo4 = Packets.ipv4(A4, "198.51.100.1", 1, Packets.icmp(8, 0, 1, DATA));
        byte[] lastHop = Packets.ipv4(A4, "198.51.100.1", 17, 1, 0, DATA);
        byte[] echo6 = Packets.icmp6(A6, "2001:db8:ff::1", 64, 128, 0, 1, DATA);
        byte[] tcp6 = Packets.tcp6(A6, "2001:db8:ff::1", Packets.tcp(9, 80, 1, 0, 2, new byte[0]));
        a.ipv4(echo4).ipv4(lastHop).ipv6(echo6).ipv6(tcp6).expectSilence().expectDropped(null, 0);
        host.expect(echo4).expect(lastHop).expect(echo6).expect(tcp6).expectSilence();
        host.ipv4(A, Packets.ipv4("198.51.100.1", A4, 1, Packets.icmp(0, 0, 1, DATA)));
        a.expect("198.51.100.1 > 192.168.64.2 echo reply id 0 seq 1 of 40");
    }

    /// Isolated guests would reach each other through it.
    @Test
    void whatIsForThisNetworkIsNot() {
        a.ipv4(Packets.udp4(A4, "192.168.64.3", 9, 9, DATA)).expect("192.168.64.1 > 192.168.64.2 unreachable 1 of 68");
        a.ipv6(Packets.udp6(A6, "fd00:0:0:1::3", 9, 9, DATA))
                .expect("fd00:0:0:1::1 > fd00:0:0:1::2 unreachable 3 of 88");
        host.expectSilence();
    }

    @Test
    void addressesThatAreNowhereAndConfigurationAreNotForwarded() {
        a.ipv4(Packets.udp4(A4, "127.0.0.1", 9, 9, DATA))
                .ipv4(Packets.udp4(A4, "240.0.0.1", 9, 9, DATA))
                .ipv6(Packets.udp6(A6, "::1", 9, 9, DATA))
                .ipv6(Packets.udp6(A6, "fe80::99", 9, 9, DATA))
                .ipv4(Packets.udp4(A4, "198.51.100.1", 9, 67, DATA))
                .ipv4(Packets.ipv4(A4, "198.51.100.1", 1, Packets.icmp(5, 1, 0, DATA)))
                .ipv6(Packets.icmp6(A6, "2001:db8:ff::1", 255, 134, 0, 0, DATA))
                .ipv6(Packets.icmp6(A6, "2001:db8:ff::1", 255, 135, 0, 0, DATA));
        host.expectSilence();
    }
}
