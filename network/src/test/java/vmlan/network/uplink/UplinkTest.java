package vmlan.network.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.Recorder;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.gateway.Packets;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// Bridging as it stands.
class UplinkTest {
    private static final String OTHER = "02:00:00:00:00:77";
    private static final byte[] UDP = Packets.udp4("192.168.1.20", "192.168.1.1", 9, 9, new byte[9]);
    private static final String UDP_LINE = "192.168.1.20 > 192.168.1.1 udp 9 > 9 of 9";
    private static final byte[] BACK = Packets.udp4("192.168.1.1", "192.168.1.20", 9, 9, new byte[9]);
    private static final String BACK_LINE = "192.168.1.1 > 192.168.1.20 udp 9 > 9 of 9";

    private final Site site = new Site(false);
    private final Site.Guest a = site.guest(Site.A);
    private final Site.Guest b = site.guest(Site.B);

    private static long drops(SwitchPort port) {
        long all = 0;
        for (DropReason reason : DropReason.values()) {
            all += port.drops(reason);
        }
        return all;
    }

    @Test
    void aFrameToAStationOfTheLanGoesThereOnly() {
        a.send(Site.ROUTER, 0x0800, UDP);
        site.expectLan("a > router: " + UDP_LINE).expectSilence();
        assertThat(site.uplink.port().transmittedFrames()).isEqualTo(1);
    }

    @Test
    void aFrameToTheNicGoesToTheHostOnly() {
        a.send(Site.NIC, 0x0800, UDP);
        site.expectHost("a > nic: " + UDP_LINE).expectSilence();
        b.expectSilence();
        assertThat(site.uplink.port().transmittedBytes()).isEqualTo(14 + UDP.length);
    }

    @Test
    void aFrameToAGroupGoesToHostLanAndGuests() {
        a.arp(1, "192.168.1.20", Site.NOBODY, "192.168.1.1");
        String line = "a > all: who has 192.168.1.1 at ?, says 192.168.1.20 at a";
        site.expectHost(line).expectLan(line).expectSilence();
        b.expect(line).expectSilence();
        assertThat(site.uplink.port().transmittedFrames()).as("one frame").isEqualTo(1);
    }

    @Test
    void guestsTalkInsideTheSwitch() {
        b.announce("192.168.1.21");
        site.clear();
        a.clear();
        a.send(Site.B, 0x0800, UDP);
        b.expect("a > b: " + UDP_LINE);
        site.expectSilence();
    }

    @Test
    void isolatedGuestsReachLanAndHostButNotEachOther() {
        Site.Guest x = site.new Guest("52:54:00:00:00:1a", true);
        Site.Guest y = site.new Guest("52:54:00:00:00:1b", true);
        x.announce("192.168.1.30");
        y.expectSilence();
        assertThat(site.wire.lan).hasSize(1);
        assertThat(site.wire.host).hasSize(1);
        site.fromLan(x.mac, Site.ROUTER, 0x0800, BACK);
        x.expect("router > " + x.mac + ": " + BACK_LINE);
        y.expectSilence();
        site.fromHost(Packets.ALL, 0x0800, BACK);
        x.expect("nic > all: " + BACK_LINE);
        y.expect("nic > all: " + BACK_LINE);
    }

    @Test
    void framesOfTheLanReachTheGuestsTheyAreFor() {
        a.announce("192.168.1.20");
        b.clear();
        site.fromLan(Site.A, Site.ROUTER, 0x0800, BACK);
        a.expect("router > a: " + BACK_LINE);
        b.expectSilence();
        site.fromLan(Packets.ALL, Site.ROUTER, 0x0800, BACK);
        a.expect("router > all: " + BACK_LINE);
        b.expect("router > all: " + BACK_LINE);
        assertThat(site.uplink.port().receivedFrames()).isEqualTo(2);
    }

    @Test
    void framesForTheHostAndForOthersAreNotOurs() {
        a.announce("192.168.1.20");
        b.clear();
        site.fromLan(Site.NIC, Site.ROUTER, 0x0800, BACK);
        site.fromLan(OTHER, Site.ROUTER, 0x0800, BACK);
        site.fromHost(Site.ROUTER, 0x0800, UDP);
        a.expectSilence();
        b.expectSilence();
        assertThat(drops(site.uplink.port())).isZero();
        assertThat(site.uplink.port().receivedFrames()).isZero();
    }

    @Test
    void framesOfTheHostReachGuestsAndGroups() {
        a.announce("192.168.1.20");
        b.clear();
        site.fromHost(Site.A, 0x0800, BACK);
        a.expect("nic > a: " + BACK_LINE);
        b.expectSilence();
        site.fromHost(Packets.ALL, 0x0800, BACK);
        a.expect("nic > all: " + BACK_LINE);
        b.expect("nic > all: " + BACK_LINE);
    }

    @Test
    void ourOwnFramesThatComeBackAreDropped() {
        byte[] payload = Packets.arp(1, Site.A, "192.168.1.20", Site.NOBODY, "192.168.1.1");
        a.send(Packets.ALL, 0x0806, payload);
        b.clear();
        site.fromLan(Packets.ALL, Site.A, 0x0806, payload);
        site.fromLan(Site.NIC, Site.A, 0x0800, UDP);
        b.expectSilence();
        a.expectSilence();
        site.fromLan(Packets.ALL, Site.NIC, 0x0800, UDP);
        a.expectSilence();
        assertThat(drops(site.uplink.port())).isZero();
        site.fromLan(Site.A, Site.ROUTER, 0x0800, BACK);
        a.expect("router > a: " + BACK_LINE);
    }

    @Test
    void aStationOfTheLanCannotTakeAGuestsMac() {
        a.announce("192.168.1.20");
        site.clear();
        b.clear();
        site.fromLan(Packets.ALL, Site.A, 0x0800, UDP);
        b.send(Site.A, 0x0800, BACK);
        a.expect("b > a: " + BACK_LINE);
        site.expectSilence();
    }

    @Test
    void aPinnedMacIsTakenByNoFrameAtAll() {
        a.pinned();
        b.announce("192.168.1.21");
        a.clear();
        site.fromLan(Site.B, Site.A, 0x0800, UDP);
        b.expectSilence();
        assertThat(site.uplink.port().drops(DropReason.SPOOFED)).isEqualTo(1);
        b.send(Site.A, 0x0800, BACK);
        a.expect("b > a: " + BACK_LINE);
    }

    @Test
    void aGuestThatUsesTheRoutersMacDoesNotSilenceTheRouter() {
        a.announce("192.168.1.20");
        b.sendAs(Site.ROUTER, Packets.ALL, 0x0800, BACK);
        a.clear();
        site.clear();
        site.fromLan(Site.A, Site.ROUTER, 0x0800, BACK);
        a.expect("router > a: " + BACK_LINE);
        a.send(Site.ROUTER, 0x0800, UDP);
        site.expectLan("a > router: " + UDP_LINE);
    }

    @Test
    void aGuestCannotTakeTheNicsMac() {
        a.sendAs(Site.NIC, Packets.ALL, 0x0800, UDP).expectDropped(DropReason.SPOOFED, 1);
        site.expectSilence();
        b.expectSilence();
        b.send(Site.NIC, 0x0800, UDP);
        site.expectHost("b > nic: " + UDP_LINE);
    }

    @Test
    void aNewMacOfTheNicIsTheHostsAndTheOldOneIsNot() {
        site.nic(OTHER);
        a.send(OTHER, 0x0800, UDP);
        site.expectHost("a > " + OTHER + ": " + UDP_LINE).expectSilence();
        b.sendAs(OTHER, Packets.ALL, 0x0800, UDP).expectDropped(DropReason.SPOOFED, 1);
        a.sendAs(Site.NIC, Site.ROUTER, 0x0800, UDP).expectDropped(DropReason.SPOOFED, 0);
        site.expectLan("nic > router: " + UDP_LINE);
    }

    @Test
    void whatTheNicCannotCarryIsCountedAtTheSender() {
        a.send(Site.ROUTER, 0x88b5, new byte[1500]);
        a.send(Site.ROUTER, 0x8100, new byte[1504]);
        assertThat(site.wire.lan).hasSize(2);
        site.clear();
        a.send(Site.ROUTER, 0x88b5, new byte[1501]);
        a.send(Site.ROUTER, 0x8100, new byte[1505]);
        a.send(Packets.ALL, 0x88b5, new byte[1501]).expectDropped(DropReason.TOO_LONG, 3);
        site.expectSilence();
    }

    @Test
    void whatTheWireHasNoRoomForIsCountedAtTheUplink() {
        site.wire.isFull = true;
        a.send(Site.ROUTER, 0x0800, UDP).send(Site.NIC, 0x0800, UDP);
        assertThat(site.uplink.port().drops(DropReason.QUEUE_FULL)).isEqualTo(2);
        assertThat(site.uplink.port().transmittedFrames()).isZero();
        a.expectDropped(DropReason.QUEUE_FULL, 0);
    }

    @Test
    void withoutANicNothingPasses() {
        Site.FakeWire wire = new Site.FakeWire();
        Switch network = new Switch(16, 1000, 1);
        Uplink uplink = new Uplink(network, wire, new AddressTable(List.of(), 0), true, 0);
        Recorder guest = new Recorder().connect(network, "a", false);
        byte[] frame = Packets.ethernet(Packets.ALL, Site.A, 0x0800, UDP);
        Recorder.send(network, guest.port(), frame, 0);
        uplink.received(Recorder.buffer(frame), 4, frame.length, false, 0);
        uplink.announce(0);
        uplink.tick(0);
        assertThat(wire.lan).isEmpty();
        assertThat(wire.host).isEmpty();
        assertThat(wire.wanted).isEmpty();
        assertThat(guest.count()).isZero();
        assertThat(uplink.port().drops(DropReason.NOT_ATTACHED)).isEqualTo(1);
    }

    @Test
    void runtsFromTheNicAreCounted() {
        site.received(new byte[13], false);
        assertThat(site.uplink.port().drops(DropReason.RUNT)).isEqualTo(1);
    }

    @Test
    void theKernelIsToldWhatIsOfUseAtOnceAndThenOnceASecond() {
        a.pinned();
        site.pass(0);
        assertThat(site.wire.wanted)
                .containsExactly(new Wire.Wanted(
                        MacAddress.parse(Site.NIC).bits(),
                        false,
                        List.of(a.address().bits()),
                        List.of(),
                        List.of()));
        b.announce("192.168.1.21");
        site.pass(0.9);
        assertThat(site.wire.wanted).hasSize(1);
        site.pass(0.2);
        assertThat(site.wire.wanted).hasSize(2);
        assertThat(site.wire.wanted.getLast().guestMacs())
                .containsExactly(a.address().bits(), b.address().bits());
        site.fromLan(Packets.ALL, Site.ROUTER, 0x0800, BACK);
        site.pass(5);
        assertThat(site.wire.wanted).as("a station of the LAN changes nothing").hasSize(2);
        b.announce("192.168.1.22");
        site.pass(5);
        assertThat(site.wire.wanted).as("nor do addresses").hasSize(2);
        site.network.disconnect(b.port());
        site.pass(0);
        assertThat(site.wire.wanted).hasSize(3);
    }

    @Test
    void madeUpStationsDoNotPushOutThoseOfPorts() {
        a.pinned();
        for (int i = 0; i < 500; i++) {
            b.sendAs("06:00:00:00:%02x:%02x".formatted(i >> 8, i & 255), Packets.ALL, 0x0800, UDP);
        }
        site.pass(0);
        assertThat(site.wire.wanted).hasSize(1);
        assertThat(site.wire.wanted.getFirst().guestMacs())
                .contains(a.address().bits())
                .hasSizeLessThanOrEqualTo(WantedFrames.MAX_STATIONS);
        long[] few = site.network.stationsBehindOthers(site.uplink.port(), 3, site.now);
        assertThat(few).hasSize(3).contains(a.address().bits());
    }

    @Test
    void aGuestsAddressesAreKnownFromWhatItSends() {
        a.announce("192.168.1.20");
        a.test("fe80::a");
        a.ipv6(Packets.udp6("2001:db8::a", "2001:db8::1", 9, 9, new byte[1]));
        assertThat(site.addresses.ipv4Of(a.address())).contains(Ipv4Address.parse("192.168.1.20"));
        site.pass(2);
        a.ipv6(Packets.icmp6(
                "2001:db8::a",
                "ff02::1:ff00:1",
                255,
                135,
                0,
                0,
                Packets.bytes(Packets.ip6("2001:db8::1"), Packets.macOption(1, Site.A))));
        assertThat(site.addresses.ipv6Of(a.address()))
                .containsExactly(Ipv6Address.parse("2001:db8::a"), Ipv6Address.parse("fe80::a"));
        assertThat(site.addresses.ipv4Of(b.address())).isEmpty();
    }

    @Test
    void whatIsTaggedShowsNoAddress() {
        a.send(Packets.ALL, 0x8100, Packets.bytes(Packets.hex("00050800"), UDP));
        assertThat(site.addresses.all()).isEmpty();
        assertThat(site.wire.lan).hasSize(1);
    }
}
