package vmlan.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static vmlan.packet.Superframe.IP4;
import static vmlan.packet.Superframe.IP6;
import static vmlan.packet.Superframe.NONE;
import static vmlan.packet.Superframe.bytes;
import static vmlan.packet.Superframe.complete;
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
import static vmlan.packet.Superframe.with;
import static vmlan.packet.Superframe.with16;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class OffloadTest {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final byte[] TIMESTAMPS = hex("0101080a0000000100000002");
    private static final byte[] AS_IT_IS = vnet(0, 0, 0, 0, 0);
    private static final int FIN_PSH_ACK_ECE_CWR = 0xd9;

    private final Offload offload = new Offload();

    private List<byte[]> write(byte[] vnet, byte[] frame) {
        return Superframe.write(offload, vnet, frame, Offload.NO_TAG);
    }

    private static byte[] tcp4(byte[] segment) {
        return ethernet(0x0800, ipv4(TCP, NONE, segment));
    }

    private static byte[] tcp6(byte[] segment) {
        return ethernet(0x86dd, ipv6(TCP, segment));
    }

    @Test
    void whatIsCompleteIsCopied() {
        byte[] frame = tcp4(complete(IP4, TCP, tcp(0x10, NONE, data(100))));
        assertThat(write(AS_IT_IS, frame)).containsExactly(frame);
        byte[] least = ethernet(0x0806, NONE);
        assertThat(write(AS_IT_IS, least)).containsExactly(least);
        assertThat(write(vnet(2, 0, 0, 999, 999), frame)).as("DATA_VALID").containsExactly(frame);
    }

    @Test
    void aFrameShorterThanItsHeaderIsMalformed() {
        assertThat(write(AS_IT_IS, new byte[13])).isNull();
    }

    @Test
    void aPartialChecksumIsCompleted() {
        byte[] segment = tcp(0x12, TIMESTAMPS, data(33));
        assertThat(write(vnet(1, 0, 0, 34, 16), tcp4(partial(IP4, TCP, segment))))
                .containsExactly(tcp4(complete(IP4, TCP, segment)));
        assertThat(write(vnet(1, 0, 0, 54, 16), tcp6(partial(IP6, TCP, segment))))
                .containsExactly(tcp6(complete(IP6, TCP, segment)));
        byte[] datagram = udp(data(301));
        assertThat(write(vnet(1, 0, 0, 34, 6), ethernet(0x0800, ipv4(UDP, NONE, partial(IP4, UDP, datagram)))))
                .containsExactly(ethernet(0x0800, ipv4(UDP, NONE, complete(IP4, UDP, datagram))));
    }

    @Test
    void aUdpChecksumOfZeroIsSentAsAllOnes() {
        // two bytes of data that bring the sum to zero
        byte[] datagram = udp(new byte[2]);
        int sum = Superframe.checksum(bytes(Superframe.pseudo(IP4, UDP, 10), datagram));
        byte[] chosen = udp(Superframe.u16(sum));
        byte[] frame = write(vnet(1, 0, 0, 34, 6), ethernet(0x0800, ipv4(UDP, NONE, partial(IP4, UDP, chosen))))
                .getFirst();
        assertThat(slice(frame, 40, 42)).isEqualTo(hex("ffff"));
    }

    @Test
    void paddingIsKeptButNotSummed() {
        byte[] segment = tcp(0x10, NONE, data(3));
        byte[] padding = hex("ff0102");
        assertThat(write(vnet(1, 0, 0, 34, 16), bytes(tcp4(partial(IP4, TCP, segment)), padding)))
                .containsExactly(bytes(tcp4(complete(IP4, TCP, segment)), padding));
        assertThat(write(vnet(1, 0, 0, 54, 16), bytes(tcp6(partial(IP6, TCP, segment)), padding)))
                .containsExactly(bytes(tcp6(complete(IP6, TCP, segment)), padding));
    }

    @Test
    void aChecksumOutsideThePacketIsMalformed() {
        byte[] frame = tcp4(partial(IP4, TCP, tcp(0x10, NONE, NONE)));
        assertThat(write(vnet(1, 0, 0, 34, 19), frame)).isNull();
        assertThat(write(vnet(1, 0, 0, 34, 18), frame)).isNotNull();
        assertThat(write(vnet(1, 0, 0, 13, 16), frame)).isNull();
        assertThat(write(vnet(1, 0, 0, 0xffff, 0xffff), frame)).isNull();
        assertThat(write(vnet(1, 0, 0, 34, 18), bytes(frame, new byte[6]))).isNotNull();
        assertThat(write(vnet(1, 0, 0, 34, 19), bytes(frame, new byte[6])))
                .as("in the padding")
                .isNull();
    }

    @Test
    void aStrippedTagIsPutBackAndMovesTheChecksum() {
        byte[] segment = tcp(0x10, NONE, data(5));
        byte[] tagged = bytes(Superframe.MACS, hex("8100 e00a 0800"), ipv4(TCP, NONE, complete(IP4, TCP, segment)));
        assertThat(Superframe.write(offload, vnet(1, 0, 0, 34, 16), tcp4(partial(IP4, TCP, segment)), 0xe00a))
                .containsExactly(tagged);
        assertThat(Superframe.write(offload, AS_IT_IS, tcp4(complete(IP4, TCP, segment)), 0xe00a))
                .containsExactly(tagged);
    }

    @Test
    void aTagThatWasLeftInTheFrameIsSeenThrough() {
        byte[] segment = tcp(0x10, NONE, data(5));
        byte[] before =
                bytes(Superframe.MACS, hex("8100 0005 0800"), ipv4(TCP, NONE, partial(IP4, TCP, segment)), hex("eeee"));
        byte[] after = bytes(
                Superframe.MACS,
                hex("88a8 0007 8100 0005 0800"),
                ipv4(TCP, NONE, complete(IP4, TCP, segment)),
                hex("eeee"));
        List<byte[]> written = Superframe.write(offload, vnet(1, 0, 0, 38, 16), before, 7);
        assertThat(written).containsExactly(with16(after, 12, 0x8100));
    }

    @Test
    void tcpOverIpv4IsCutAsLinuxCutsIt() {
        byte[] data = data(2500);
        byte[] superframe = tcp4(partial(IP4, TCP, tcp(FIN_PSH_ACK_ECE_CWR, TIMESTAMPS, data)));
        List<byte[]> frames = write(vnet(1, 0x81, 1000, 34, 16), superframe);
        assertThat(frames).hasSize(3);
        // flags: CWR on the first only, FIN and PSH on the last only, ECE and ACK on all
        byte[][] segments = {
            tcp(0xd0, TIMESTAMPS, slice(data, 0, 1000)),
            with16(with16(tcp(0x50, TIMESTAMPS, slice(data, 1000, 2000)), 4, 0), 6, 0x03d8),
            with16(with16(tcp(0x59, TIMESTAMPS, slice(data, 2000, 2500)), 4, 0), 6, 0x07c0)
        };
        for (int i = 0; i < 3; i++) {
            byte[] packet = ipv4(TCP, NONE, complete(IP4, TCP, segments[i]));
            byte[] header = with16(with16(slice(packet, 0, 20), 4, 0xfffe + i), 10, 0); // identification
            byte[] right = with16(header, 10, Superframe.checksum(header));
            assertThat(frames.get(i))
                    .as("segment %d", i)
                    .isEqualTo(ethernet(0x0800, bytes(right, slice(packet, 20, packet.length))));
        }
    }

    @Test
    void ipv4OptionsGoIntoEverySegment() {
        byte[] options = hex("94040000 01010101");
        byte[] superframe = ethernet(0x0800, ipv4(TCP, options, partial(IP4, TCP, tcp(0x10, NONE, data(30)))));
        List<byte[]> frames = write(vnet(1, 1, 20, 42, 16), superframe);
        assertThat(frames).hasSize(2).allSatisfy(frame -> {
            assertThat(slice(frame, 34, 42)).isEqualTo(options);
            assertThat(Superframe.checksum(slice(frame, 14, 42))).isZero();
        });
    }

    @Test
    void tcpOverIpv6IsCutBehindItsExtensionHeaders() {
        byte[] data = data(25);
        byte[] extension = hex("0600050200000100");
        byte[] segment = partial(IP6, TCP, tcp(0x18, NONE, data));
        byte[] superframe = ethernet(0x86dd, ipv6(0, bytes(extension, segment)));
        List<byte[]> frames = write(vnet(1, 4, 10, 62, 16), superframe);
        assertThat(frames)
                .containsExactly(
                        ethernet(
                                0x86dd,
                                ipv6(0, bytes(extension, complete(IP6, TCP, tcp(0x10, NONE, slice(data, 0, 10)))))),
                        ethernet(
                                0x86dd,
                                ipv6(
                                        0,
                                        bytes(
                                                extension,
                                                complete(
                                                        IP6,
                                                        TCP,
                                                        with(tcp(0x10, NONE, slice(data, 10, 20)), 7, 0xfa))))),
                        ethernet(
                                0x86dd,
                                ipv6(
                                        0,
                                        bytes(
                                                extension,
                                                complete(
                                                        IP6,
                                                        TCP,
                                                        with16(
                                                                with16(tcp(0x18, NONE, slice(data, 20, 25)), 4, 0),
                                                                6,
                                                                4))))));
    }

    @Test
    void udpSegmentsHaveTheirOwnLengthAndChecksum() {
        byte[] data = data(25);
        byte[] whole = partial(IP6, UDP, udp(data));
        assertThat(write(vnet(1, 5, 10, 54, 6), ethernet(0x86dd, ipv6(UDP, whole))))
                .containsExactly(
                        ethernet(0x86dd, ipv6(UDP, complete(IP6, UDP, udp(slice(data, 0, 10))))),
                        ethernet(0x86dd, ipv6(UDP, complete(IP6, UDP, udp(slice(data, 10, 20))))),
                        ethernet(0x86dd, ipv6(UDP, complete(IP6, UDP, udp(slice(data, 20, 25))))));
        List<byte[]> without = write(vnet(0, 5, 10, 0, 0), ethernet(0x0800, ipv4(UDP, NONE, udp(data))));
        assertThat(without)
                .hasSize(3)
                .allSatisfy(frame -> assertThat(slice(frame, 40, 42))
                        .as("a sender over IPv4 may leave the checksum out")
                        .isEqualTo(hex("0000")));
    }

    @Test
    void segmentsOfATaggedFrameAreAllTagged() {
        List<byte[]> frames = Superframe.write(
                offload, vnet(1, 1, 1000, 34, 16), tcp4(partial(IP4, TCP, tcp(0x10, NONE, data(1500)))), 42);
        assertThat(frames).hasSize(2).allSatisfy(frame -> {
            assertThat(slice(frame, 12, 18)).isEqualTo(hex("8100 002a 0800"));
            assertThat(Superframe.checksum(slice(frame, 18, 38))).isZero();
        });
    }

    @Test
    void aMergedPacketWithoutChecksumRequestIsCutAllTheSame() {
        // large receive offload: the NIC has verified what it merged
        byte[] superframe = tcp4(complete(IP4, TCP, tcp(0x10, NONE, data(300))));
        List<byte[]> frames = write(vnet(2, 1, 200, 0, 0), superframe);
        assertThat(frames).hasSize(2);
        assertThat(frames.getFirst()).endsWith(complete(IP4, TCP, tcp(0x10, NONE, slice(data(300), 0, 200))));
    }

    @Test
    void whatTheHeaderSaysMustBeWhatThePacketIs() {
        byte[] tcp4 = tcp4(partial(IP4, TCP, tcp(0x10, NONE, data(300))));
        byte[] udp4 = ethernet(0x0800, ipv4(UDP, NONE, partial(IP4, UDP, udp(data(300)))));
        assertThat(write(vnet(1, 1, 100, 34, 16), tcp4)).hasSize(3);
        assertThat(write(vnet(1, 4, 100, 34, 16), tcp4)).as("TCPv6").isNull();
        assertThat(write(vnet(1, 5, 100, 34, 6), tcp4)).as("UDP").isNull();
        assertThat(write(vnet(1, 1, 100, 34, 16), udp4)).as("TCP").isNull();
        assertThat(write(vnet(1, 3, 100, 34, 6), udp4)).as("UFO").isNull();
        assertThat(write(vnet(1, 2, 100, 34, 6), udp4)).as("no type").isNull();
        assertThat(write(vnet(1, 0x25, 100, 34, 6), udp4)).as("tunnel").isNull();
        assertThat(write(vnet(1, 1, 100, 35, 16), tcp4)).as("csum_start").isNull();
        assertThat(write(vnet(1, 1, 100, 34, 6), tcp4)).as("csum_offset").isNull();
        assertThat(write(vnet(1, 1, 100, 34, 16), with(tcp4, 20, 0x20)))
                .as("a fragment")
                .isNull();
        assertThat(write(vnet(1, 1, 100, 34, 16), with(tcp4, 46, 0x40)))
                .as("data offset")
                .isNull();
        assertThat(write(vnet(1, 1, 100, 34, 16), with16(tcp4, 16, 341)))
                .as("total length")
                .isNull();
        assertThat(write(vnet(1, 1, 100, 34, 16), with16(tcp4, 12, 0x0806)))
                .as("ARP")
                .isNull();
    }

    @Test
    void tinyAndCountlessSegmentsAreRefused() {
        byte[] frame = tcp4(partial(IP4, TCP, tcp(0x10, NONE, data(60_000))));
        assertThat(write(vnet(1, 1, 0, 34, 16), frame)).isNull();
        assertThat(write(
                        vnet(1, 1, Offload.MIN_SEGMENT - 1, 34, 16), tcp4(partial(IP4, TCP, tcp(0x10, NONE, data(9))))))
                .isNull();
        assertThat(write(vnet(1, 1, Offload.MIN_SEGMENT, 34, 16), tcp4(partial(IP4, TCP, tcp(0x10, NONE, data(9))))))
                .hasSize(2);
        assertThat(write(vnet(1, 1, 58, 34, 16), frame)).isNull();
        assertThat(write(vnet(1, 1, 59, 34, 16), frame)).hasSize(1017);
    }

    @Test
    void withoutRoomNothingIsWritten() {
        byte[] vnet = vnet(1, 1, 100, 34, 16);
        byte[] frame = tcp4(partial(IP4, TCP, tcp(0x10, NONE, data(250))));
        ByteBuffer from = Bytes.of(bytes(vnet, frame));
        int exactly = 3 * (4 + 54) + 250;
        ByteBuffer small = ByteBuffer.allocateDirect(exactly - 1);
        assertThat(offload.write(from, 0, 10, frame.length, Offload.NO_TAG, 0, small, 0))
                .isEqualTo(Offload.NO_ROOM);
        assertThat(Bytes.hex(small)).matches("0*");
        assertThat(offload.write(from, 0, 10, frame.length, Offload.NO_TAG, 0, ByteBuffer.allocateDirect(exactly), 0))
                .isEqualTo(exactly);
        byte[] whole = bytes(AS_IT_IS, frame);
        ByteBuffer one = ByteBuffer.allocateDirect(4 + frame.length);
        assertThat(offload.write(Bytes.of(whole), 0, 10, frame.length, Offload.NO_TAG, 0, one, 1))
                .isEqualTo(Offload.NO_ROOM);
        assertThat(offload.write(Bytes.of(whole), 0, 10, frame.length, Offload.NO_TAG, 0, one, 0))
                .isEqualTo(4 + frame.length);
        assertThat(offload.write(Bytes.of(whole), 0, 10, frame.length, 1, 0x8100, one, 0))
                .isEqualTo(Offload.NO_ROOM);
    }

    @Test
    void theLargestOutputFitsWhereItIsSaidTo() {
        byte[] options = new byte[40];
        byte[] frame = ethernet(0x0800, ipv4(TCP, options, partial(IP4, TCP, tcp(0x10, options, data(65_415)))));
        assertThat(write(vnet(1, 1, 64, 74, 16), frame)).hasSize(1023);
    }
}
