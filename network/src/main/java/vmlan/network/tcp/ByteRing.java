package vmlan.network.tcp;

import java.nio.ByteBuffer;
import vmlan.network.SwitchPort;

/// Bytes of one direction of a flow, in order, in chunks of the pool; none while it is empty.
///
/// ```
/// │····· length ─────────│ hole ░░░ early ░░░│    │
///  ▲ start                ▲ length    beyond ▲
/// │ chunk       │ chunk       │ chunk            │
/// ```
///
/// While all fits into a small chunk there is one of these, and it is exchanged when more comes. Where much
/// passed the last time a large one is taken at once.
///
/// Positions count from the first byte that is there. Behind the bytes in order, others may lie that came too
/// early; the ring only knows how far they reach.
final class ByteRing {
    private static final ByteBuffer[] NONE = {};

    private final ChunkPool pool;
    private final SwitchPort port;
    /// A circular queue.
    private ByteBuffer[] chunks = NONE;

    private int first;
    private int count;
    private int start;
    private int length;
    private int beyond;
    /// How much has passed since the ring was empty; and whether it was much the last time.
    private long passed;

    private boolean wide;

    ByteRing(ChunkPool pool, SwitchPort port) {
        this.pool = pool;
        this.port = port;
    }

    /// Bytes in order.
    int length() {
        return length;
    }

    boolean isEmpty() {
        return length == 0;
    }

    /// What fits behind the bytes in order without another chunk.
    int spare() {
        return Math.max(0, capacity() - start - length);
    }

    private int capacity() {
        return count == 1 ? chunks[first].capacity() : count * ChunkPool.CHUNK;
    }

    private ByteBuffer chunk(int index) {
        return chunks[(first + index) & (chunks.length - 1)];
    }

    private boolean reserve(int end) {
        while (capacity() - start < end) {
            ByteBuffer chunk = pool.take(port, count == 0 && !wide && end <= ChunkPool.SMALL);
            if (chunk == null) {
                releaseBehind(length + beyond);
                return false;
            }
            if (count == 1 && capacity() == ChunkPool.SMALL) {
                ByteBuffer small = chunks[first];
                chunk.put(start, small, start, Math.min(length + beyond, ChunkPool.SMALL - start));
                chunks[first] = chunk;
                pool.give(port, small);
                continue;
            }
            if (count == chunks.length) {
                grow();
            }
            chunks[(first + count++) & (chunks.length - 1)] = chunk;
        }
        return true;
    }

    private void grow() {
        ByteBuffer[] larger = new ByteBuffer[Math.max(2, 2 * chunks.length)];
        for (int i = 0; i < count; i++) {
            larger[i] = chunk(i);
        }
        chunks = larger;
        first = 0;
    }

    private void releaseBehind(int end) {
        int needed = end == 0 ? 0 : (start + end + ChunkPool.CHUNK - 1) / ChunkPool.CHUNK;
        while (count > needed) {
            int last = (first + --count) & (chunks.length - 1);
            pool.give(port, chunks[last]);
            chunks[last] = null;
        }
        if (count == 0) {
            start = 0;
            wide = passed > ChunkPool.SMALL;
            passed = 0;
        }
    }

    /// Copies bytes to a position. Those in order, or what a gap's end makes so, are to be counted by [#extend].
    ///
    /// @return false when there is no memory for them; then nothing has changed
    boolean put(int at, ByteBuffer source, int offset, int size) {
        if (!reserve(at + size)) {
            return false;
        }
        int place = start + at;
        int from = offset;
        int left = size;
        while (left > 0) {
            int inChunk = place % ChunkPool.CHUNK;
            int piece = Math.min(left, ChunkPool.CHUNK - inChunk);
            chunk(place / ChunkPool.CHUNK).put(inChunk, source, from, piece);
            place += piece;
            from += piece;
            left -= piece;
        }
        beyond = Math.max(beyond, at + size - length);
        return true;
    }

    /// Room behind the bytes in order, between position and limit, for a reader to fill; then [#extend] by what
    /// came, or [#trim] when nothing did. The position is the caller's to change.
    ///
    /// @return null when there is no memory
    ByteBuffer writable(int most) {
        if (!reserve(length + 1)) {
            return null;
        }
        int place = start + length;
        int inChunk = place % ChunkPool.CHUNK;
        ByteBuffer chunk = chunk(place / ChunkPool.CHUNK);
        chunk.limit(Math.min(chunk.capacity(), inChunk + most)).position(inChunk);
        return chunk;
    }

    /// So many more bytes are in order.
    void extend(int size) {
        length += size;
        passed += size;
        beyond = Math.max(0, beyond - size);
    }

    /// Gives up what came too early, and memory behind the bytes in order.
    void trim() {
        beyond = 0;
        releaseBehind(length);
    }

    /// The first bytes, as many as lie in one piece, between position and limit.
    ByteBuffer readable() {
        ByteBuffer chunk = chunk(0);
        chunk.limit(Math.min(ChunkPool.CHUNK, start + length)).position(start);
        return chunk;
    }

    /// Forgets the first bytes.
    void drop(int size) {
        length -= size;
        start += size;
        while (start >= ChunkPool.CHUNK) {
            start -= ChunkPool.CHUNK;
            pool.give(port, chunks[first]);
            chunks[first] = null;
            first = (first + 1) & (chunks.length - 1);
            count--;
        }
        if (length + beyond == 0) {
            releaseBehind(0);
        }
    }

    /// Copies bytes out.
    void copy(int at, int size, ByteBuffer to, int toOffset) {
        int place = start + at;
        int into = toOffset;
        int left = size;
        while (left > 0) {
            int inChunk = place % ChunkPool.CHUNK;
            int piece = Math.min(left, ChunkPool.CHUNK - inChunk);
            to.put(into, chunk(place / ChunkPool.CHUNK), inChunk, piece);
            place += piece;
            into += piece;
            left -= piece;
        }
    }

    void clear() {
        length = 0;
        trim();
        chunks = NONE;
        first = 0;
    }
}
