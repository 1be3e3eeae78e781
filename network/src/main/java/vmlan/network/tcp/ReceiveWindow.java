package vmlan.network.tcp;

/// How much the guest may send: what the flow may hold, and what the pool could give it now.
///
/// The right edge never moves back (RFC 9293 §3.8.6.2.2, SHLD-14), also not by the rounding that a scaled
/// window brings (RFC 7323 §2.4): it is rounded up instead. When many flows were offered the same memory, what
/// finds none is dropped without being acknowledged; what was acknowledged is never lost.
final class ReceiveWindow {
    /// RFC 7323 §2.3.
    private static final int MAX_SHIFT = 14;
    /// Half of what a window without scaling can be.
    private static final int NARROW = 32 * 1024;

    private final ChunkPool pool;
    private final int shift;
    private final int capacity;

    ReceiveWindow(ChunkPool pool, long bytesPerFlow) {
        this.pool = pool;
        int bits = 0;
        while (bits < MAX_SHIFT && (65535L << bits) < bytesPerFlow * 15 / 16) {
            bits++;
        }
        // at least 1, so that a shift of 0 can mean that this end does not scale
        shift = Math.max(1, bits);
        capacity = (int) Math.min(bytesPerFlow, 65535L << shift);
    }

    int shift() {
        return shift;
    }

    int capacity() {
        return capacity;
    }

    /// The window field of a SYN, which is not scaled (RFC 7323 §2.2).
    int first(TcpFlow flow) {
        int window = Math.min(capacity, 65535);
        flow.receiveEdge = flow.receiveNext + window;
        return window;
    }

    /// The window field of now; from here on the guest may rely on it.
    int offer(TcpFlow flow) {
        int current = flow.receiveEdge - flow.receiveNext;
        int wanted = current + growth(flow, current);
        int field = wanted >> flow.receiveShift;
        if (field << flow.receiveShift < current) {
            field = (current + (1 << flow.receiveShift) - 1) >> flow.receiveShift;
        }
        field = Math.min(field, 65535);
        flow.receiveEdge = flow.receiveNext + (field << flow.receiveShift);
        return field;
    }

    private int limit(TcpFlow flow) {
        return Math.min(capacity, 65535 << flow.receiveShift);
    }

    /// By how much the edge can move now. Not by little (RFC 9293 §3.8.6.2.2): by a segment, or by half of what
    /// may ever be.
    private int growth(TcpFlow flow, int current) {
        long memory = flow.received.spare() + more(flow);
        long free = Math.min(limit(flow) - flow.received.length(), memory);
        int growth = (int) Math.max(0, free - current);
        return growth >= Math.min(flow.mss, limit(flow) / 2) ? growth : 0;
    }

    /// What the pool could give: where it has no large chunk left, an empty ring may get a small one.
    private long more(TcpFlow flow) {
        long available = pool.available(flow.port());
        if (available >= ChunkPool.CHUNK) {
            return available;
        }
        return flow.received.isEmpty() && available >= ChunkPool.SMALL ? ChunkPool.SMALL : 0;
    }

    /// Whether the guest should be told of a window that opened: when it was narrow, and by two segments or half
    /// of all, as BSD has it. A guest that has a wide one learns the new one with its next data.
    boolean isWorthTelling(TcpFlow flow) {
        int current = flow.receiveEdge - flow.receiveNext;
        int half = limit(flow) / 2;
        return current < Math.min(half, Math.max(NARROW, 2 * flow.mss))
                && growth(flow, current) >= Math.min(2 * flow.mss, half);
    }
}
