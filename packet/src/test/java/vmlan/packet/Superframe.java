package vmlan.packet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Frames as a kernel hands them to a packet socket, made byte by byte, and read again with a checksum that
/// is not the one under test.
final class Superframe {
    static final byte[] MACS = hex("525400000002 525400000001");
    static final byte[] IP4 = hex("c0a80001 c0a800c7");
    static final byte[] IP6 = hex("fd000000000000000000000000000001 fd000000000000000000000000000002");
    static final byte[] NONE = {};

    private Superframe() {}

    /// @param flags 1 when the checksum is to be completed
    static byte[] vnet(int flags, int gsoType, int gsoSize, int start, int offset) {
        // hdr_len, which is only a hint, is a lie
        return bytes(new byte[] {(byte) flags, (byte) gsoType}, le16(7777), le16(gsoSize), le16(start), le16(offset));
    }

    static byte[] ethernet(int type, byte[] packet) {
        return bytes(MACS, u16(type), packet);
    }

    static byte[] ipv4(int protocol, byte[] options, byte[] payload) {
        byte[] header = bytes(
                new byte[] {(byte) (0x45 + options.length / 4), 0x10},
                u16(20 + options.length + payload.length),
                hex("fffe4000"),
                new byte[] {64, (byte) protocol, 0, 0},
                IP4,
                options);
        return bytes(with16(header, 10, checksum(header)), payload);
    }

    static byte[] ipv6(int next, byte[] payload) {
        return bytes(hex("60012345"), u16(payload.length), new byte[] {(byte) next, 64}, IP6, payload);
    }

    static byte[] tcp(int flags, byte[] options, byte[] data) {
        return bytes(
                hex("01bb 8000 fffffff0 00000007"),
                new byte[] {(byte) (((20 + options.length) / 4) << 4), (byte) flags},
                hex("7fff 0000 0000"),
                options,
                data);
    }

    static byte[] udp(byte[] data) {
        return bytes(hex("01bb 8000"), u16(8 + data.length), u16(0), data);
    }

    /// The sum of the pseudo-header alone, not complemented: what a sender leaves in the field.
    static byte[] partial(byte[] addresses, int protocol, byte[] segment) {
        int field = protocol == 6 ? 16 : 6;
        return with16(segment, field, ~checksum(pseudo(addresses, protocol, segment.length)));
    }

    static byte[] complete(byte[] addresses, int protocol, byte[] segment) {
        byte[] zero = with16(segment, protocol == 6 ? 16 : 6, 0);
        int sum = checksum(bytes(pseudo(addresses, protocol, segment.length), zero));
        return with16(zero, protocol == 6 ? 16 : 6, protocol == 17 && sum == 0 ? 0xffff : sum);
    }

    static byte[] pseudo(byte[] addresses, int protocol, int length) {
        return addresses.length == 8
                ? bytes(addresses, u16(protocol), u16(length))
                : bytes(addresses, u32(length), u32(protocol));
    }

    static byte[] data(int length) {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++) {
            data[i] = (byte) (i * 31 + (i >> 8));
        }
        return data;
    }

    /// Runs the code under test; the frames it wrote, or null when it returned `-1`.
    static List<byte[]> write(Offload offload, byte[] vnet, byte[] frame, int tag) {
        ByteBuffer from = Bytes.of(bytes(new byte[3], vnet, frame));
        ByteBuffer to = ByteBuffer.allocateDirect(Offload.MAX_OUTPUT + 5);
        int end = offload.write(from, 3, 3 + vnet.length, frame.length, tag, 0x8100, to, 5);
        return end == Offload.MALFORMED ? null : frames(to, 5, end);
    }

    static List<byte[]> frames(ByteBuffer buffer, int start, int end) {
        List<byte[]> frames = new ArrayList<>();
        int at = start;
        while (at < end) {
            byte[] frame = new byte[buffer.getInt(at)];
            buffer.get(at + 4, frame);
            frames.add(frame);
            at += 4 + frame.length;
        }
        if (at != end) {
            throw new AssertionError("the last frame ends at " + at + ", not at " + end);
        }
        return frames;
    }

    /// RFC 1071 §1, word by word.
    static int checksum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += ((bytes[i] & 0xff) << 8) | (i + 1 < bytes.length ? bytes[i + 1] & 0xff : 0);
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }

    static byte[] slice(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    static byte[] with16(byte[] bytes, int at, int value) {
        byte[] copy = bytes.clone();
        copy[at] = (byte) (value >> 8);
        copy[at + 1] = (byte) value;
        return copy;
    }

    static byte[] with(byte[] bytes, int at, int value) {
        byte[] copy = bytes.clone();
        copy[at] = (byte) value;
        return copy;
    }

    static byte[] bytes(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] u16(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    static byte[] le16(int value) {
        return new byte[] {(byte) value, (byte) (value >> 8)};
    }

    static byte[] u32(int value) {
        return bytes(u16(value >> 16), u16(value));
    }

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }
}
