package vmlan.network.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.gateway.Neighbour;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

class AnnouncerTest {
    private static final MacAddress A = MacAddress.parse(Site.A);
    private static final List<Neighbour> KNOWN = List.of(
            new Neighbour(A, null, Ipv4Address.parse("192.168.1.20"), 0),
            new Neighbour(A, Ipv6Address.parse("2001:db8::a"), null, 0));
    private static final String ARP = " > all: who has 192.168.1.20 at ?, says 192.168.1.20 at ";
    private static final String NA = " > 33:33:00:00:00:01: 2001:db8::a > ff02::1 na 2001:db8::a O[tlla ";

    @Test
    void everyAddressIsAnnouncedTwiceAsecondApart() {
        Site site = new Site(false, KNOWN);
        site.uplink.announce(site.now);
        site.pass(0.9);
        site.expectLan("a" + ARP + "a").expectLan("a" + NA + "a]").expectSilence();
        site.pass(0.2);
        site.expectLan("a" + ARP + "a").expectLan("a" + NA + "a]").expectSilence();
        site.pass(100);
        site.expectSilence();
        assertThat(site.uplink.port().transmittedFrames()).isEqualTo(4);
    }

    @Test
    void behindOneMacItIsTheNics() {
        Site site = new Site(true, KNOWN);
        site.uplink.announce(site.now);
        site.pass(0);
        assertThat(site.wire.lan).allMatch(frame -> frame.length >= 60);
        site.expectLan("nic" + ARP + "nic").expectLan("nic" + NA + "nic]").expectSilence();
        site.pass(5);
        site.clear();
        site.nic("02:00:00:00:00:33");
        site.pass(0);
        site.expectLan("02:00:00:00:00:33" + ARP + "02:00:00:00:00:33");
    }

    @Test
    void behindOneMacAnewIpv6AddressIsToldOnceAndWithoutTranslationNot() {
        for (boolean translate : new boolean[] {true, false}) {
            Site site = new Site(translate);
            site.guest(Site.A).test("2001:db8::a");
            site.clear();
            site.pass(1.0);
            site.expectSilence();
            site.pass(0.5); // the test is over, nobody objected
            if (translate) {
                site.expectLan("nic" + NA + "nic]");
            }
            site.expectSilence();
            site.pass(60);
            site.expectSilence();
        }
    }

    @Test
    void tentativeAddressesAreNotAnnounced() {
        Site site = new Site(false);
        site.guest(Site.A).test("fe80::a").arp(1, "0.0.0.0", Site.NOBODY, "192.168.1.20");
        site.clear();
        site.uplink.announce(site.now);
        site.pass(0.5);
        site.expectSilence();
    }

    @Test
    void thousandsGoOutInSmallGoes() {
        List<Neighbour> many = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            many.add(new Neighbour(A, null, new Ipv4Address(0x0a000001 + i), 0));
        }
        Site site = new Site(false, many);
        site.uplink.announce(site.now);
        site.pass(0);
        assertThat(site.wire.lan).hasSize(32);
        site.pass(10);
        assertThat(site.wire.lan).hasSize(2 * AddressTable.LIMIT);
        site.clear();
        site.pass(60);
        site.expectSilence();
    }

    @Test
    void whatTheWireHasNoRoomForIsCounted() {
        Site site = new Site(false, KNOWN);
        site.wire.isFull = true;
        site.uplink.announce(site.now);
        site.pass(5);
        assertThat(site.uplink.port().drops(DropReason.QUEUE_FULL)).isEqualTo(4);
    }
}
