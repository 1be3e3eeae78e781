package vmlan.network.tcp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import vmlan.network.SwitchPort;

/// The memory that bytes on their way wait in: chunks of two sizes, shared by all flows, bounded for each port
/// and in all. It is taken from the system when it is first needed, and then kept.
///
/// Small chunks are cut out of large ones and stay small. A quarter of all may be so at most; then large ones
/// stand in.
final class ChunkPool {
    /// What one read of a socket brings at best, and one write takes; also the longest packet, nearly.
    static final int CHUNK = 64 * 1024;
    /// A request or an answer, so that thousands of flows with little to say need little.
    static final int SMALL = 4 * 1024;

    /// So many are allocated at once: 1 MiB.
    private static final int SLAB = 16;

    private static final int SMALL_SHARE = 4;

    /// Buffers of one size that nobody has.
    private static final class Stack {
        private ByteBuffer[] buffers = new ByteBuffer[SLAB];
        private int count;

        void push(ByteBuffer buffer) {
            if (count == buffers.length) {
                buffers = Arrays.copyOf(buffers, 2 * count);
            }
            buffers[count++] = buffer;
        }

        ByteBuffer pop() {
            ByteBuffer buffer = buffers[--count];
            buffers[count] = null;
            return buffer;
        }
    }

    private final long perPort;
    private final long inAll;
    private final Stack large = new Stack();
    private final Stack small = new Stack();
    /// By [SwitchPort#index]. A port gives back what it has before its index is used again.
    private long[] taken = new long[8];

    private long total;
    private long cut;
    private long given;
    private long shortages;

    ChunkPool(long bytesPerPort, long bytesInAll) {
        perPort = Math.max(CHUNK, bytesPerPort);
        inAll = Math.max(CHUNK, bytesInAll);
    }

    /// @return a chunk of [#SMALL] or of [#CHUNK] bytes, or null when the port, or all together, have what they
    /// may have
    ByteBuffer take(SwitchPort port, boolean little) {
        if (available(port) < (little ? SMALL : CHUNK)) {
            shortages++;
            return null;
        }
        if (little && small.count == 0 && (cut + CHUNK) * SMALL_SHARE <= inAll) {
            cut();
        }
        boolean isSmall = little && small.count > 0;
        if (!isSmall && available(port) < CHUNK) {
            shortages++;
            return null;
        }
        if (!isSmall && large.count == 0) {
            grow();
        }
        ByteBuffer chunk = isSmall ? small.pop() : large.pop();
        count(port, chunk.capacity());
        return chunk;
    }

    private void cut() {
        if (large.count == 0) {
            grow();
        }
        ByteBuffer whole = large.pop();
        cut += CHUNK;
        for (int at = 0; at < CHUNK; at += SMALL) {
            small.push(whole.slice(at, SMALL));
        }
    }

    private void grow() {
        int count = Math.clamp(inAll / CHUNK, 1, SLAB);
        ByteBuffer slab = ByteBuffer.allocateDirect(count * CHUNK);
        for (int i = 0; i < count; i++) {
            large.push(slab.slice(i * CHUNK, CHUNK));
        }
    }

    private void count(SwitchPort port, int bytes) {
        if (port.index() >= taken.length) {
            taken = Arrays.copyOf(taken, Math.max(port.index() + 1, 2 * taken.length));
        }
        taken[port.index()] += bytes;
        total += bytes;
    }

    void give(SwitchPort port, ByteBuffer chunk) {
        count(port, -chunk.capacity());
        chunk.clear();
        given++;
        (chunk.capacity() == SMALL ? small : large).push(chunk);
    }

    /// What a port could take now, in bytes.
    long available(SwitchPort port) {
        long used = port.index() < taken.length ? taken[port.index()] : 0;
        return Math.min(perPort - used, inAll - total);
    }

    /// Whether there is memory for what may not be of use soon, such as data that came too early: a quarter of
    /// what there may be is kept for what is.
    boolean hasPlenty(SwitchPort port) {
        return available(port) >= Math.min(perPort, inAll) / 4;
    }

    /// Goes up when a chunk comes back.
    long given() {
        return given;
    }

    long usedBytes() {
        return total;
    }

    /// How often there was none left.
    long shortages() {
        return shortages;
    }
}
