package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.Recorder;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

class RouterAdvertiserTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final String A_LINK_LOCAL = "fe80::5054:ff:fe00:a";
    private static final String OPTIONS = "[slla " + Lan.MAC + ", mtu 1500, prefix fd00:0:0:1::, search]";
    private static final String TO_ALL = Lan.LINK_LOCAL + " > ff02::1 ra lifetime 1800 " + OPTIONS;
    private static final String ALL_MAC = "33:33:00:00:00:01";

    private static byte[] rs(String source, byte[] options) {
        return Packets.icmp6(source, "ff02::2", 255, 133, 0, 0, options);
    }

    @Test
    void theFirstThreeFollowWithinSixteenSecondsEachThenThereAreThreeToTenMinutesBetween() {
        Lan lan = new Lan();
        Lan.Guest a = lan.guest(A);
        lan.pass(0);
        a.expect(ALL_MAC, TO_ALL).expectSilence();
        for (int i = 0; i < 2; i++) {
            lan.pass(16);
            a.expect(ALL_MAC, TO_ALL).expectSilence();
        }
        lan.pass(16);
        a.clear();
        List<Integer> gaps = new ArrayList<>();
        int gap = 0;
        for (int second = 0; second < 100 * 600; second++) {
            lan.pass(1);
            gap++;
            if (a.recorder.poll() != null) {
                gaps.add(gap);
                gap = 0;
            }
        }
        assertThat(gaps.subList(1, gaps.size())).allMatch(each -> each >= 198 && each <= 601);
        assertThat(gaps).hasSizeGreaterThan(90);
        assertThat(new HashSet<>(gaps)).as("at random").hasSizeGreaterThan(50);
    }

    @Test
    void aHostThatAsksIsAnsweredAloneWithinHalfASecond() {
        Lan lan = new Lan().settled();
        Lan.Guest a = lan.guest(A);
        a.multicast(rs(A_LINK_LOCAL, Packets.macOption(1, A)));
        a.multicast(rs(A_LINK_LOCAL, Packets.macOption(1, A))).expectSilence();
        lan.pass(0.5);
        a.expect(A, Lan.LINK_LOCAL + " > " + A_LINK_LOCAL + " ra lifetime 1800 " + OPTIONS)
                .expectSilence();
        assertThat(lan.neighbours.ipv6Of(MacAddress.parse(A))).containsExactly(Ipv6Address.parse(A_LINK_LOCAL));
    }

    @Test
    void aHostWithoutAddressIsAnsweredByOneToAllOfWhichThereIsOneInThreeSeconds() {
        Lan lan = new Lan().settled();
        Lan.Guest a = lan.guest(A);
        a.multicast(rs("::", new byte[0])).expectSilence();
        lan.pass(0.5);
        a.expect(ALL_MAC, TO_ALL).expectSilence();
        a.multicast(rs("::", new byte[0]));
        lan.pass(2.4);
        a.expectSilence();
        lan.pass(0.6);
        a.expect(ALL_MAC, TO_ALL).expectSilence();
    }

    @Test
    void aFloodOfSolicitationsIsAnsweredInBounds() {
        Lan lan = new Lan().settled();
        Lan.Guest a = lan.guest(A);
        for (int i = 0; i < 1000; i++) {
            byte[] packet = rs("fe80::" + Integer.toHexString(i + 1), new byte[0]);
            Recorder.send(
                    lan.network,
                    a.port(),
                    Packets.ethernet(
                            "33:33:00:00:00:02", "52:54:00:01:%02x:%02x".formatted(i >> 8, i & 255), 0x86dd, packet),
                    lan.now);
        }
        lan.pass(0.5);
        assertThat(a.recorder.count()).as("32 alone and one to all").isEqualTo(RouterAdvertiser.WAITING_LIMIT + 1);
    }

    /// RFC 4861 §6.1.1.
    @Test
    void invalidSolicitationsAreCountedAndDropped() {
        Lan lan = new Lan().settled();
        Lan.Guest a = lan.guest(A);
        a.multicast(Packets.icmp6(A_LINK_LOCAL, "ff02::2", 64, 133, 0, 0, new byte[0]));
        a.multicast(Packets.icmp6(A_LINK_LOCAL, "ff02::2", 255, 133, 1, 0, new byte[0]));
        a.multicast(rs("::", Packets.macOption(1, A)));
        a.multicast(rs(A_LINK_LOCAL, Packets.hex("0100525400000000")));
        lan.pass(1);
        a.expectSilence().expectDropped(DropReason.MALFORMED, 4);
    }

    @Test
    void aNetworkWithoutAWayOutAnnouncesThePrefixButNoRouter() {
        Lan lan = new Lan(false, 9000);
        Lan.Guest a = lan.guest(A);
        lan.pass(0);
        a.expect(Lan.LINK_LOCAL + " > ff02::1 ra lifetime 0 " + OPTIONS.replace("1500", "9000"));
    }

    @Test
    void theFarewellEndsTheRoutersLifeAndNothingFollows() {
        Lan lan = new Lan().settled();
        Lan.Guest a = lan.guest(A);
        lan.gateway.farewell(lan.now);
        a.expect(ALL_MAC, Lan.LINK_LOCAL + " > ff02::1 ra lifetime 0 " + OPTIONS)
                .expectSilence();
        a.multicast(rs("::", new byte[0]));
        lan.pass(2000);
        a.expectSilence();
    }
}
