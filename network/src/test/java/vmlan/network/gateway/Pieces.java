package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import vmlan.network.Recorder;

/// Cuts packets into fragments, and puts them together, as a guest would.
final class Pieces {
    private Pieces() {}

    static List<byte[]> of(byte[] packet, int mtu) {
        boolean ipv4 = packet[0] >>> 4 == 4;
        int header = ipv4 ? 20 : 40;
        int most = (mtu - header - (ipv4 ? 0 : 8)) / 8 * 8;
        byte[] payload = Arrays.copyOfRange(packet, header, packet.length);
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < payload.length; at += most) {
            byte[] part = Arrays.copyOfRange(payload, at, Math.min(payload.length, at + most));
            boolean more = at + most < payload.length;
            if (ipv4) {
                String from = Packets.ip4(packet, 12);
                String to = Packets.ip4(packet, 16);
                pieces.add(Packets.ipv4(from, to, packet[9], packet[8], at / 8 | (more ? 0x2000 : 0), part));
            } else {
                byte[] fragment = Packets.bytes(
                        new byte[] {packet[6], 0}, Packets.u16(at | (more ? 1 : 0)), Packets.u32(packet.length));
                String from = Packets.ip6(packet, 8);
                String to = Packets.ip6(packet, 24);
                pieces.add(Packets.ipv6(from, to, 44, packet[7], Packets.bytes(fragment, part)));
            }
        }
        return pieces;
    }

    /// Whether a frame is a fragment, of which no checksum above IP can be right.
    static boolean isPiece(byte[] frame) {
        return frame[12] == 8 ? (ByteBuffer.wrap(frame).getShort(20) & 0x3fff) != 0 : frame[20] == 44;
    }

    /// Takes all frames, which must be the fragments of one packet, in order, none longer than the MTU.
    static byte[] whole(Recorder recorder, boolean ipv4, int mtu) {
        byte[] payload = {};
        int id = -1;
        boolean more = true;
        for (byte[] frame = recorder.poll(); frame != null; frame = recorder.poll()) {
            ByteBuffer bytes = ByteBuffer.wrap(frame);
            assertThat(frame.length).isLessThanOrEqualTo(14 + mtu);
            assertThat(more).as("there is to be one behind").isTrue();
            int start = ipv4 ? 34 : 62;
            int length = ipv4 ? (bytes.getShort(16) & 0xffff) - 20 : (bytes.getShort(18) & 0xffff) - 8;
            int place = ipv4 ? (bytes.getShort(20) & 0x1fff) * 8 : bytes.getShort(56) & 0xfff8;
            int thisId = ipv4 ? bytes.getShort(18) & 0xffff : bytes.getInt(58);
            more = ipv4 ? (bytes.getShort(20) & 0x2000) != 0 : (bytes.getShort(56) & 1) != 0;
            assertThat(ipv4 ? bytes.getShort(20) & 0x4000 : 0)
                    .as("may be fragmented")
                    .isZero();
            assertThat(ipv4 ? Packets.checksum(Arrays.copyOfRange(frame, 14, 34)) : 0)
                    .isZero();
            assertThat(place).isEqualTo(payload.length);
            assertThat(payload.length == 0 || id == thisId).isTrue();
            assertThat(ipv4 && thisId == 0).as("identification").isFalse();
            id = thisId;
            payload = Packets.bytes(payload, Arrays.copyOfRange(frame, start, start + length));
        }
        assertThat(more).isFalse();
        return payload;
    }
}
