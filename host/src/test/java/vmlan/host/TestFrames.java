package vmlan.host;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/// Frames and streams of frames, in QEMU's framing.
final class TestFrames {
    static final long GUEST = 0x5254_0000_0001L;
    static final long OTHER = 0x5254_0000_0002L;

    private TestFrames() {}

    /// @param seed of the payload
    static byte[] frame(long destination, long source, int length, long seed) {
        byte[] frame = new byte[length];
        new Random(seed).nextBytes(frame);
        ByteBuffer buffer = ByteBuffer.wrap(frame);
        put(buffer, destination);
        put(buffer, source);
        buffer.putShort((short) 0x0800);
        return frame;
    }

    private static void put(ByteBuffer buffer, long mac) {
        buffer.putShort((short) (mac >> 32)).putInt((int) mac);
    }

    static byte[] stream(List<byte[]> frames) {
        ByteBuffer stream = ByteBuffer.allocate(
                frames.stream().mapToInt(frame -> 4 + frame.length).sum());
        for (byte[] frame : frames) {
            stream.putInt(frame.length).put(frame);
        }
        return stream.array();
    }
}
