package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.Recorder;
import vmlan.network.nat.Nat;
import vmlan.network.nat.NatLimits;
import vmlan.network.nat.RecordingOutside;
import vmlan.network.nat.UdpPublication;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;

/// Whatever guests send, and whatever comes back from outside, nothing breaks and no bound is passed.
class NatMutationTest {
    private static final long SEED = Long.getLong("vmlan.seed", 1);
    private static final int ROUNDS = 25_000;
    private static final String A = "52:54:00:00:00:0a";
    private static final String A4 = "192.168.64.2";
    private static final String A6 = "fd00:0:0:1::2";
    private static final String REMOTE = "198.51.100.1";
    private static final String REMOTE6 = "2001:db8::1";
    private static final NatLimits LIMITS = new NatLimits(10, 20, 1 << 16, 1 << 18, 1 << 18, 8, 12, 8, 12, 4, 8);

    private static List<byte[]> examples() {
        byte[] data = new byte[40];
        byte[] quote4 = Packets.udp4(Lan.IP4, A4, 20_000, 5353, data);
        byte[] quote6 = Packets.tcp6(REMOTE6, A6, Packets.tcp(80, 4000, 1, 1, 16, data));
        List<byte[]> packets = new ArrayList<>(List.of(
                Packets.udp4(A4, REMOTE, 4000, 7, data),
                Packets.udp4(A4, REMOTE, 4000, 53, data),
                Packets.udp4(A4, Lan.IP4, 4000, 8080, data),
                Packets.udp6(A6, REMOTE6, 4000, 7, data),
                Packets.udp6(A6, Lan.IP6, 4000, 8080, data),
                Packets.ipv4(A4, REMOTE, 1, Packets.icmp(8, 0, 1, data)),
                Packets.icmp6(A6, REMOTE6, 64, 128, 0, 1, data),
                Packets.ipv4(A4, Lan.IP4, 1, Packets.icmp(3, 3, 0, quote4)),
                Packets.ipv4(A4, REMOTE, 1, Packets.icmp(3, 4, 1000, quote4)),
                Packets.icmp6(A6, REMOTE6, 64, 2, 0, 1280, quote6),
                Packets.icmp6(A6, Lan.IP6, 64, 1, 4, 0, quote6),
                Packets.tcp4(A4, REMOTE, Packets.tcp(4000, 80, 1, 0, 2, new byte[0])),
                Packets.tcp6(A6, REMOTE6, Packets.tcp(4000, 80, 1, 0, 2, new byte[0])),
                Packets.tcp4(A4, Lan.IP4, Packets.tcp(4000, 8080, 1, 0, 2, new byte[0]))));
        packets.addAll(Pieces.of(Packets.udp4(A4, REMOTE, 4000, 7, new byte[200]), 100));
        packets.addAll(Pieces.of(Packets.udp6(A6, REMOTE6, 4000, 7, new byte[200]), 150));
        packets.addAll(Pieces.of(Packets.udp4(A4, Lan.IP4, 4000, 8080, new byte[200]), 100));
        return packets.stream()
                .map(packet -> Packets.ethernet(Lan.MAC, A, packet[0] >>> 4 == 4 ? 0x0800 : 0x86dd, packet))
                .toList();
    }

    @Test
    void noFrameHurtsTheNat() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<byte[]> examples = examples();
        Lan lan = new Lan().settled();
        RecordingOutside outside = new RecordingOutside();
        Nat nat = lan.gateway.attachNat(LIMITS, outside, null, lan.now);
        nat.hostPorts().allow(false, 8080);
        nat.hostPorts().allow(true, 8080);
        Lan.Guest a = lan.guest(A);
        UdpPublication publication = nat.publish(5353, (high, low, port, now) -> {});
        publication.attach(outside.new Socket(true, publication));
        publication.aim(a.port(), 0x5254_0000_000aL, IpAddress.parse(A4), IpAddress.parse(A6));
        long answers = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] frame = GatewayMutationTest.mutated(examples, random);
            Recorder.send(lan.network, a.port(), frame, lan.now);
            if (random.nextInt(4) == 0) {
                fromOutside(outside, publication, random, lan);
            }
            String how = "-Dvmlan.seed=%d, round %d, frame %s, %s"
                    .formatted(
                            SEED,
                            round,
                            HexFormat.of().formatHex(frame),
                            lan.gateway
                                    .port()
                                    .fault()
                                    .map(fault -> fault + Arrays.toString(fault.getStackTrace()))
                                    .orElse(""));
            assertThat(lan.gateway.port().drops(DropReason.FAULT)).as(how).isZero();
            for (byte[] answer = a.recorder.poll(); answer != null; answer = a.recorder.poll()) {
                answers++;
                if (Pieces.isPiece(answer)) {
                    continue;
                }
                assertThat(Dump.of(answer)).as(how).doesNotContain("CHECKSUM", "PADDING", "SHORT");
            }
            assertThat(outside.open()).as(how).isLessThanOrEqualTo(LIMITS.udpFlowsPerPort());
            assertThat(nat.counters().udp().clientFlows()).as(how).isLessThanOrEqualTo(LIMITS.udpFlowsPerPort());
            assertThat(nat.counters().echoesWaiting()).as(how).isLessThanOrEqualTo(2 * LIMITS.echoesPerPort());
            assertThat(nat.counters().reassembliesUnderWay()).as(how).isLessThanOrEqualTo(LIMITS.reassembliesPerPort());
            if (round % 100 == 0) {
                lan.pass(random.nextDouble(10));
                outside.sockets.removeIf(socket -> socket.closed);
                outside.echoes.forEach(way -> way.sent.clear());
                outside.streams.removeIf(stream -> stream.ended);
                a.clear();
            }
        }
        assertThat(answers).isGreaterThan(ROUNDS / 50);
        assertThat(nat.counters().reassembled()).isGreaterThan(10);
        assertThat(nat.counters().echoReplies()).isGreaterThan(10);
        nat.forget(a.port(), lan.now);
        assertThat(outside.open()).isZero();
        assertThat(nat.counters().udp().flows()).isZero();
        assertThat(nat.counters().echoesWaiting()).isZero();
    }

    private static void fromOutside(
            RecordingOutside outside, UdpPublication publication, SplittableRandom random, Lan lan) {
        OutsideError[] errors = OutsideError.values();
        OutsideError why = errors[random.nextInt(errors.length)];
        String from = random.nextBoolean() ? REMOTE : "127.0.0.1";
        if (!outside.sockets.isEmpty() && random.nextBoolean()) {
            RecordingOutside.Socket socket = outside.sockets.get(random.nextInt(outside.sockets.size()));
            String remote = socket.ipv4 ? from : REMOTE6;
            int port = random.nextBoolean() ? 7 : 8080;
            if (random.nextInt(4) == 0) {
                socket.fail(why, random.nextInt(2000), remote, port, lan.now);
            } else {
                socket.receive(remote, port, new byte[random.nextInt(3000)], lan.now);
            }
        }
        RecordingOutside.Echoes way =
                outside.echoes.isEmpty() ? null : outside.echoes.get(random.nextInt(outside.echoes.size()));
        if (way != null && !way.sent.isEmpty()) {
            RecordingOutside.Sent request = way.sent.poll();
            if (random.nextBoolean()) {
                way.reply(request, request.to().toString(), lan.now);
            } else {
                way.fail(request, why, random.nextInt(2000), from, lan.now);
            }
        }
        if (random.nextInt(8) == 0) {
            byte[] data = new byte[random.nextInt(2000)];
            IpAddress client = IpAddress.parse("127.0.0.1");
            publication.received(
                    client.high(), client.low(), random.nextInt(100), ByteBuffer.wrap(data), 0, data.length, lan.now);
        }
        lan.network.flush();
    }
}
