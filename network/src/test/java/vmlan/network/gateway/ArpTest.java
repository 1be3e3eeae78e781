package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;

class ArpTest {
    private static final String NOBODY = "00:00:00:00:00:00";
    private static final String A = "52:54:00:00:00:0a";
    private final Lan lan = new Lan().settled();
    private final Lan.Guest a = lan.guest(A);

    @Test
    void aRequestForTheGatewaysAddressIsAnswered() {
        a.arp(Packets.arp(1, A, "192.168.64.2", NOBODY, Lan.IP4))
                .expect(A, "arp reply 192.168.64.1 is at 52:54:00:00:00:01, to 192.168.64.2")
                .expectSilence();
    }

    @Test
    void aRequestForAnybodyElsesAddressIsNot() {
        a.arp(Packets.arp(1, A, "192.168.64.2", NOBODY, "192.168.64.3"))
                .arp(Packets.arp(1, A, "192.168.64.2", NOBODY, "8.8.8.8"))
                .expectSilence();
    }

    @Test
    void aProbeForTheGatewaysAddressIsAnsweredSoThatNobodyTakesIt() {
        a.arp(Packets.arp(1, A, "0.0.0.0", NOBODY, Lan.IP4))
                .expect(A, "arp reply 192.168.64.1 is at 52:54:00:00:00:01, to 0.0.0.0")
                .expectSilence();
        assertThat(lan.neighbours.all()).isEmpty();
    }

    @Test
    void aClaimToTheGatewaysAddressIsCountedAndDefendedOnceInTenSeconds() {
        Lan.Guest b = lan.guest("52:54:00:00:00:0b");
        byte[] claim = Packets.arp(2, A, Lan.IP4, Packets.ALL, Lan.IP4);
        String announcement = "arp request 192.168.64.1 is at 52:54:00:00:00:01, who has 192.168.64.1";
        a.arp(claim).expect(Packets.ALL, announcement).expectSilence();
        a.arp(claim).expectSilence();
        b.expect("arp reply 192.168.64.1 is at " + A + ", to 192.168.64.1 SHORT")
                .expect(announcement);
        lan.pass(10);
        a.arp(claim).expect(announcement).expectSilence().expectDropped(DropReason.SPOOFED, 3);
        assertThat(lan.neighbours.all()).isEmpty();
    }

    @Test
    void sendersAreNotedWithTheirAddress() {
        a.arp(Packets.arp(1, A, "192.168.64.2", NOBODY, "192.168.64.2"));
        assertThat(lan.neighbours.ipv4Of(MacAddress.parse(A))).contains(Ipv4Address.parse("192.168.64.2"));
    }

    @Test
    void whatASenderSaysOfAnotherMacOrNetworkIsNotNoted() {
        a.arp(Packets.arp(1, "52:54:00:00:00:0b", "192.168.64.2", NOBODY, "192.168.64.9"));
        a.arp(Packets.arp(1, A, "10.0.0.1", NOBODY, "192.168.64.9"));
        a.arp(Packets.arp(1, A, "192.168.64.255", NOBODY, "192.168.64.9"));
        a.arp(Packets.arp(1, A, "192.168.64.0", NOBODY, "192.168.64.9"));
        assertThat(lan.neighbours.all()).isEmpty();
    }

    @Test
    void brokenPacketsAreCounted() {
        a.arp(Packets.hex("0001080006040001"));
        a.arp(Packets.arp(3, A, "192.168.64.2", NOBODY, Lan.IP4));
        a.arp(Packets.arp(1, Packets.ALL, "192.168.64.2", NOBODY, Lan.IP4));
        a.expectSilence().expectDropped(DropReason.MALFORMED, 3);
    }

    @Test
    void nobodyCanSpeakWithTheGatewaysMac() {
        Lan.Guest b = lan.guest("52:54:00:00:00:0b");
        Lan.Guest impostor = lan.guest(Lan.MAC);
        impostor.arp(Packets.arp(2, Lan.MAC, Lan.IP4, Packets.ALL, Lan.IP4)).expectDropped(DropReason.SPOOFED, 1);
        b.expectSilence();
    }
}
