package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

class PingsTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final String A4 = "192.168.64.2";
    private static final String A6 = "fd00:0:0:1::a";
    private static final String ARP = "arp request 192.168.64.1 is at " + Lan.MAC + ", who has 192.168.64.2";
    private static final String NS = Lan.LINK_LOCAL + " > ff02::1:ff00:a ns who has " + A6 + " [slla " + Lan.MAC + "]";
    private final Lan lan = new Lan().settled();
    private final Lan.Guest a = lan.guest(A);

    private void ping(String address, double seconds) {
        long nanos = (long) (seconds * Lan.SECOND);
        if (address.contains(":")) {
            lan.gateway.ping(Ipv6Address.parse(address), nanos, lan.now, lan.pings::add);
        } else {
            lan.gateway.ping(Ipv4Address.parse(address), nanos, lan.now, lan.pings::add);
        }
    }

    private void resolve4() {
        a.arp(Packets.arp(2, A, A4, Lan.MAC, Lan.IP4));
    }

    private void resolve6() {
        a.ipv6(Packets.icmp6(
                A6, Lan.LINK_LOCAL, 255, 136, 0, 0x6000_0000, Packets.bytes(Packets.ip6(A6), Packets.macOption(2, A))));
    }

    private byte[] echo(int sequence) {
        byte[] frame = a.recorder.poll();
        assertThat(frame).isNotNull();
        assertThat(Packets.mac(frame, 0)).isEqualTo(A);
        assertThat(Dump.of(frame)).contains("echo id").endsWith(" seq " + sequence + " of 56");
        return frame;
    }

    private static byte[] reply4(String source, byte[] echo, int addToId, int addToSequence) {
        ByteBuffer frame = ByteBuffer.wrap(echo);
        int rest = (frame.getShort(38) + addToId) << 16 | (frame.getShort(40) + addToSequence & 0xffff);
        return Packets.ipv4(source, Lan.IP4, 1, Packets.icmp(0, 0, rest, Arrays.copyOfRange(echo, 42, 98)));
    }

    private static byte[] reply6(byte[] echo) {
        return Packets.icmp6(
                A6, Lan.IP6, 64, 129, 0, ByteBuffer.wrap(echo).getInt(58), Arrays.copyOfRange(echo, 62, 118));
    }

    @Test
    void aGuestIsFoundByArpAndPinged() {
        ping(A4, 5);
        a.expect(Packets.ALL, ARP).expectSilence();
        lan.pass(0.2);
        resolve4();
        byte[] echo = echo(1);
        lan.pass(0.003);
        a.ipv4(reply4(A4, echo, 0, 0));
        assertThat(lan.pings).containsExactly(new PingOutcome(true, 3_000_000));
        lan.pass(10);
        a.expectSilence();
    }

    @Test
    void aGuestIsFoundBySolicitationAndPinged() {
        ping(A6, 5);
        a.expect("33:33:ff:00:00:0a", NS).expectSilence();
        resolve6();
        byte[] echo = echo(1);
        assertThat(Dump.of(echo)).startsWith(Lan.IP6 + " > " + A6 + " echo id ");
        lan.pass(0.001);
        a.ipv6(reply6(echo));
        assertThat(lan.pings).containsExactly(new PingOutcome(true, 1_000_000));
        a.expectSilence();
    }

    @Test
    void anAddressThatNobodyHasIsAskedForEverySecondUntilTheTimeIsUp() {
        ping(A4, 3.5);
        ping(A6, 1.5);
        lan.pass(10);
        a.expect(ARP).expect(NS).expect(ARP).expect(NS).expect(ARP).expect(ARP).expectSilence();
        assertThat(lan.pings)
                .containsExactly(new PingOutcome(false, 1_500_000_000L), new PingOutcome(false, 3_500_000_000L));
    }

    @Test
    void anEchoThatIsLostIsSentAgain() {
        ping(A4, 5);
        a.expect(ARP);
        resolve4();
        byte[] first = echo(1);
        lan.pass(1);
        a.expect(ARP);
        resolve4();
        echo(2);
        lan.pass(0.5);
        a.ipv4(reply4(A4, first, 0, 0));
        assertThat(lan.pings)
                .as("a late reply counts from its own echo")
                .containsExactly(new PingOutcome(true, 1_500_000_000L));
    }

    @Test
    void onlyTheReplyFromThatAddressWithThatIdentifierAndSequenceCounts() {
        ping(A4, 5);
        a.expect(ARP);
        resolve4();
        byte[] echo = echo(1);
        a.ipv4(reply4("192.168.64.3", echo, 0, 0));
        a.ipv4(reply4(A4, echo, 1, 0));
        a.ipv4(reply4(A4, echo, 0, 1));
        a.ipv4(reply4(A4, echo, 0, -1));
        assertThat(lan.pings).isEmpty();
        a.ipv4(reply4(A4, echo, 0, 0));
        a.ipv4(reply4(A4, echo, 0, 0));
        assertThat(lan.pings).hasSize(1);
    }

    @Test
    void moreThanSixtyFourAtATimeAreNotBegun() {
        for (int i = 0; i < 100; i++) {
            ping("192.168.64." + (2 + i), 5);
        }
        assertThat(lan.pings).hasSize(36).containsOnly(new PingOutcome(false, 0));
        lan.pass(6);
        assertThat(lan.pings).hasSize(100);
    }

    @Test
    void addressesThatAreNotGuestsAreUnansweredAtOnce() {
        for (String address : new String[] {
            "8.8.8.8", Lan.IP4, "192.168.64.0", "192.168.64.255", Lan.IP6, Lan.LINK_LOCAL, "ff02::1", "::"
        }) {
            ping(address, 5);
        }
        assertThat(lan.pings).hasSize(8).containsOnly(new PingOutcome(false, 0));
        a.expectSilence();
    }

    @Test
    void theNextPingMayBeStartedFromTheOutcomeOfTheLast() {
        lan.gateway.ping(Ipv4Address.parse(A4), Lan.SECOND / 2, lan.now, outcome -> ping(A4, 0.5));
        lan.pass(2);
        assertThat(lan.pings).hasSize(1);
    }
}
