package vmlan.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import vmlan.network.Frames;

/// Bytes that a stream has not taken yet: copies of frames with their lengths, in order, bounded.
///
/// The memory grows with need and is given back when the queue has run empty after a jam, so that a hundred
/// quiet ports cost nothing. It is at least twice what it has to hold, so that what is left moves to the
/// front only when more than that was sent before: moving costs less than sending did.
final class OutputQueue {
    /// A whole batch (256 KiB) fits behind what is there; at 1 Gbit/s this is 8 ms of waiting.
    static final int LIMIT = 1 << 20;

    private static final int FIRST = 1 << 16;
    /// Kept when empty: what one batch of frames in mixed order needs again at once.
    private static final int KEPT = 1 << 19;

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private int head;
    private int tail;
    /// What is left of the frame that is half out, for [#writeFramesTo].
    private int frameLeft;

    boolean isEmpty() {
        return head == tail;
    }

    int size() {
        return tail - head;
    }

    boolean hasRoom(int count) {
        return count <= LIMIT - size();
    }

    /// Copies bytes to the end; the caller has asked [#hasRoom].
    void add(ByteBuffer source, int offset, int count) {
        makeRoom(count);
        bytes.put(tail, source, offset, count);
        tail += count;
    }

    /// The same for the end of a frame whose beginning is out; the queue is empty.
    void addRest(ByteBuffer source, int offset, int count) {
        add(source, offset, count);
        frameLeft = count;
    }

    private void makeRoom(int count) {
        if (bytes.capacity() - tail >= count) {
            return;
        }
        int size = size();
        int wanted = 2 * (size + count);
        if (bytes.capacity() >= wanted) {
            bytes.put(0, bytes, head, size);
        } else {
            ByteBuffer larger = ByteBuffer.allocateDirect(Math.max(FIRST, Integer.highestOneBit(wanted - 1) << 1));
            larger.put(0, bytes, head, size);
            bytes = larger;
        }
        head = 0;
        tail = size;
    }

    /// Writes what the channel takes.
    ///
    /// @return whether the queue is empty now
    boolean writeTo(WritableByteChannel channel) throws IOException {
        while (head < tail) {
            bytes.limit(tail).position(head);
            int written;
            try {
                written = channel.write(bytes);
            } finally {
                bytes.clear();
            }
            if (written == 0) {
                return false;
            }
            head += written;
        }
        clear();
        return true;
    }

    /// The same, with a write for each frame.
    boolean writeFramesTo(WritableByteChannel channel) throws IOException {
        while (head < tail) {
            if (frameLeft == 0) {
                frameLeft = Frames.LENGTH_BYTES + bytes.getInt(head);
            }
            bytes.limit(head + frameLeft).position(head);
            int written;
            try {
                written = channel.write(bytes);
            } finally {
                bytes.clear();
            }
            if (written == 0) {
                return false;
            }
            head += written;
            frameLeft -= written;
        }
        clear();
        return true;
    }

    void clear() {
        frameLeft = 0;
        head = 0;
        tail = 0;
        if (bytes.capacity() > KEPT) {
            bytes = ByteBuffer.allocate(0);
        }
    }
}
