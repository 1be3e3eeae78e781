package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import vmlan.network.nat.Nat;
import vmlan.network.nat.NatLimits;
import vmlan.network.nat.RecordingOutside;
import vmlan.network.nat.UdpPublication;
import vmlan.packet.IpAddress;

/// A guest's UDP port as one of the host's.
class NatPublishTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final long MAC = 0x5254_0000_000aL;
    private static final String A4 = "192.168.64.2";
    private static final String A6 = "fd00:0:0:1::2";
    private static final byte[] DATA = new byte[20];
    private static final NatLimits LIMITS = new NatLimits(10, 20, 1 << 20, 1 << 20, 1 << 20, 4, 6, 4, 6, 8, 64);

    private final Lan lan = new Lan().settled();
    private final RecordingOutside outside = new RecordingOutside();
    private final Nat nat = lan.gateway.attachNat(LIMITS, outside, null, lan.now);
    private final Lan.Guest a = lan.guest(A);
    private final List<String> refused = new ArrayList<>();
    private final UdpPublication publication =
            nat.publish(5353, (high, low, port, now) -> refused.add(new IpAddress(high, low) + " " + port));
    private final RecordingOutside.Socket socket = outside.new Socket(true, publication);

    NatPublishTest() {
        publication.attach(socket);
        publication.aim(a.port(), MAC, IpAddress.parse(A4), IpAddress.parse(A6));
    }

    /// A client's datagram, as it arrives at the guest.
    private byte[] comes(String from, int port) {
        socket.receive(from, port, DATA, lan.now);
        lan.network.flush();
        return a.recorder.poll();
    }

    private static int sourcePort(byte[] frame) {
        return ByteBuffer.wrap(frame).getShort(frame[12] == 8 ? 34 : 54) & 0xffff;
    }

    @Test
    void eachClientHasAPortOfTheGatewayAndGetsItsOwnAnswers() {
        byte[] first = comes("127.0.0.1", 1000);
        byte[] second = comes("203.0.113.5", 1000);
        int firstPort = sourcePort(first);
        int secondPort = sourcePort(second);
        assertThat(Dump.of(first)).isEqualTo("192.168.64.1 > 192.168.64.2 udp " + firstPort + " > 5353 of 20");
        assertThat(firstPort).isBetween(16_384, 32_767).isNotEqualTo(secondPort);
        assertThat(sourcePort(comes("127.0.0.1", 1000))).isEqualTo(firstPort);
        a.ipv4(Packets.udp4(A4, Lan.IP4, 5353, secondPort, DATA));
        socket.expect("203.0.113.5 1000 of 20");
        a.ipv4(Packets.udp4(A4, Lan.IP4, 5353, firstPort, DATA));
        socket.expect("127.0.0.1 1000 of 20");
        a.ipv4(Packets.udp4(A4, Lan.IP4, 5354, firstPort, DATA))
                .expect("192.168.64.1 > 192.168.64.2 unreachable 3 of 48");
        socket.expect("nothing");
        assertThat(outside.sockets).isEmpty();
    }

    @Test
    void besideTheHostsStackTheAnswersAreTheNats() {
        RecordingHost host = new RecordingHost(lan, false);
        int port = sourcePort(comes("127.0.0.1", 1000));
        a.ipv4(Packets.udp4(A4, Lan.IP4, 5353, port, DATA));
        Pieces.of(Packets.udp4(A4, Lan.IP4, 5353, port, new byte[3000]), 1500).forEach(a::ipv4);
        socket.expect("127.0.0.1 1000 of 20").expect("127.0.0.1 1000 of 3000");
        host.expectSilence();
        a.ipv4(Packets.udp4(A4, Lan.IP4, 5353, port + 1, DATA));
        host.expect(Packets.udp4(A4, Lan.IP4, 5353, port + 1, DATA));
    }

    @Test
    void whenTheGuestRefusesOneFamilyTheOtherIsTried() {
        byte[] frame = comes("127.0.0.1", 1000);
        byte[] quote = Arrays.copyOfRange(frame, 14, 42);
        a.ipv4(Packets.ipv4(A4, Lan.IP4, 1, Packets.icmp(3, 3, 0, quote)));
        assertThat(refused).containsExactly("127.0.0.1 1000");
        byte[] next = comes("127.0.0.1", 1000);
        assertThat(Dump.of(next)).isEqualTo("fd00:0:0:1::1 > fd00:0:0:1::2 udp " + sourcePort(next) + " > 5353 of 20");
        a.ipv6(Packets.udp6(A6, Lan.IP6, 5353, sourcePort(next), DATA));
        socket.expect("127.0.0.1 1000 of 20");
        publication.aim(a.port(), MAC, IpAddress.parse(A4), IpAddress.parse(A6));
        assertThat(sourcePort(comes("127.0.0.1", 1000))).as("found is found").isEqualTo(sourcePort(next));
        byte[] quote6 = Arrays.copyOfRange(next, 14, 62);
        a.ipv6(Packets.icmp6(A6, Lan.IP6, 64, 1, 4, 0, quote6));
        assertThat(refused).hasSize(2);
        assertThat(sourcePort(comes("127.0.0.1", 1000)))
                .as("it has answered before")
                .isEqualTo(sourcePort(next));
        assertThat(nat.counters().udp().refusedByGuests()).isEqualTo(2);
    }

    @Test
    void clientsAreBoundedApartFromTheGuestsOwnFlows() {
        a.ipv4(Packets.udp4(A4, "198.51.100.1", 4000, 7, DATA));
        Set<Integer> ports = new HashSet<>();
        for (int client = 0; client < 1000; client++) {
            ports.add(sourcePort(comes("203.0.113.5", 1000 + client)));
        }
        assertThat(nat.counters().udp().clientFlows()).isEqualTo(4);
        assertThat(nat.counters().udp().evicted()).isEqualTo(996);
        assertThat(ports).as("chosen at random").hasSizeGreaterThan(900);
        assertThat(outside.open()).as("the guest's own").isEqualTo(1);
    }

    @Test
    void aSilentClientIsForgotten() {
        int port = sourcePort(comes("127.0.0.1", 1000));
        a.ipv4(Packets.udp4(A4, Lan.IP4, 5353, port, DATA));
        lan.pass(299);
        assertThat(nat.counters().udp().clientFlows()).isEqualTo(1);
        lan.pass(2);
        assertThat(nat.counters().udp().clientFlows()).isZero();
        a.clear();
        a.ipv4(Packets.udp4(A4, Lan.IP4, 5353, port, DATA)).expect("192.168.64.1 > 192.168.64.2 unreachable 3 of 48");
    }

    @Test
    void whatIsPublishedNoMoreAndAGuestThatIsGoneEndIt() {
        comes("127.0.0.1", 1000);
        nat.forget(a.port(), lan.now);
        assertThat(nat.counters().udp().clientFlows()).isZero();
        assertThat(comes("127.0.0.1", 1000)).isNull();
        publication.aim(a.port(), MAC, IpAddress.parse(A6), null);
        byte[] frame = comes("127.0.0.1", 1000);
        assertThat(Dump.of(frame)).startsWith("fd00:0:0:1::1 > fd00:0:0:1::2 udp ");
        nat.withdraw(publication);
        assertThat(socket.closed).isTrue();
        assertThat(comes("127.0.0.1", 1000)).isNull();
    }
}
