package vmlan.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static vmlan.packet.Superframe.IP4;
import static vmlan.packet.Superframe.IP6;
import static vmlan.packet.Superframe.NONE;
import static vmlan.packet.Superframe.bytes;
import static vmlan.packet.Superframe.data;
import static vmlan.packet.Superframe.ethernet;
import static vmlan.packet.Superframe.hex;
import static vmlan.packet.Superframe.ipv4;
import static vmlan.packet.Superframe.ipv6;
import static vmlan.packet.Superframe.partial;
import static vmlan.packet.Superframe.slice;
import static vmlan.packet.Superframe.tcp;
import static vmlan.packet.Superframe.udp;
import static vmlan.packet.Superframe.vnet;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Whatever the bytes: nothing is thrown and what comes out is within bounds; and whatever is good is cut
/// without loss. Another seed: `-Dvmlan.seed=…`.
class OffloadMutationTest {
    private static final long SEED = Long.getLong("vmlan.seed", System.nanoTime());
    private static final int ROUNDS = 40_000;

    private static final List<byte[]> EXAMPLES = List.of(
            bytes(vnet(1, 0, 0, 34, 16), ethernet(0x0800, ipv4(6, NONE, partial(IP4, 6, tcp(0x18, NONE, data(99)))))),
            bytes(vnet(1, 1, 40, 34, 16), ethernet(0x0800, ipv4(6, NONE, partial(IP4, 6, tcp(0x18, NONE, data(99)))))),
            bytes(vnet(1, 4, 40, 54, 16), ethernet(0x86dd, ipv6(6, partial(IP6, 6, tcp(0x19, NONE, data(99)))))),
            bytes(
                    vnet(1, 0x84, 40, 62, 16),
                    ethernet(0x86dd, ipv6(0, bytes(hex("0600050200000100"), tcp(0x19, NONE, data(99)))))),
            bytes(vnet(1, 5, 40, 54, 6), ethernet(0x86dd, ipv6(17, partial(IP6, 17, udp(data(99)))))),
            bytes(vnet(1, 5, 40, 34, 6), ethernet(0x0800, ipv4(17, NONE, partial(IP4, 17, udp(data(99)))))),
            bytes(
                    vnet(1, 1, 40, 38, 16),
                    ethernet(0x8100, bytes(hex("00050800"), ipv4(6, NONE, partial(IP4, 6, tcp(0, NONE, data(99))))))));

    private final Offload offload = new Offload();

    @Test
    void noBytesHurt() {
        SplittableRandom random = new SplittableRandom(SEED);
        ByteBuffer to = ByteBuffer.allocateDirect(2000);
        int good = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] example = EXAMPLES.get(random.nextInt(EXAMPLES.size()));
            byte[] vnet = Bytes.mutated(slice(example, 0, 10), random);
            byte[] frame = Bytes.mutated(slice(example, 10, example.length), random);
            if (vnet.length < 10) {
                vnet = slice(example, 0, 10);
            }
            int tag = random.nextBoolean() ? Offload.NO_TAG : random.nextInt(1 << 16);
            int at = random.nextInt(3) == 0 ? random.nextInt(to.capacity() + 1) : 0;
            String how = "-Dvmlan.seed=%d, header %s, frame %s, tag %d, at %d"
                    .formatted(
                            SEED, HexFormat.of().formatHex(vnet), HexFormat.of().formatHex(frame), tag, at);
            int end;
            try {
                end = offload.write(Bytes.of(bytes(vnet, frame)), 0, 10, frame.length, tag, 0x8100, to, at);
            } catch (RuntimeException e) {
                throw new AssertionError(how, e);
            }
            if (end < 0) {
                assertThat(end).as(how).isBetween(Offload.NO_ROOM, Offload.MALFORMED);
                continue;
            }
            List<byte[]> frames = Superframe.frames(to, at, end);
            assertThat(frames).as(how).isNotEmpty().allMatch(out -> out.length >= 14);
            good++;
        }
        assertThat(good).as("mutations that are still good").isGreaterThan(ROUNDS / 10);
    }

    @Test
    void segmentsPutTogetherAreWhatWasCut() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 500; round++) {
            boolean isTcp = random.nextBoolean();
            boolean isIpv4 = random.nextBoolean();
            byte[] data = new byte[random.nextInt(random.nextInt(4) == 0 ? 60_000 : 5000)];
            random.nextBytes(data);
            int gsoSize = 64 + random.nextInt(3000);
            byte[] addresses = isIpv4 ? IP4 : IP6;
            int protocol = isTcp ? 6 : 17;
            byte[] options = new byte[4 * random.nextInt(11)];
            byte[] segment = partial(addresses, protocol, isTcp ? tcp(0x99, options, data) : udp(data));
            byte[] frame = isIpv4
                    ? ethernet(0x0800, ipv4(protocol, NONE, segment))
                    : ethernet(0x86dd, ipv6(protocol, segment));
            int start = isIpv4 ? 34 : 54;
            int type = isTcp ? (isIpv4 ? 1 : 4) : 5;
            int tag = random.nextBoolean() ? Offload.NO_TAG : 7;
            List<byte[]> frames = Superframe.write(offload, vnet(1, type, gsoSize, start, isTcp ? 16 : 6), frame, tag);
            String how = "-Dvmlan.seed=%d, round %d".formatted(SEED, round);
            assertThat(frames).as(how).hasSize(Math.max(1, (data.length + gsoSize - 1) / gsoSize));
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            for (byte[] out : frames) {
                joined.writeBytes(checked(out, tag == Offload.NO_TAG ? 14 : 18, how));
            }
            assertThat(joined.toByteArray()).as(how).isEqualTo(data);
        }
    }

    /// What a segment carries, after its windows have found it in order.
    private static byte[] checked(byte[] frame, int network, String how) {
        ByteBuffer bytes = Bytes.of(frame);
        Ipv4Header ipv4 = new Ipv4Header();
        Ipv6Header ipv6 = new Ipv6Header();
        int offset;
        int length;
        long pseudoHeader;
        int protocol;
        if (ipv4.aim(bytes, network, frame.length - network)) {
            assertThat(ipv4.checksumIsRight()).as(how).isTrue();
            offset = ipv4.payloadOffset();
            length = ipv4.payloadLength();
            pseudoHeader = ipv4.pseudoHeader();
            protocol = ipv4.protocol();
        } else {
            assertThat(ipv6.aim(bytes, network, frame.length - network)).as(how).isTrue();
            offset = ipv6.payloadOffset();
            length = ipv6.payloadLength();
            pseudoHeader = ipv6.pseudoHeader();
            protocol = ipv6.protocol();
        }
        assertThat(offset + length).as(how).isEqualTo(frame.length);
        if (protocol == IpProtocol.TCP) {
            TcpHeader tcp = new TcpHeader();
            assertThat(tcp.aim(bytes, offset, length)).as(how).isTrue();
            assertThat(tcp.checksumIsRight(pseudoHeader)).as(how).isTrue();
            return slice(frame, offset + tcp.headerLength(), frame.length);
        }
        UdpHeader udp = new UdpHeader();
        assertThat(udp.aim(bytes, offset, length)).as(how).isTrue();
        assertThat(udp.hasChecksum() && udp.checksumIsRight(pseudoHeader))
                .as(how)
                .isTrue();
        return slice(frame, udp.payloadOffset(), frame.length);
    }

    @Test
    void nothingIsAllocated() {
        byte[] frame = ethernet(0x0800, ipv4(6, NONE, partial(IP4, 6, tcp(0x18, NONE, data(20_000)))));
        ByteBuffer cut = Bytes.of(bytes(vnet(1, 1, 1460, 34, 16), frame));
        ByteBuffer whole = Bytes.of(bytes(vnet(1, 0, 0, 34, 16), frame));
        ByteBuffer to = ByteBuffer.allocateDirect(Offload.MAX_OUTPUT);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 6; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int round = 0; round < 2000; round++) {
                offload.write(cut, 0, 10, frame.length, 5, 0x8100, to, 0);
                offload.write(whole, 0, 10, frame.length, Offload.NO_TAG, 0, to, 0);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isZero();
    }
}
