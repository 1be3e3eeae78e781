package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static vmlan.network.gateway.GatewayMutationTest.dhcp;
import static vmlan.network.gateway.GatewayMutationTest.frame;
import static vmlan.network.gateway.GatewayMutationTest.mutated;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.Recorder;
import vmlan.packet.DhcpMessage;

/// Whatever a guest or the host sends: nothing that configures a station passes the door, in either
/// direction, and nothing throws. Another seed: `-Dvmlan.seed=…`.
class HostDoorMutationTest {
    private static final long SEED = Long.getLong("vmlan.seed", System.nanoTime());
    private static final int ROUNDS = 60_000;
    private static final String A = "52:54:00:00:00:0a";
    private static final String A4 = "192.168.64.2";
    private static final byte[] DATA = new byte[24];

    private static byte[] ra(String to, int type) {
        return Packets.icmp6("fe80::a", to, 255, type, 0, 0, DATA);
    }

    private static byte[] behind(String extensions, int type) {
        byte[] message = Packets.icmp(type, 0, 0, DATA);
        return Packets.ipv6(
                "fe80::a",
                Lan.LINK_LOCAL,
                Integer.parseInt(extensions.substring(0, 2), 16),
                255,
                Packets.bytes(Packets.hex(extensions.substring(2)), message));
    }

    private static final List<byte[]> EXAMPLES = List.of(
            dhcp(DhcpMessage.Type.DISCOVER),
            frame(Lan.MAC, 0x0800, Packets.udp4(A4, Lan.IP4, 67, 68, DATA)),
            frame(Lan.MAC, 0x0800, Packets.udp4(A4, "198.51.100.1", 68, 67, DATA)),
            frame(Packets.ALL, 0x0800, Packets.udp4(A4, "255.255.255.255", 67, 68, DATA)),
            frame(Lan.MAC, 0x0800, Packets.ipv4(A4, Lan.IP4, 17, 64, 0x2000, Packets.hex("0043004400200000"))),
            frame(Lan.MAC, 0x0800, Packets.ipv4(A4, Lan.IP4, 1, Packets.icmp(5, 1, 0, DATA))),
            frame("01:00:5e:00:00:01", 0x0800, Packets.ipv4(A4, "224.0.0.1", 1, Packets.icmp(9, 0, 0, DATA))),
            frame(Lan.MAC, 0x86dd, Packets.udp6("fe80::a", Lan.LINK_LOCAL, 547, 546, DATA)),
            frame("33:33:00:01:00:02", 0x86dd, Packets.udp6("fe80::a", "ff02::1:2", 546, 547, DATA)),
            frame(Lan.MAC, 0x86dd, ra(Lan.LINK_LOCAL, 134)),
            frame("33:33:00:00:00:01", 0x86dd, ra("ff02::1", 134)),
            frame("33:33:00:00:00:02", 0x86dd, ra("ff02::2", 133)),
            frame(Lan.MAC, 0x86dd, ra(Lan.LINK_LOCAL, 137)),
            frame(Lan.MAC, 0x86dd, ra("2001:db8:ff::1", 134)),
            frame(Lan.MAC, 0x86dd, behind("00" + "3a00050200000000", 134)),
            frame(Lan.MAC, 0x86dd, behind("2c" + "3a00000000000001", 134)),
            frame(Lan.MAC, 0x86dd, behind("3c" + "2c00010400000000" + "3a00000100000001", 134)),
            frame(Lan.MAC, 0x86dd, behind("2c" + "3c00000100000001" + "3a00010400000000", 134)));

    /// By another hand than the code under test: the last header is looked for from the front, whatever the
    /// lengths say, and a header that is not there whole counts as one that may become anything.
    private static boolean mayConfigure(byte[] frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int type = bytes.getShort(12) & 0xffff;
        if (type == 0x0800) {
            int header = (frame[14] & 0xf) * 4;
            boolean isLater = (bytes.getShort(20) & 0x1fff) != 0;
            int end = 14 + (bytes.getShort(16) & 0xffff);
            return !isLater && mayConfigure(frame, frame[23], 1, 14 + header, end, List.of(5, 9, 10));
        }
        if (type != 0x86dd) {
            return false;
        }
        int end = 54 + (bytes.getShort(18) & 0xffff);
        int protocol = frame[20];
        int at = 54;
        while (List.of(0, 43, 44, 60).contains(protocol)) {
            if (protocol == 44 && (bytes.getShort(at + 2) & 0xfff8) != 0) {
                return false;
            }
            int length = protocol == 44 ? 8 : 8 + 8 * (frame[at + 1] & 0xff);
            protocol = frame[at];
            at += length;
        }
        return mayConfigure(frame, protocol, 58, at, end, List.of(133, 134, 137));
    }

    private static boolean mayConfigure(byte[] frame, int protocol, int icmp, int at, int end, List<Integer> types) {
        if (protocol == 17) {
            return end < at + 4
                    || List.of(67, 68, 546, 547).contains(ByteBuffer.wrap(frame).getShort(at + 2) & 0xffff);
        }
        return protocol == icmp && (end < at + 1 || types.contains(frame[at] & 0xff));
    }

    private static String how(byte[] frame) {
        return "-Dvmlan.seed=%d, frame %s".formatted(SEED, HexFormat.of().formatHex(frame));
    }

    @Test
    void theOtherHandKnowsTheExamples() {
        assertThat(EXAMPLES).allMatch(HostDoorMutationTest::mayConfigure);
    }

    @Test
    void nothingThatConfiguresReachesTheHost() {
        SplittableRandom random = new SplittableRandom(SEED);
        Lan lan = new Lan(true, 1500).settled();
        Lan.Guest a = lan.guest(A);
        RecordingHost host = new RecordingHost(lan, true);
        int passed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] sent = mutated(EXAMPLES, random);
            Recorder.send(lan.network, a.port(), sent, lan.now);
            assertThat(lan.gateway.port().drops(DropReason.FAULT)).as(how(sent)).isZero();
            assertThat(host.recorder.count()).as(how(sent)).isLessThanOrEqualTo(1);
            byte[] got = host.recorder.poll();
            if (got != null) {
                passed++;
                assertThat(got).as(how(sent)).isEqualTo(sent);
                assertThat(mayConfigure(got)).as(how(sent)).isFalse();
            }
            a.clear();
        }
        assertThat(passed).as("what mutation has made harmless").isGreaterThan(ROUNDS / 100);
    }

    @Test
    void norTheGuests() {
        SplittableRandom random = new SplittableRandom(SEED + 1);
        Lan lan = new Lan(true, 1500).settled();
        Lan.Guest a = lan.guest(A);
        RecordingHost host = new RecordingHost(lan, true);
        int passed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] sent = mutated(EXAMPLES, random);
            System.arraycopy(Packets.mac(random.nextBoolean() ? A : Packets.ALL), 0, sent, 0, 6);
            System.arraycopy(Packets.mac(Lan.MAC), 0, sent, 6, 6);
            lan.gateway.fromHost(Recorder.buffer(sent), 4, sent.length, lan.now);
            lan.network.flush();
            assertThat(lan.gateway.port().drops(DropReason.FAULT)).as(how(sent)).isZero();
            byte[] got = a.recorder.poll();
            if (got != null) {
                passed++;
                assertThat(got).as(how(sent)).startsWith(sent);
                assertThat(mayConfigure(sent)).as(how(sent)).isFalse();
            }
            a.expectSilence();
            host.expectSilence();
        }
        assertThat(passed).as("what mutation has made harmless").isGreaterThan(ROUNDS / 100);
    }
}
