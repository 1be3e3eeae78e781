package vmlan.host;

import java.nio.ByteBuffer;
import vmlan.network.Frames;

/// The buffer that all ports of one loop read into: one batch of frames at a time lives in it, so it stays in the
/// processor's cache however many ports there are.
public final class ReadBuffer {
    /// The most that can be left over of a batch: a frame of full length without its last byte.
    static final int LONGEST_REST = Frames.LENGTH_BYTES + Frames.MAX_LENGTH;
    /// What a socket holds by default (net.core.wmem_default, 212,992 bytes on Linux) fits behind the longest rest.
    private static final int CAPACITY = 288 * 1024;

    private final ByteBuffer bytes;

    public ReadBuffer() {
        bytes = ByteBuffer.allocateDirect(CAPACITY);
    }

    ByteBuffer bytes() {
        return bytes;
    }
}
