package vmlan.packet;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;

/// Bytes for tests, in buffers that end where the bytes end: a read beyond them throws.
final class Bytes {
    private Bytes() {}

    static ByteBuffer of(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
    }

    /// Hexadecimal digits with spaces anywhere.
    static ByteBuffer of(String hex) {
        return of(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    static String hex(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /// Some bytes of an example put to other values, and often its end cut off.
    static byte[] mutated(byte[] example, SplittableRandom random) {
        int length = random.nextInt(3) == 0 ? random.nextInt(example.length + 1) : example.length;
        byte[] bytes = Arrays.copyOf(example, length);
        for (int i = random.nextInt(6); i > 0 && length > 0; i--) {
            bytes[random.nextInt(length)] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(3) - 1);
        }
        return bytes;
    }
}
