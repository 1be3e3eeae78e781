package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.nat.Nat;
import vmlan.network.nat.NatLimits;
import vmlan.network.nat.RecordingOutside;
import vmlan.packet.DhcpMessage;
import vmlan.packet.DhcpOptions;
import vmlan.packet.DomainName;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// A gateway with more addresses than one, and with words of its own for the guest.
class GatewayOptionsTest {
    private static final String NOBODY = "00:00:00:00:00:00";
    private static final String A = "52:54:00:00:00:0a";
    private static final String A4 = "192.168.64.2";
    private static final String A6 = "fd00:0:0:1::a";
    private static final String DNS4 = "192.168.64.3";
    private static final String HOST6 = "fd00:0:0:1::2";
    private static final String DNS6 = "fd00:0:0:1::3";
    private static final String FORWARDED = "192.168.64.100";
    private static final GatewayOptions OPTIONS = new GatewayOptions(
            Ipv4Address.parse(DNS4),
            Ipv6Address.parse(HOST6),
            Ipv6Address.parse(DNS6),
            true,
            true,
            "box",
            List.of(new DomainName("one.test"), new DomainName("two.test")),
            Set.of(Ipv4Address.parse(FORWARDED)));

    private final Lan lan = new Lan(true, 1500, List.of(), true, OPTIONS).settled();
    private final RecordingOutside outside = new RecordingOutside();
    private final NatGatewayTest.Names names = new NatGatewayTest.Names();
    private final Nat nat = lan.gateway.attachNat(NatLimits.DEFAULT, outside, names, lan.now);
    private final Lan.Guest a = lan.guest(A);

    private static GatewayOptions speaking(boolean ipv4, boolean ipv6) {
        return new GatewayOptions(null, null, null, ipv4, ipv6, null, List.of(), Set.of());
    }

    private static byte[] syn(String to, int port) {
        return Packets.tcp4(A4, to, Packets.tcp(4000, port, 1, 0, 2, new byte[0]));
    }

    private static byte[] ns(String target) {
        return Packets.icmp6(
                "fe80::a",
                Ipv6Address.parse(target).solicitedNode().toString(),
                255,
                135,
                0,
                0,
                Packets.bytes(Packets.ip6(target), Packets.macOption(1, A)));
    }

    private static DhcpMessage dhcp(DhcpMessage.Type type, DhcpOptions more) {
        return new DhcpMessage(
                DhcpMessage.REQUEST,
                99,
                false,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                MacAddress.parse(A),
                more.withByte(DhcpOptions.MESSAGE_TYPE, type.code()));
    }

    @Test
    void arpIsAnsweredForEachOfItsAddressesWithTheOneThatWasAskedFor() {
        for (String address : List.of(Lan.IP4, DNS4, FORWARDED)) {
            a.arp(Packets.arp(1, A, A4, NOBODY, address))
                    .expect(A, "arp reply " + address + " is at " + Lan.MAC + ", to " + A4)
                    .expectSilence();
        }
        a.arp(Packets.arp(1, A, A4, NOBODY, "192.168.64.4")).expectSilence();
    }

    @Test
    void aClaimToOneOfThemIsDefended() {
        a.arp(Packets.arp(2, A, DNS4, Packets.ALL, DNS4))
                .expect("arp request " + DNS4 + " is at " + Lan.MAC + ", who has " + DNS4)
                .expectSilence()
                .expectDropped(DropReason.SPOOFED, 1);
    }

    @Test
    void neighbourDiscoveryIsAnsweredForEachOfThem() {
        for (String address : List.of(HOST6, DNS6)) {
            a.multicast(ns(address))
                    .expect(A, address + " > fe80::a na " + address + " flags RSO [tlla " + Lan.MAC + "]")
                    .expectSilence();
        }
        a.multicast(ns(Lan.IP6)).expectSilence();
    }

    @Test
    void eachOfThemAnswersEchoesAsItself() {
        a.ipv4(Packets.ipv4(A4, DNS4, 1, Packets.icmp(8, 0, 0x1234_0007, new byte[10])))
                .expect(A, DNS4 + " > " + A4 + " echo reply id 4660 seq 7 of 10");
        a.ipv6(Packets.icmp6(A6, DNS6, 64, 128, 0, 0x1234_0007, new byte[10]))
                .expect(A, DNS6 + " > " + A6 + " echo reply id 4660 seq 7 of 10");
    }

    @Test
    void namesAreAnsweredWhereTheGuestWasTold() {
        a.ipv4(Packets.udp4(A4, DNS4, 4000, 53, new byte[20]));
        a.ipv6(Packets.udp6(A6, DNS6, 4001, 53, new byte[20])).expectSilence();
        assertThat(names.asked).hasSize(2);
        names.answers.poll().accept(new byte[100]);
        lan.network.flush();
        a.expect(A, DNS4 + " > " + A4 + " udp 53 > 4000 of 100");
        names.answers.poll().accept(new byte[100]);
        lan.network.flush();
        a.expect(A, DNS6 + " > " + A6 + " udp 53 > 4001 of 100");
    }

    @Test
    void theHostsLoopbackIsAtTheGatewaysFirstAddressOnly() {
        nat.hostPorts().allow(false, 8080);
        nat.hostPorts().allow(true, 8080);
        a.ipv4(syn(DNS4, 8080)).expect(DNS4 + " > " + A4 + " tcp 8080 > 4000 [R.] seq 0 ack 2");
        a.ipv4(Packets.udp4(A4, DNS4, 4000, 8080, new byte[1]));
        assertThat(Dump.of(a.recorder.poll())).contains("unreachable 3");
        assertThat(outside.streams).isEmpty();
        a.ipv4(syn(Lan.IP4, 8080)).expectSilence();
        assertThat(outside.streams).hasSize(1);
    }

    @Test
    void aForwardedPortIsOpenedByItsTargetAndNoOther() {
        nat.forwards().add(IpAddress.parse(FORWARDED), 1234, events -> outside.connect(0, 0, 1, events));
        // before DNS, which is everywhere else
        nat.forwards().add(IpAddress.parse(FORWARDED), 53, events -> outside.connect(0, 0, 2, events));
        a.ipv4(syn(FORWARDED, 80)).expect(FORWARDED + " > " + A4 + " tcp 80 > 4000 [R.] seq 0 ack 2");
        a.ipv4(syn(FORWARDED, 1234)).expectSilence();
        assertThat(outside.streams.getLast().port).isEqualTo(1);
        outside.streams.getLast().events.connected(lan.now);
        lan.network.flush();
        assertThat(Dump.of(a.recorder.poll())).startsWith(FORWARDED + " > " + A4 + " tcp 1234 > 4000 [.]");
        a.ipv4(syn(FORWARDED, 53)).expectSilence();
        assertThat(outside.streams.getLast().port).isEqualTo(2);
        assertThatThrownBy(() -> nat.forwards().add(IpAddress.parse(FORWARDED), 53, events -> null))
                .hasMessageContaining("is forwarded already");
    }

    @Test
    void dhcpTellsNameResolverAndSearchListAndGivesNoneOfItsAddresses() {
        DhcpOptions wants = DhcpOptions.NONE
                .with(DhcpOptions.PARAMETER_LIST, new byte[] {3, 6, 12, 15, 119})
                .with(DhcpOptions.REQUESTED_ADDRESS, Ipv4Address.parse(DNS4));
        DhcpMessage offer = a.dhcp(dhcp(DhcpMessage.Type.DISCOVER, wants)).dhcpReply();
        assertThat(offer.yourAddress()).isEqualTo(Ipv4Address.parse(A4));
        assertThat(offer.options().address(DhcpOptions.DOMAIN_NAME_SERVER)).contains(Ipv4Address.parse(DNS4));
        assertThat(offer.options().address(DhcpOptions.ROUTER)).contains(Ipv4Address.parse(Lan.IP4));
        assertThat(offer.options().text(DhcpOptions.HOST_NAME)).contains("box");
        assertThat(offer.options().text(DhcpOptions.DOMAIN_NAME)).contains("vmlan.internal");
        assertThat(offer.options().bytes(DhcpOptions.DOMAIN_SEARCH).map(HexFormat.of()::formatHex))
                .contains("036f6e65047465737400" + "0374776f047465737400");
    }

    @Test
    void ofASearchListThatIsTooLongTheFirstNamesAreTold() {
        List<DomainName> many = IntStream.range(0, 40)
                .mapToObj(i -> new DomainName("domain-%02d.example".formatted(i)))
                .toList();
        Lan other = new Lan(
                        true,
                        1500,
                        List.of(),
                        true,
                        new GatewayOptions(null, null, null, true, true, null, many, Set.of()))
                .settled();
        DhcpOptions wants = DhcpOptions.NONE.with(DhcpOptions.PARAMETER_LIST, new byte[] {119});
        DhcpMessage offer =
                other.guest(A).dhcp(dhcp(DhcpMessage.Type.DISCOVER, wants)).dhcpReply();
        int length = offer.options().bytes(DhcpOptions.DOMAIN_SEARCH).orElseThrow().length;
        assertThat(length % many.getFirst().wire().length).isZero();
        assertThat(length).isGreaterThan(200);
        assertThat(offer.length() + 28).isLessThanOrEqualTo(576);
    }

    @Test
    void soDoAdvertisementsOfNamesOfFullLength() {
        String label = "x".repeat(60);
        List<DomainName> many = IntStream.range(0, 6)
                .mapToObj(i -> new DomainName(label + "." + label + "." + label + ".d" + i))
                .toList();
        GatewayOptions options = new GatewayOptions(null, null, null, true, true, null, many, Set.of());
        Lan other = new Lan(true, 1280, List.of(), true, options);
        Lan.Guest b = other.guest(A);
        other.pass(0);
        byte[] frame = b.recorder.poll();
        assertThat(frame.length).isBetween(14 + 40 + 5 * 187, 14 + 1280);
    }

    @Test
    void advertisementsTellTheSame() {
        a.multicast(Packets.icmp6("fe80::a", "ff02::2", 255, 133, 0, 0, Packets.macOption(1, A)));
        lan.pass(1);
        a.expect(Lan.LINK_LOCAL + " > fe80::a ra lifetime 1800 [slla " + Lan.MAC
                + ", mtu 1500, prefix fd00:0:0:1::, dns " + DNS6 + ", search]");
    }

    @Test
    void aResolverOutsideTheNetworkIsToldAndNotAnsweredFor() {
        GatewayOptions elsewhere =
                new GatewayOptions(Ipv4Address.parse("9.9.9.9"), null, null, true, true, null, List.of(), Set.of());
        Lan other = new Lan(true, 1500, List.of(), true, elsewhere).settled();
        Lan.Guest b = other.guest(A);
        b.arp(Packets.arp(1, A, A4, NOBODY, "9.9.9.9")).expectSilence();
        DhcpOptions wants = DhcpOptions.NONE.with(DhcpOptions.PARAMETER_LIST, new byte[] {6});
        assertThat(b.dhcp(dhcp(DhcpMessage.Type.DISCOVER, wants))
                        .dhcpReply()
                        .options()
                        .address(6))
                .contains(Ipv4Address.parse("9.9.9.9"));
    }

    @Test
    void withoutIpv4NothingOfItIsAnswered() {
        Lan six = new Lan(true, 1500, List.of(), true, speaking(false, true)).settled();
        Lan.Guest b = six.guest(A);
        b.arp(Packets.arp(1, A, A4, NOBODY, Lan.IP4));
        b.dhcp(dhcp(DhcpMessage.Type.DISCOVER, DhcpOptions.NONE));
        b.ipv4(Packets.ipv4(A4, Lan.IP4, 1, Packets.icmp(8, 0, 0x1234_0007, new byte[10])))
                .expectSilence();
        assertThat(six.neighbours.all()).isEmpty();
        b.multicast(ns(Lan.IP6)).expect(Lan.IP6 + " > fe80::a na " + Lan.IP6 + " flags RSO [tlla " + Lan.MAC + "]");
    }

    @Test
    void withoutIpv6ThereAreNoAdvertisementsEither() {
        Lan four = new Lan(true, 1500, List.of(), true, speaking(true, false));
        Lan.Guest b = four.guest(A);
        assertThat(four.gateway.nanosToTick(four.now)).isEqualTo(Long.MAX_VALUE);
        four.pass(1000);
        b.multicast(ns(Lan.IP6));
        b.multicast(Packets.icmp6("fe80::a", "ff02::2", 255, 133, 0, 0, Packets.macOption(1, A)));
        four.pass(1000);
        four.gateway.farewell(four.now);
        b.expectSilence();
        b.arp(Packets.arp(1, A, A4, NOBODY, Lan.IP4)).expect("arp reply 192.168.64.1 is at " + Lan.MAC + ", to " + A4);
        assertThatThrownBy(() -> speaking(false, false)).hasMessageContaining("without IPv4 and IPv6");
    }
}
