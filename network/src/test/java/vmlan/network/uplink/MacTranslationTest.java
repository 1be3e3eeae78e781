package vmlan.network.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.gateway.Packets;
import vmlan.packet.DhcpMessage;
import vmlan.packet.DhcpOptions;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;

/// Many guests behind one MAC address.
class MacTranslationTest {
    private static final String IP = "192.168.1.20";
    private static final String GATEWAY = "192.168.1.1";
    private static final String A_LL = "fe80::a";
    private static final String ROUTER_LL = "fe80::1";

    private final Site site = new Site(true);
    private final Site.Guest a = site.guest(Site.A).pinned();
    private final Site.Guest b = site.guest(Site.B).pinned();

    private static byte[] udp(String source, String destination) {
        return Packets.udp4(source, destination, 9, 9, new byte[9]);
    }

    private void settle() {
        site.clear();
        a.clear();
        b.clear();
    }

    private static byte[] dhcp(int operation, boolean broadcast, String yours) {
        DhcpMessage message = new DhcpMessage(
                operation,
                7,
                broadcast,
                Ipv4Address.ANY,
                Ipv4Address.parse(yours),
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                MacAddress.parse(Site.A),
                DhcpOptions.NONE
                        .withByte(DhcpOptions.MESSAGE_TYPE, 1)
                        .with(DhcpOptions.CLIENT_ID, Packets.bytes(new byte[] {1}, Packets.mac(Site.A))));
        ByteBuffer bytes = ByteBuffer.allocate(message.length());
        message.write(bytes, 0);
        return bytes.array();
    }

    private static byte[] request(boolean broadcast) {
        return Packets.udp4("0.0.0.0", "255.255.255.255", 68, 67, dhcp(1, broadcast, "0.0.0.0"));
    }

    private static byte[] reply(String destination) {
        return Packets.udp4(GATEWAY, destination, 67, 68, dhcp(2, false, IP));
    }

    @Test
    void aWholeConversationFromDhcpToData() {
        String asked = "0.0.0.0 > 255.255.255.255 udp 68 > 67 dhcp request of a";
        a.send(Packets.ALL, 0x0800, request(false));
        site.expectHost("a > all: " + asked)
                .expectLan("nic > all: " + asked + " broadcast")
                .expectSilence();
        b.expect("a > all: " + asked);
        String offered = "router > all: 192.168.1.1 > 255.255.255.255 udp 67 > 68 dhcp reply of a";
        site.fromLan(Packets.ALL, Site.ROUTER, 0x0800, reply("255.255.255.255"));
        a.expect(offered);
        b.expect(offered);
        // the guest probes its address, announces it, and looks for the router
        a.arp(1, "0.0.0.0", Site.NOBODY, IP);
        site.expectHost("a > all: who has 192.168.1.20 at ?, says 0.0.0.0 at a")
                .expectLan("nic > all: who has 192.168.1.20 at ?, says 0.0.0.0 at nic");
        a.announce(IP);
        site.expectHost("a > all: who has 192.168.1.20 at ?, says 192.168.1.20 at a")
                .expectLan("nic > all: who has 192.168.1.20 at ?, says 192.168.1.20 at nic");
        a.arp(1, IP, Site.NOBODY, GATEWAY);
        site.expectHost("a > all: who has 192.168.1.1 at ?, says 192.168.1.20 at a")
                .expectLan("nic > all: who has 192.168.1.1 at ?, says 192.168.1.20 at nic");
        b.clear();
        site.fromLan(Site.NIC, Site.ROUTER, 0x0806, Packets.arp(2, Site.ROUTER, GATEWAY, Site.NIC, IP));
        a.expect("router > a: to 192.168.1.20 at a, says 192.168.1.1 at router");
        a.send(Site.ROUTER, 0x0800, udp(IP, "8.8.8.8"));
        site.expectLan("nic > router: 192.168.1.20 > 8.8.8.8 udp 9 > 9 of 9");
        site.fromLan(Site.NIC, Site.ROUTER, 0x0800, udp("8.8.8.8", IP));
        a.expect("router > a: 8.8.8.8 > 192.168.1.20 udp 9 > 9 of 9").expectSilence();
        b.expectSilence();
        site.expectSilence();
    }

    @Test
    void theDhcpRequestKeepsTheGuestsChaddrAndClientId() {
        a.send(Packets.ALL, 0x0800, request(false));
        byte[] out = site.wire.lan.poll();
        DhcpMessage message =
                DhcpMessage.parse(ByteBuffer.wrap(out), 42, out.length - 42).orElseThrow();
        assertThat(message.broadcast()).isTrue();
        assertThat(message.clientMac()).isEqualTo(a.address());
        assertThat(message.options().bytes(DhcpOptions.CLIENT_ID))
                .hasValueSatisfying(id -> assertThat(id).endsWith(Packets.mac(Site.A)));
    }

    @Test
    void aBroadcastFlagThatIsSetAndAChecksumThatIsNotThereStay() {
        a.send(Packets.ALL, 0x0800, request(true));
        byte[] out = site.wire.lan.poll();
        assertThat(ByteBuffer.wrap(out, 14, out.length - 14)).isEqualTo(ByteBuffer.wrap(request(true)));
        byte[] without = request(false);
        ByteBuffer.wrap(without).putShort(26, (short) 0);
        a.send(Packets.ALL, 0x0800, without);
        out = site.wire.lan.poll();
        assertThat(ByteBuffer.wrap(out).getShort(40)).isZero();
        assertThat(out[52]).isEqualTo((byte) 0x80);
    }

    @Test
    void aDhcpChecksumThatWasWrongIsWrongAfterwards() {
        byte[] bad = request(false);
        bad[100] ^= 0x55;
        a.send(Packets.ALL, 0x0800, bad);
        site.expectLan("nic > all: 0.0.0.0 > 255.255.255.255 udp 68 > 67 dhcp request of a broadcast CHECKSUM");
    }

    @Test
    void fragmentsHaveNoPortsToLookAt() {
        byte[] fragment = Packets.ipv4("0.0.0.0", "255.255.255.255", 17, 64, 0x2000, new byte[300]);
        ByteBuffer.wrap(fragment).putInt(20, (68 << 16) | 67).put(28, (byte) 1);
        byte[] later = Packets.ipv4(IP, "255.255.255.255", 17, 64, 0x0010, new byte[300]);
        ByteBuffer.wrap(later).putInt(20, (68 << 16) | 67).putInt(24, 300 << 16).putInt(28, 0x0101_0600);
        for (byte[] packet : List.of(fragment, later)) {
            a.send(Packets.ALL, 0x0800, packet);
            assertThat(site.wire.lan.poll()).isEqualTo(Packets.ethernet(Packets.ALL, Site.NIC, 0x0800, packet));
        }
    }

    @Test
    void aDhcpReplySentToTheNicGoesToWhoHasChaddr() {
        site.fromLan(Site.NIC, Site.ROUTER, 0x0800, reply(IP));
        a.expect("router > a: 192.168.1.1 > 192.168.1.20 udp 67 > 68 dhcp reply of a");
        b.announce(IP);
        settle();
        site.fromLan(Site.NIC, Site.ROUTER, 0x0800, reply(IP));
        a.expect("router > a: 192.168.1.1 > 192.168.1.20 udp 67 > 68 dhcp reply of a");
        b.expectSilence();
        byte[] hosts = reply("192.168.1.10");
        System.arraycopy(Packets.mac(Site.NIC), 0, hosts, 28 + 28, 6);
        site.fromLan(Site.NIC, Site.ROUTER, 0x0800, hosts);
        a.expectSilence();
        b.expectSilence();
    }

    @Test
    void theAnswerToAProbeReachesWhoProbed() {
        a.arp(1, "0.0.0.0", Site.NOBODY, IP);
        settle();
        site.fromLan(Site.NIC, Site.ROUTER, 0x0806, Packets.arp(2, Site.ROUTER, IP, Site.NIC, "0.0.0.0"));
        a.expect("router > a: to 0.0.0.0 at a, says 192.168.1.20 at router");
        b.expectSilence();
        site.pass(3);
        assertThat(site.addresses.all()).as("a probe is no claim").isEmpty();
        site.fromLan(Site.NIC, Site.ROUTER, 0x0806, Packets.arp(2, Site.ROUTER, IP, Site.NIC, "0.0.0.0"));
        a.expectSilence();
    }

    @Test
    void arpOfTheLanIsAnsweredInTheNicsName() {
        a.announce(IP);
        settle();
        byte[] question = Packets.arp(1, Site.ROUTER, GATEWAY, Site.NOBODY, IP);
        site.fromLan(Packets.ALL, Site.ROUTER, 0x0806, question);
        a.expect("router > all: who has 192.168.1.20 at ?, says 192.168.1.1 at router");
        b.clear();
        a.arp(2, IP, Site.ROUTER, GATEWAY);
        site.expectLan("nic > router: to 192.168.1.1 at router, says 192.168.1.20 at nic")
                .expectSilence();
        site.fromLan(Site.NIC, Site.ROUTER, 0x0806, Packets.arp(1, Site.ROUTER, GATEWAY, Site.NOBODY, IP));
        a.expect("router > a: who has 192.168.1.20 at ?, says 192.168.1.1 at router");
        b.expectSilence();
        site.fromLan(Site.NIC, Site.ROUTER, 0x0806, Packets.arp(1, Site.ROUTER, GATEWAY, Site.NOBODY, "192.168.1.10"));
        a.expectSilence();
        b.expectSilence();
    }

    @Test
    void duplicateAddressDetectionWorksThroughTheNic() {
        a.test(A_LL);
        site.expectHost("a > 33:33:ff:00:00:0a: :: > ff02::1:ff00:a ns fe80::a []")
                .expectLan("nic > 33:33:ff:00:00:0a: :: > ff02::1:ff00:a ns fe80::a []");
        // the access point repeats our multicast: the guest would take it for somebody else's test
        b.clear();
        site.fromLan("33:33:ff:00:00:0a", Site.NIC, 0x86dd, Site.solicitation(A_LL));
        a.expectSilence();
        site.pass(2);
        assertThat(site.addresses.ipv6Of(a.address()))
                .extracting(Object::toString)
                .containsExactly(A_LL);
    }

    @Test
    void anObjectionReachesTheGuestAndTheAddressIsNotListed() {
        a.test(A_LL);
        settle();
        site.fromLan("33:33:00:00:00:01", Site.ROUTER, 0x86dd, Site.advertisement(A_LL, "ff02::1", A_LL, Site.ROUTER));
        a.expect("router > 33:33:00:00:00:01: fe80::a > ff02::1 na fe80::a O[tlla router]");
        site.pass(5);
        assertThat(site.addresses.all()).isEmpty();
    }

    @Test
    void neighbourDiscoveryNamesTheNicInEveryOption() {
        byte[] both = Packets.bytes(
                Packets.ip6(ROUTER_LL),
                Packets.macOption(1, Site.A),
                Packets.hex("0e01aabbccddeeff"),
                Packets.macOption(2, Site.A));
        String group = " > 33:33:ff:00:00:01: fe80::a > ff02::1:ff00:1 ";
        a.ipv6(Packets.icmp6(A_LL, "ff02::1:ff00:1", 255, 135, 0, 0, both));
        site.expectHost("a" + group + "ns fe80::1 [slla a, 0e, tlla a]")
                .expectLan("nic" + group + "ns fe80::1 [slla nic, 0e, tlla nic]");
        a.ipv6(Packets.icmp6(A_LL, "ff02::2", 255, 133, 0, 0, Packets.macOption(1, Site.A)));
        site.expectHost("a > 33:33:00:00:00:02: fe80::a > ff02::2 rs [slla a]")
                .expectLan("nic > 33:33:00:00:00:02: fe80::a > ff02::2 rs [slla nic]");
        a.ipv6(Site.advertisement(A_LL, ROUTER_LL, A_LL, Site.A));
        site.expectLan("nic > router: fe80::a > fe80::1 na fe80::a O[tlla nic]");
        a.ipv6(Packets.icmp6(
                A_LL, "ff02::1", 255, 134, 0, 0, Packets.bytes(new byte[8], Packets.macOption(1, Site.A))));
        site.expectHost("a > 33:33:00:00:00:01: fe80::a > ff02::1 ra [slla a]")
                .expectLan("nic > 33:33:00:00:00:01: fe80::a > ff02::1 ra [slla nic]");
    }

    @Test
    void aRedirectToAStationOfTheLanStaysAndOneToAGuestDoesNot() {
        site.fromLan(Packets.ALL, Site.ROUTER, 0x0800, udp(GATEWAY, "255.255.255.255"));
        a.clear();
        for (String target : List.of(Site.ROUTER, Site.B)) {
            a.ipv6(Packets.icmp6(
                    A_LL,
                    "fe80::77",
                    255,
                    137,
                    0,
                    0,
                    Packets.bytes(Packets.ip6(ROUTER_LL), Packets.ip6(ROUTER_LL), Packets.macOption(2, target))));
        }
        site.expectLan("nic > router: fe80::a > fe80::77 redirect fe80::1 [tlla router]")
                .expectLan("nic > router: fe80::a > fe80::77 redirect fe80::1 [tlla nic]");
    }

    @Test
    void anIcmpv6ChecksumThatWasWrongIsWrongAfterwards() {
        byte[] bad = Site.advertisement(A_LL, ROUTER_LL, A_LL, Site.A);
        bad[42] ^= 0x10;
        a.ipv6(bad);
        site.expectLan("nic > router: fe80::a > fe80::1 na fe80::a O[tlla nic] CHECKSUM");
    }

    @Test
    void aGuestHasSeveralAddresses() {
        a.announce(IP).announce("192.168.1.21");
        b.announce("192.168.1.22");
        for (String address : List.of("fe80::a", "2001:db8::a", "2001:db8::1234")) {
            a.test(address);
        }
        settle();
        for (String address : List.of("fe80::a", "2001:db8::a", "2001:db8::1234")) {
            site.fromLan(Site.NIC, Site.ROUTER, 0x86dd, Packets.udp6("2001:db8::1", address, 9, 9, new byte[1]));
            a.expect("router > a: 2001:db8::1 > " + address + " protocol 17");
        }
        for (String address : List.of(IP, "192.168.1.21")) {
            site.fromLan(Site.NIC, Site.ROUTER, 0x0800, udp("8.8.8.8", address));
            a.expect("router > a: 8.8.8.8 > " + address + " udp 9 > 9 of 9");
        }
        site.fromLan(Site.NIC, Site.ROUTER, 0x0800, udp("8.8.8.8", "192.168.1.22"));
        b.expect("router > b: 8.8.8.8 > 192.168.1.22 udp 9 > 9 of 9");
        a.expectSilence();
    }

    @Test
    void anAddressIsLearnedFromAPacketAlone() {
        a.send(Site.ROUTER, 0x0800, udp(IP, "8.8.8.8"));
        site.fromLan(Site.NIC, Site.ROUTER, 0x0800, udp("8.8.8.8", IP));
        a.clear();
        assertThat(site.addresses.ipv4Of(a.address())).contains(Ipv4Address.parse(IP));
    }

    @Test
    void whatIsForNobodyOfOursIsLeftToTheHost() {
        site.fromLan(Site.NIC, Site.ROUTER, 0x0800, udp("8.8.8.8", "192.168.1.10"));
        site.fromLan(Site.NIC, Site.ROUTER, 0x0800, udp("8.8.8.8", "192.168.1.99"));
        site.fromLan(Site.NIC, Site.ROUTER, 0x88b5, new byte[50]);
        site.fromLan("02:00:00:00:00:99", Site.ROUTER, 0x0800, udp("8.8.8.8", IP));
        a.expectSilence();
        b.expectSilence();
        assertThat(site.uplink.port().receivedFrames()).isZero();
    }

    @Test
    void aGroupPacketThatTheAccessPointSendsAsUnicastGoesToAllGuests() {
        site.fromLan(Site.NIC, Site.ROUTER, 0x0800, udp(GATEWAY, "224.0.0.251"));
        site.fromLan(Site.NIC, Site.ROUTER, 0x0800, udp(GATEWAY, "255.255.255.255"));
        site.fromLan(Site.NIC, Site.ROUTER, 0x86dd, Packets.udp6(ROUTER_LL, "ff02::fb", 9, 9, new byte[1]));
        for (Site.Guest guest : List.of(a, b)) {
            guest.expect("router > 01:00:5e:00:00:fb: 192.168.1.1 > 224.0.0.251 udp 9 > 9 of 9")
                    .expect("router > all: 192.168.1.1 > 255.255.255.255 udp 9 > 9 of 9")
                    .expect("router > 33:33:00:00:00:fb: fe80::1 > ff02::fb protocol 17")
                    .expectSilence();
        }
    }

    @Test
    void aGuestsGroupPacketSentToTheHostAsUnicastDoesNotComeBackToGuests() {
        byte[] packet = udp(IP, "224.0.0.251");
        Site.Guest unpinned = site.guest("52:54:00:00:00:0c").send(Site.NIC, 0x0800, packet);
        site.fromLan(Site.NIC, unpinned.mac, 0x0800, packet);
        a.expectSilence();
        b.expectSilence();
    }

    @Test
    void theHostSeesAndUsesTheGuestsOwnMac() {
        a.announce(IP);
        settle();
        site.fromHost(Packets.ALL, 0x0806, Packets.arp(1, Site.NIC, "192.168.1.10", Site.NOBODY, IP));
        a.expect("nic > all: who has 192.168.1.20 at ?, says 192.168.1.10 at nic");
        a.arp(2, IP, Site.NIC, "192.168.1.10");
        site.expectHost("a > nic: to 192.168.1.10 at nic, says 192.168.1.20 at a")
                .expectSilence();
        site.fromHost(Site.A, 0x0800, udp("192.168.1.10", IP));
        a.expect("nic > a: 192.168.1.10 > 192.168.1.20 udp 9 > 9 of 9");
        b.clear();
        site.fromHost(Site.ROUTER, 0x0800, udp("192.168.1.10", "8.8.8.8"));
        a.expectSilence();
        b.expectSilence();
        // what went into the host's receive path is seen as received
        site.fromLan(Site.NIC, Site.A, 0x0806, Packets.arp(2, Site.A, IP, Site.NIC, "192.168.1.10"));
        a.expectSilence();
    }

    @Test
    void aGuestCannotSpeakWithTheHostsAddress() {
        a.send(Site.ROUTER, 0x0800, udp("192.168.1.10", "8.8.8.8"));
        a.send(Site.NIC, 0x0800, udp("192.168.1.10", GATEWAY));
        a.announce("192.168.1.10");
        a.send(Packets.ALL, 0x0806, Packets.arp(1, Site.B, "192.168.1.10", Site.NOBODY, "192.168.1.10"));
        a.ipv6(Site.advertisement("2001:db8::10", "ff02::1", "2001:db8::10", Site.A));
        a.ipv6(Site.advertisement(A_LL, "ff02::1", "2001:db8::10", Site.A));
        a.ipv6(Site.advertisement(A_LL, "ff02::1", "2001:db8::10", Site.B));
        a.ipv6(Packets.udp6("fe80::10", ROUTER_LL, 9, 9, new byte[1]));
        a.expectDropped(DropReason.SPOOFED, 8);
        site.expectSilence();
        b.clear();
        a.test("2001:db8::10");
        assertThat(site.wire.host).as("the host itself objects to a test").hasSize(1);
    }

    @Test
    void onlyWhatCanComeBackGoesOut() {
        a.send(Site.ROUTER, 0x888e, new byte[50]);
        a.send(Packets.ALL, 0x8100, Packets.bytes(Packets.hex("00050800"), udp(IP, GATEWAY)));
        byte[] reverse = Packets.arp(3, Site.A, IP, Site.A, IP);
        a.send(Packets.ALL, 0x0806, reverse);
        a.expectDropped(DropReason.UNANSWERED, 3);
        assertThat(site.wire.lan).isEmpty();
        assertThat(site.wire.host).as("the host takes what it likes").hasSize(2);
        a.send(Site.NIC, 0x888e, new byte[50]);
        assertThat(site.wire.host).hasSize(3);
    }

    @Test
    void guestsTalkUntranslatedAndUnseen() {
        a.announce(IP);
        b.announce("192.168.1.22");
        settle();
        a.send(Site.B, 0x0800, udp(IP, "192.168.1.22"));
        b.expect("a > b: 192.168.1.20 > 192.168.1.22 udp 9 > 9 of 9");
        site.expectSilence();
    }

    @Test
    void theKernelIsToldTheGuestsAddresses() {
        a.announce(IP).test(A_LL);
        site.pass(0);
        assertThat(site.wire.wanted).singleElement().satisfies(wanted -> {
            assertThat(wanted.translated()).isTrue();
            assertThat(wanted.ipv4()).extracting(Object::toString).containsExactly(IP);
            assertThat(wanted.ipv6()).extracting(Object::toString).containsExactly(A_LL);
        });
        site.addresses.forget(a.address());
        site.pass(2);
        assertThat(site.wire.wanted.getLast().ipv4()).isEmpty();
        assertThat(site.wire.wanted.getLast().ipv6()).isEmpty();
    }
}
