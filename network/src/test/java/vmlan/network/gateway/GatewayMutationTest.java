package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.Recorder;
import vmlan.network.dhcp.Lease;
import vmlan.packet.DhcpMessage;
import vmlan.packet.DhcpOptions;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;

/// Whatever a guest sends: the gateway throws nothing, comes to an end, answers a frame with a few at most,
/// keeps a bounded number of things, and still serves. Another seed: `-Dvmlan.seed=…`.
class GatewayMutationTest {
    private static final long SEED = Long.getLong("vmlan.seed", System.nanoTime());
    private static final int ROUNDS = 40_000;
    private static final String A = "52:54:00:00:00:0a";
    private static final String A4 = "192.168.64.2";
    private static final String A6 = "fd00:0:0:1::a";

    static byte[] dhcp(DhcpMessage.Type type) {
        DhcpMessage message = new DhcpMessage(
                DhcpMessage.REQUEST,
                1,
                false,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                MacAddress.parse(A),
                DhcpOptions.NONE
                        .withByte(DhcpOptions.MESSAGE_TYPE, type.code())
                        .with(DhcpOptions.REQUESTED_ADDRESS, Ipv4Address.parse(A4))
                        .with(DhcpOptions.SERVER_ID, Ipv4Address.parse(Lan.IP4))
                        .with(DhcpOptions.HOST_NAME, "demo")
                        .with(DhcpOptions.PARAMETER_LIST, new byte[] {1, 3, 15, 26, 119}));
        ByteBuffer bytes = ByteBuffer.allocate(message.length());
        message.write(bytes, 0);
        return frame(Packets.ALL, 0x0800, Packets.udp4("0.0.0.0", "255.255.255.255", 68, 67, bytes.array()));
    }

    static byte[] frame(String destination, int type, byte[] payload) {
        return Packets.ethernet(destination, A, type, payload);
    }

    private static final List<byte[]> EXAMPLES = List.of(
            frame(Packets.ALL, 0x0806, Packets.arp(1, A, A4, "00:00:00:00:00:00", Lan.IP4)),
            frame(Lan.MAC, 0x0806, Packets.arp(2, A, A4, Lan.MAC, Lan.IP4)),
            frame(Lan.MAC, 0x0800, Packets.ipv4(A4, Lan.IP4, 1, Packets.icmp(8, 0, 1, new byte[30]))),
            frame(Lan.MAC, 0x0800, Packets.udp4(A4, Lan.IP4, 9, 9, new byte[9])),
            frame(Lan.MAC, 0x0800, Packets.tcp4(A4, Lan.IP4, Packets.tcp(9, 9, 1, 2, 2, new byte[9]))),
            frame(Lan.MAC, 0x0800, Packets.udp4(A4, "8.8.8.8", 9, 53, new byte[9])),
            dhcp(DhcpMessage.Type.DISCOVER),
            dhcp(DhcpMessage.Type.REQUEST),
            dhcp(DhcpMessage.Type.DECLINE),
            frame(Lan.MAC, 0x86dd, Packets.icmp6(A6, Lan.IP6, 64, 128, 0, 1, new byte[30])),
            frame(
                    "33:33:ff:00:00:01",
                    0x86dd,
                    Packets.icmp6(
                            A6,
                            "ff02::1:ff00:1",
                            255,
                            135,
                            0,
                            0,
                            Packets.bytes(Packets.ip6(Lan.IP6), Packets.macOption(1, A)))),
            frame("33:33:ff:00:00:0a", 0x86dd, Packets.icmp6("::", "ff02::1:ff00:a", 255, 135, 0, 0, Packets.ip6(A6))),
            frame(
                    "33:33:00:00:00:01",
                    0x86dd,
                    Packets.icmp6(
                            A6,
                            "ff02::1",
                            255,
                            136,
                            0,
                            0x2000_0000,
                            Packets.bytes(Packets.ip6(A6), Packets.macOption(2, A)))),
            frame(
                    "33:33:00:00:00:02",
                    0x86dd,
                    Packets.icmp6("fe80::a", "ff02::2", 255, 133, 0, 0, Packets.macOption(1, A))),
            frame(Lan.MAC, 0x86dd, Packets.tcp6(A6, Lan.IP6, Packets.tcp(9, 9, 1, 2, 2, new byte[9]))),
            frame(Lan.MAC, 0x86dd, Packets.ipv6(A6, Lan.IP6, 0, 64, Packets.hex("3a00050200000100 8000000000000000"))));

    /// Checksums put right again in most frames, or nothing would get past them.
    private static void repair(byte[] frame) {
        if (frame.length < 34) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int type = bytes.getShort(12) & 0xffff;
        if (type == 0x0800 && (frame[14] & 0xff) == 0x45) {
            bytes.putShort(24, (short) 0);
            bytes.putShort(24, (short) Packets.checksum(Arrays.copyOfRange(frame, 14, 34)));
            int end = Math.min(frame.length, 14 + (bytes.getShort(16) & 0xffff));
            repairPayload(frame, 34, end, frame[23], 26, 34);
        } else if (type == 0x86dd && frame.length >= 54) {
            int end = Math.min(frame.length, 54 + (bytes.getShort(18) & 0xffff));
            repairPayload(frame, 54, end, frame[20], 22, 54);
        }
    }

    private static void repairPayload(byte[] frame, int start, int end, int protocol, int from, int to) {
        int at = start + (protocol == 17 ? 6 : protocol == 6 ? 16 : 2);
        if (at + 2 > end) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        bytes.putShort(at, (short) 0);
        byte[] payload = Arrays.copyOfRange(frame, start, end);
        byte[] summed = protocol == 1
                ? payload
                : Packets.bytes(
                        Arrays.copyOfRange(frame, from, to),
                        Packets.u32(payload.length),
                        Packets.u32(protocol),
                        payload);
        bytes.putShort(at, (short) Packets.checksum(summed));
    }

    private static byte[] mutated(SplittableRandom random) {
        return mutated(EXAMPLES, random);
    }

    static byte[] mutated(List<byte[]> examples, SplittableRandom random) {
        byte[] example = examples.get(random.nextInt(examples.size()));
        int length = random.nextInt(4) == 0 ? 14 + random.nextInt(example.length - 13) : example.length;
        byte[] frame = Arrays.copyOf(example, length);
        for (int i = random.nextInt(5); i > 0; i--) {
            // rarely in the Ethernet header, which would make most frames somebody else's
            int at = random.nextInt(20) == 0 ? random.nextInt(14) : 14 + random.nextInt(Math.max(1, length - 14));
            if (at < length) {
                frame[at] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(3) - 1);
            }
        }
        if (random.nextInt(8) > 0) {
            repair(frame);
        }
        return frame;
    }

    @Test
    void noFrameHurtsTheGateway() {
        SplittableRandom random = new SplittableRandom(SEED);
        Lan lan = new Lan().settled();
        Lan.Guest a = lan.guest(A);
        Lan.Guest b = lan.guest("52:54:00:00:00:0b");
        int answers = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] frame = mutated(random);
            Recorder.send(lan.network, a.port(), frame, lan.now);
            String how = "-Dvmlan.seed=%d, frame %s, %s"
                    .formatted(
                            SEED,
                            HexFormat.of().formatHex(frame),
                            lan.gateway.port().fault());
            assertThat(lan.gateway.port().drops(DropReason.FAULT)).as(how).isZero();
            assertThat(a.recorder.count()).as(how).isLessThanOrEqualTo(2);
            answers += a.recorder.count();
            for (byte[] answer = a.recorder.poll(); answer != null; answer = a.recorder.poll()) {
                assertThat(Dump.of(answer)).as(how).doesNotContain("CHECKSUM", "PADDING", "SHORT");
            }
            b.clear();
            if (round % 100 == 0) {
                lan.pass(random.nextDouble(10));
                a.clear();
                b.clear();
            }
        }
        assertThat(answers).as("mutations that are still good").isGreaterThan(ROUNDS / 20);
        assertThat(lan.neighbours.all()).hasSizeLessThanOrEqualTo(2 * Neighbours.PORT_LIMIT);
        assertThat(lan.leases.all())
                .hasSizeLessThanOrEqualTo(17)
                .extracting(Lease::name)
                .doesNotContain("gateway");
        b.ipv4(Packets.ipv4("192.168.64.3", Lan.IP4, 1, Packets.icmp(8, 0, 1, new byte[8])))
                .expect("192.168.64.1 > 192.168.64.3 echo reply id 0 seq 1 of 8");
    }
}
