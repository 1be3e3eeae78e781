package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

class NeighboursTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final MacAddress MAC = MacAddress.parse(A);
    private static final Ipv6Address A6 = Ipv6Address.parse("fd00:0:0:1::a");
    private static final Ipv4Address A4 = Ipv4Address.parse("192.168.64.2");
    private static final String NS =
            Lan.LINK_LOCAL + " > fd00:0:0:1::a ns who has fd00:0:0:1::a [slla " + Lan.MAC + "]";
    private static final String ARP = "arp request 192.168.64.1 is at " + Lan.MAC + ", who has 192.168.64.2";
    private static final String NOBODY = "00:00:00:00:00:00";

    private static List<Neighbour> known(long seen) {
        return List.of(new Neighbour(MAC, A6, null, seen), new Neighbour(MAC, null, A4, seen));
    }

    private static byte[] advertisement() {
        return Packets.icmp6(
                "fd00:0:0:1::a",
                Lan.LINK_LOCAL,
                255,
                136,
                0,
                0x6000_0000,
                Packets.bytes(Packets.ip6("fd00:0:0:1::a"), Packets.macOption(2, A)));
    }

    @Test
    void whatWasKnownIsKnownAfterARestart() {
        Lan before = new Lan();
        Lan.Guest a = before.guest(A);
        a.arp(Packets.arp(1, A, "192.168.64.2", NOBODY, Lan.IP4));
        a.ipv6(advertisement());
        assertThat(before.neighbours.changes()).isEqualTo(2);
        Lan after = new Lan(true, 1500, before.neighbours.all());
        assertThat(after.neighbours.all()).isEqualTo(before.neighbours.all()).hasSize(2);
        assertThat(after.neighbours.ipv4Of(MAC)).contains(A4);
        assertThat(after.neighbours.ipv6Of(MAC)).containsExactly(A6);
        assertThat(after.neighbours.changes()).isZero();
    }

    @Test
    void afterARestartTheHostsAreAskedToShowThemselves() {
        Lan lan = new Lan(true, 1500, known(new Lan().now));
        Lan.Guest a = lan.guest(A);
        lan.gateway.solicitNeighbours(lan.now);
        a.expect(Lan.LINK_LOCAL + " > ff02::1 ra lifetime 1800 [slla " + Lan.MAC
                + ", mtu 1500, prefix fd00:0:0:1::, search]");
        a.expect(A, NS).expect(A, ARP).expectSilence();
        a.ipv6(advertisement()).arp(Packets.arp(2, A, "192.168.64.2", Lan.MAC, Lan.IP4));
        lan.pass(2.5);
        a.expectSilence();
        assertThat(lan.neighbours.all()).hasSize(2);
    }

    @Test
    void whoDoesNotAnswerAfterARestartStaysForAWhile() {
        Lan lan = new Lan(true, 1500, known(new Lan().now));
        lan.gateway.solicitNeighbours(lan.now);
        lan.pass(60);
        assertThat(lan.neighbours.all()).as("its VM may be paused").hasSize(2);
    }

    @Test
    void aQuietNeighbourIsAskedForAndGoesWhenItIsSilentThreeTimes() {
        Lan lan = new Lan(true, 1500, known(new Lan().now)).settled();
        Lan.Guest a = lan.guest(A);
        lan.pass(530);
        a.clear();
        lan.pass(10.5);
        a.expect(A, NS).expect(A, ARP).expectSilence();
        a.ipv6(advertisement());
        lan.pass(1);
        a.expect(A, ARP).expectSilence();
        lan.pass(2);
        a.expect(A, ARP).expectSilence();
        lan.pass(5);
        assertThat(lan.neighbours.ipv4Of(MAC)).isEmpty();
        assertThat(lan.neighbours.ipv6Of(MAC)).containsExactly(A6);
        assertThat(lan.neighbours.changes()).isEqualTo(1);
    }

    @Test
    void aTimeInTheFutureIsPutRight() {
        Lan lan = new Lan(true, 1500, known(new Lan().now + 1_000_000 * Lan.SECOND));
        assertThat(lan.neighbours.all()).allMatch(neighbour -> neighbour.seenNanos() == lan.now);
    }

    @Test
    void aPortKeepsSixtyFourAddressesAtMost() {
        Lan lan = new Lan().settled();
        Lan.Guest a = lan.guest(A);
        Lan.Guest b = lan.guest("52:54:00:00:00:0b");
        for (int i = 0; i < 1000; i++) {
            String address = "fd00:0:0:1::1:" + Integer.toHexString(i);
            a.multicast(Packets.icmp6(address, "ff02::1:ff00:1", 255, 135, 0, 0, Packets.ip6(Lan.IP6)));
        }
        assertThat(lan.neighbours.all()).hasSize(Neighbours.PORT_LIMIT);
        b.arp(Packets.arp(1, b.mac, "192.168.64.3", NOBODY, Lan.IP4));
        assertThat(lan.neighbours.all()).hasSize(Neighbours.PORT_LIMIT + 1);
    }

    @Test
    void testsOfManyAddressesAreForgottenAndMakeFewQuestions() {
        Lan lan = new Lan().settled();
        Lan.Guest a = lan.guest(A);
        for (int i = 0; i < 1000; i++) {
            String address = "fd00:0:0:1::1:" + Integer.toHexString(i);
            a.multicast(Packets.icmp6(
                    "::", "ff02::1:ff01:" + Integer.toHexString(i), 255, 135, 0, 0, Packets.ip6(address)));
        }
        lan.pass(30);
        assertThat(a.recorder.count()).isEqualTo(3 * Neighbours.PORT_LIMIT);
        assertThat(lan.neighbours.all()).isEmpty();
        a.arp(Packets.arp(1, A, "192.168.64.3", NOBODY, Lan.IP4));
        assertThat(lan.neighbours.all()).as("there is room again").hasSize(1);
    }

    @Test
    void thousandsOfNeighboursAreAskedForInSmallGoes() {
        List<Neighbour> many = new ArrayList<>();
        for (int i = 0; i < 2 * Neighbours.LIMIT; i++) {
            many.add(new Neighbour(new MacAddress(0x5254_0001_0000L + i), A6, null, 0));
        }
        Lan lan = new Lan(true, 1500, many);
        assertThat(lan.neighbours.all()).hasSize(Neighbours.LIMIT);
        Lan.Guest a = lan.guest(A);
        lan.gateway.solicitNeighbours(lan.now);
        assertThat(a.recorder.count()).isLessThan(70);
        lan.pass(30);
        assertThat(lan.neighbours.all()).isEmpty();
        assertThat(lan.neighbours.ipv4Of(MAC)).isEmpty();
    }

    @Test
    void aForgottenMacIsGone() {
        Lan lan = new Lan(true, 1500, known(new Lan().now));
        lan.neighbours.forget(MAC);
        assertThat(lan.neighbours.all()).isEmpty();
    }

    @Test
    void theIpv4AddressIsTheOneSeenLast() {
        Lan lan = new Lan().settled();
        Lan.Guest a = lan.guest(A);
        a.arp(Packets.arp(1, A, "192.168.64.7", NOBODY, Lan.IP4));
        lan.pass(1);
        a.arp(Packets.arp(1, A, "192.168.64.8", NOBODY, Lan.IP4));
        assertThat(lan.neighbours.ipv4Of(MAC)).contains(Ipv4Address.parse("192.168.64.8"));
        lan.pass(1);
        a.arp(Packets.arp(1, A, "192.168.64.7", NOBODY, Lan.IP4));
        assertThat(lan.neighbours.ipv4Of(MAC)).contains(Ipv4Address.parse("192.168.64.7"));
    }
}
