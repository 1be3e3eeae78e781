package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.dhcp.Lease;
import vmlan.packet.DhcpMessage;
import vmlan.packet.DhcpOptions;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// What a Linux guest with udhcpc sends while it boots, in the order in which it does.
class LinuxBootTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final String LINK_LOCAL = "fe80::5054:ff:fe00:a";
    private static final String GLOBAL = "fd00::1:5054:ff:fe00:a";
    private static final String RA = " ra lifetime 1800 [slla " + Lan.MAC + ", mtu 1500, prefix fd00:0:0:1::, search]";

    private final Lan lan = new Lan().settled();
    private final Lan.Guest a = lan.guest(A);

    private static DhcpMessage dhcp(DhcpMessage.Type type, DhcpOptions more) {
        DhcpOptions options = more.withByte(DhcpOptions.MESSAGE_TYPE, type.code())
                .with(DhcpOptions.CLIENT_ID, Packets.bytes(new byte[] {1}, Packets.mac(A)))
                .with(DhcpOptions.PARAMETER_LIST, new byte[] {1, 3, 6, 12, 15, 28, 42})
                .with(DhcpOptions.HOST_NAME, "demo");
        return new DhcpMessage(
                DhcpMessage.REQUEST,
                0x1234,
                false,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                MacAddress.parse(A),
                options);
    }

    private static byte[] test(String address) {
        String group = Ipv6Address.parse(address).solicitedNode().toString();
        return Packets.icmp6("::", group, 255, 135, 0, 0, Packets.ip6(address));
    }

    @Test
    void aGuestBoots() {
        // the link comes up: membership report, test of the link-local address
        a.multicast(Packets.ipv6("::", "ff02::16", 0, 1, Packets.hex("3a00050200000100 8f00000000000000")));
        a.multicast(test(LINK_LOCAL)).expectSilence();

        // udhcpc
        a.dhcp(dhcp(DhcpMessage.Type.DISCOVER, DhcpOptions.NONE));
        DhcpMessage offer = a.dhcpReply();
        assertThat(offer.type()).contains(DhcpMessage.Type.OFFER);
        Ipv4Address address = offer.yourAddress();
        assertThat(address).hasToString("192.168.64.2");
        a.dhcp(dhcp(
                DhcpMessage.Type.REQUEST,
                DhcpOptions.NONE
                        .with(DhcpOptions.REQUESTED_ADDRESS, address)
                        .with(
                                DhcpOptions.SERVER_ID,
                                offer.options().address(DhcpOptions.SERVER_ID).orElseThrow())));
        DhcpMessage ack = a.dhcpReply();
        assertThat(ack.type()).contains(DhcpMessage.Type.ACK);
        assertThat(ack.yourAddress()).isEqualTo(address);
        assertThat(ack.options().address(DhcpOptions.ROUTER)).contains(Ipv4Address.parse(Lan.IP4));
        assertThat(ack.options().address(DhcpOptions.BROADCAST_ADDRESS)).contains(Ipv4Address.parse("192.168.64.255"));
        assertThat(lan.leases.all())
                .containsExactly(new Lease(MacAddress.parse(A), address, "demo", lan.now + 3600 * Lan.SECOND, lan.now));
        a.expectSilence();

        // a second later the link-local address is its own: router solicitation
        lan.pass(1);
        a.multicast(Packets.icmp6(LINK_LOCAL, "ff02::2", 255, 133, 0, 0, Packets.macOption(1, A)));
        lan.pass(0.6);
        a.expect(A, Lan.LINK_LOCAL + " > " + LINK_LOCAL + RA).expectSilence();

        // stateless configuration: test of the global address, and silence after it
        a.multicast(test(GLOBAL)).expectSilence();
        lan.pass(1.2);
        a.expect(Lan.LINK_LOCAL + " > ff02::1:ff00:a ns who has " + GLOBAL + " [slla " + Lan.MAC + "]")
                .expectSilence();
        a.ipv6(Packets.icmp6(
                GLOBAL,
                Lan.LINK_LOCAL,
                255,
                136,
                0,
                0x6000_0000,
                Packets.bytes(Packets.ip6(GLOBAL), Packets.macOption(2, A))));
        assertThat(lan.neighbours.ipv6Of(MacAddress.parse(A)))
                .extracting(Ipv6Address::toString)
                .containsExactly(GLOBAL, LINK_LOCAL);

        // it looks for its gateway and pings it
        a.arp(Packets.arp(1, A, "192.168.64.2", "00:00:00:00:00:00", Lan.IP4))
                .expect(A, "arp reply 192.168.64.1 is at " + Lan.MAC + ", to 192.168.64.2");
        a.ipv4(Packets.ipv4("192.168.64.2", Lan.IP4, 1, Packets.icmp(8, 0, 1, new byte[56])))
                .expect(A, "192.168.64.1 > 192.168.64.2 echo reply id 0 seq 1 of 56");
        lan.pass(60);
        a.expectSilence().expectDropped(null, 0);
        assertThat(lan.gateway.port().drops(DropReason.FAULT)).isZero();
    }

    @Test
    void aRenewalIsUnicastBothWays() {
        lan.leases.reserve(MacAddress.parse(A), Ipv4Address.parse("192.168.64.9"), "web");
        DhcpMessage renewal = new DhcpMessage(
                DhcpMessage.REQUEST,
                7,
                false,
                Ipv4Address.parse("192.168.64.9"),
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                MacAddress.parse(A),
                DhcpOptions.NONE.withByte(DhcpOptions.MESSAGE_TYPE, DhcpMessage.Type.REQUEST.code()));
        a.dhcp("192.168.64.9", Lan.IP4, renewal)
                .expect(A, "192.168.64.1 > 192.168.64.9 udp 67 > 68 of 318")
                .expectSilence();
        assertThat(lan.leases.of(MacAddress.parse(A)).orElseThrow().name()).isEqualTo("web");
    }

    @Test
    void aRefusalIsBroadcast() {
        a.dhcp(dhcp(
                        DhcpMessage.Type.REQUEST,
                        DhcpOptions.NONE.with(DhcpOptions.REQUESTED_ADDRESS, Ipv4Address.parse("10.0.0.2"))))
                .expect(Packets.ALL, "192.168.64.1 > 255.255.255.255 udp 67 > 68 of 300")
                .expectSilence();
    }

    @Test
    void anAddressThatAnotherGuestUsesIsNotOffered() {
        Lan.Guest b = lan.guest("52:54:00:00:00:0b");
        b.arp(Packets.arp(1, b.mac, "192.168.64.2", "00:00:00:00:00:00", Lan.IP4));
        a.clear();
        a.dhcp(dhcp(DhcpMessage.Type.DISCOVER, DhcpOptions.NONE));
        assertThat(a.dhcpReply().yourAddress()).hasToString("192.168.64.3");
    }

    @Test
    void aFloodOfMessagesIsLimitedForEachPort() {
        for (int i = 0; i < 1000; i++) {
            a.dhcp(dhcp(DhcpMessage.Type.DISCOVER, DhcpOptions.NONE));
        }
        assertThat(a.recorder.count()).isEqualTo(60);
        assertThat(a.port().drops(DropReason.RATE)).isEqualTo(940);
    }

    @Test
    void brokenMessagesAreCounted() {
        a.send(Packets.ALL, 0x0800, Packets.udp4("0.0.0.0", "255.255.255.255", 68, 67, new byte[100]))
                .expectSilence()
                .expectDropped(DropReason.MALFORMED, 1);
    }
}
