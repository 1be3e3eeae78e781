package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

class NeighbourDiscoveryTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final String A_LINK_LOCAL = "fe80::5054:ff:fe00:a";
    private static final String A6 = "fd00:0:0:1::a";
    private final Lan lan = new Lan().settled();
    private final Lan.Guest a = lan.guest(A);

    private static byte[] ns(String source, String target, byte[] options) {
        String group = Ipv6Address.parse(target).solicitedNode().toString();
        return Packets.icmp6(source, group, 255, 135, 0, 0, Packets.bytes(Packets.ip6(target), options));
    }

    private static byte[] slla() {
        return Packets.macOption(1, A);
    }

    private static byte[] na(String source, String destination, String target, int flags, byte[] options) {
        return Packets.icmp6(source, destination, 255, 136, 0, flags, Packets.bytes(Packets.ip6(target), options));
    }

    private List<Ipv6Address> known() {
        return lan.neighbours.ipv6Of(MacAddress.parse(A));
    }

    @Test
    void aSolicitationForOneOfOurAddressesIsAnswered() {
        a.multicast(ns(A_LINK_LOCAL, Lan.IP6, slla()))
                .expect(A, Lan.IP6 + " > " + A_LINK_LOCAL + " na " + Lan.IP6 + " flags RSO [tlla " + Lan.MAC + "]");
        a.multicast(ns(A_LINK_LOCAL, Lan.LINK_LOCAL, slla()))
                .expect(
                        A,
                        Lan.LINK_LOCAL + " > " + A_LINK_LOCAL + " na " + Lan.LINK_LOCAL + " flags RSO [tlla " + Lan.MAC
                                + "]");
        a.expectSilence();
    }

    @Test
    void aUnicastSolicitationTestsReachability() {
        a.ipv6(Packets.icmp6(A_LINK_LOCAL, Lan.IP6, 255, 135, 0, 0, Packets.ip6(Lan.IP6)))
                .expect(A, Lan.IP6 + " > " + A_LINK_LOCAL + " na " + Lan.IP6 + " flags RSO [tlla " + Lan.MAC + "]")
                .expectSilence();
    }

    @Test
    void aNetworkWithoutAWayOutHasNoRouterFlag() {
        Lan inner = new Lan(false, 1500).settled();
        inner.guest(A)
                .multicast(ns(A_LINK_LOCAL, Lan.IP6, slla()))
                .expect(Lan.IP6 + " > " + A_LINK_LOCAL + " na " + Lan.IP6 + " flags SO [tlla " + Lan.MAC + "]");
    }

    @Test
    void aTestForOurAddressIsAnsweredToAllAndCounted() {
        a.multicast(ns("::", Lan.IP6, new byte[0]))
                .expect("33:33:00:00:00:01", Lan.IP6 + " > ff02::1 na " + Lan.IP6 + " flags RO [tlla " + Lan.MAC + "]")
                .expectSilence()
                .expectDropped(DropReason.SPOOFED, 1);
        lan.pass(10);
        assertThat(lan.neighbours.all()).isEmpty();
    }

    @Test
    void aSolicitationForSomebodyElseIsNotAnswered() {
        a.multicast(ns(A_LINK_LOCAL, "fd00:0:0:1::99", slla())).expectSilence();
        assertThat(known()).containsExactly(Ipv6Address.parse(A_LINK_LOCAL));
    }

    /// RFC 4861 §7.1.1, each of its conditions.
    @Test
    void invalidSolicitationsAreCountedAndDropped() {
        String group = "ff02::1:ff00:1";
        byte[] target = Packets.ip6(Lan.IP6);
        a.multicast(Packets.icmp6(A_LINK_LOCAL, group, 254, 135, 0, 0, target));
        a.multicast(Packets.icmp6(A_LINK_LOCAL, group, 255, 135, 1, 0, target));
        a.multicast(Packets.icmp6(A_LINK_LOCAL, group, 255, 135, 0, 0, Packets.hex("fd00")));
        a.multicast(Packets.icmp6(A_LINK_LOCAL, group, 255, 135, 0, 0, Packets.ip6("ff02::1")));
        a.multicast(ns(A_LINK_LOCAL, Lan.IP6, Packets.hex("0100525400000000")));
        a.multicast(ns(A_LINK_LOCAL, Lan.IP6, Packets.hex("0102525400000000")));
        a.multicast(ns("::", Lan.IP6, slla()));
        a.ipv6(Packets.icmp6("::", Lan.IP6, 255, 135, 0, 0, target));
        a.expectSilence().expectDropped(DropReason.MALFORMED, 8);
        byte[] wrong = ns(A_LINK_LOCAL, Lan.IP6, slla());
        wrong[60] ^= 1;
        a.multicast(wrong).expectSilence();
        assertThat(a.port().drops(DropReason.CHECKSUM)).isEqualTo(1);
        assertThat(lan.neighbours.all()).isEmpty();
    }

    @Test
    void fragmentedSolicitationsAreDroppedAsRfc6980HasIt() {
        byte[] whole = ns(A_LINK_LOCAL, Lan.IP6, slla());
        byte[] message = Arrays.copyOfRange(whole, 40, whole.length);
        a.multicast(Packets.ipv6(
                A_LINK_LOCAL, "ff02::1:ff00:1", 44, 255, Packets.bytes(Packets.hex("3a00000000000001"), message)));
        a.expectSilence().expectDropped(DropReason.FRAGMENT, 1);
    }

    @Test
    void aTestedAddressCountsOnceItIsUsed() {
        a.multicast(ns("::", A6, new byte[0])).expectSilence();
        assertThat(known()).isEmpty();
        a.ipv6(Packets.icmp6(A6, Lan.IP6, 64, 128, 0, 1, new byte[0]));
        assertThat(known()).containsExactly(Ipv6Address.parse(A6));
    }

    @Test
    void aTestedAddressIsAskedForASecondLaterAndCountsWhenItAnswers() {
        a.multicast(ns("::", A6, new byte[0])).expectSilence();
        lan.pass(1.05);
        a.expectSilence();
        lan.pass(0.1);
        a.expect(
                "33:33:ff:00:00:0a", Lan.LINK_LOCAL + " > ff02::1:ff00:a ns who has " + A6 + " [slla " + Lan.MAC + "]");
        assertThat(known()).isEmpty();
        a.ipv6(na(A6, Lan.LINK_LOCAL, A6, 0x6000_0000, Packets.macOption(2, A)));
        assertThat(known()).containsExactly(Ipv6Address.parse(A6));
        lan.pass(30);
        a.expectSilence();
    }

    @Test
    void aTestedAddressThatNobodyTakesIsForgotten() {
        a.multicast(ns("::", A6, new byte[0]));
        lan.pass(30);
        for (int i = 0; i < 3; i++) {
            a.expect(Lan.LINK_LOCAL + " > ff02::1:ff00:a ns who has " + A6 + " [slla " + Lan.MAC + "]");
        }
        a.expectSilence();
        lan.pass(60);
        a.expectSilence();
        assertThat(known()).isEmpty();
        assertThat(lan.neighbours.changes()).isZero();
    }

    @Test
    void aDuplicateBelongsToWhoAnswers() {
        Lan.Guest b = lan.guest("52:54:00:00:00:0b");
        a.multicast(ns("::", A6, new byte[0]));
        b.send(
                "33:33:00:00:00:01",
                0x86dd,
                na(A6, "ff02::1", A6, 0x2000_0000, Packets.macOption(2, "52:54:00:00:00:0b")));
        assertThat(known()).isEmpty();
        assertThat(lan.neighbours.ipv6Of(MacAddress.parse("52:54:00:00:00:0b"))).containsExactly(Ipv6Address.parse(A6));
    }

    @Test
    void anAdvertisementOfOurAddressIsCountedAndNotBelieved() {
        a.multicast(na(Lan.IP6, "ff02::1", Lan.IP6, 0x2000_0000, Packets.macOption(2, A)))
                .multicast(na(A6, "ff02::1", Lan.IP6, 0x2000_0000, Packets.macOption(2, A)))
                .expectSilence()
                .expectDropped(DropReason.SPOOFED, 2);
        assertThat(lan.neighbours.all()).isEmpty();
    }

    @Test
    void anAdvertisementForAnotherMacIsNotNoted() {
        a.multicast(na(A6, "ff02::1", A6, 0x2000_0000, Packets.macOption(2, "52:54:00:00:00:0b")));
        assertThat(lan.neighbours.all()).isEmpty();
    }

    /// RFC 4861 §7.1.2.
    @Test
    void invalidAdvertisementsAreCountedAndDropped() {
        a.multicast(na(A6, "ff02::1", A6, 0x4000_0000, new byte[0]));
        a.multicast(na("::", "ff02::1", A6, 0x2000_0000, new byte[0]));
        a.multicast(na(A6, "ff02::1", "ff02::5", 0x2000_0000, new byte[0]));
        a.multicast(na(A6, "ff02::1", A6, 0x2000_0000, Packets.hex("0200525400000000")));
        a.multicast(Packets.icmp6(A6, "ff02::1", 64, 136, 0, 0, Packets.ip6(A6)));
        a.expectDropped(DropReason.MALFORMED, 5);
        assertThat(lan.neighbours.all()).isEmpty();
    }

    @Test
    void addressesOfOurPrefixComeFirstAndLinkLocalOnesLast() {
        a.multicast(ns(A_LINK_LOCAL, Lan.IP6, slla()));
        a.multicast(ns("fd99::a", Lan.IP6, slla()));
        a.multicast(ns(A6, Lan.IP6, slla()));
        assertThat(known()).extracting(Ipv6Address::toString).containsExactly(A6, "fd99::a", A_LINK_LOCAL);
    }

    @Test
    void anotherRouterIsCountedAndNotBelieved() {
        a.multicast(Packets.icmp6(A_LINK_LOCAL, "ff02::1", 255, 134, 0, 0x4000_0708, new byte[8]))
                .expectSilence()
                .expectDropped(DropReason.UNANSWERED, 1);
    }
}
