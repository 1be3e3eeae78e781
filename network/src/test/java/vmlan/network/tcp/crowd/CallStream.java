package vmlan.network.tcp.crowd;

import java.nio.ByteBuffer;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;

/// The host's socket of a [Call]: so many bytes to read, then silence, the end, or a break.
public final class CallStream implements OutsideStream {
    private final StreamEvents events;
    private boolean readable;
    private boolean writable;
    private boolean isOver;
    private boolean wasReset;
    private boolean isShut;
    private long available;
    private boolean ends;
    private boolean breaks;
    private boolean breaksWhenWritten;
    private long room = Long.MAX_VALUE;
    private long written;

    CallStream(StreamEvents events) {
        this.events = events;
    }

    StreamEvents events() {
        return events;
    }

    /// So many bytes more can be read.
    public void offer(long bytes) {
        available += bytes;
    }

    /// Then comes the end.
    void end() {
        ends = true;
    }

    void breakNow() {
        breaks = true;
    }

    void breakWhenWritten() {
        breaksWhenWritten = true;
    }

    /// So many bytes more are taken.
    public void room(long bytes) {
        room = bytes;
    }

    public long written() {
        return written;
    }

    /// Bytes that nobody has read yet.
    public long available() {
        return available;
    }

    public boolean isOver() {
        return isOver;
    }

    public boolean wasReset() {
        return wasReset;
    }

    boolean isShut() {
        return isShut;
    }

    /// As the event loop would.
    void tell(long now) {
        if (!isOver && readable && (available > 0 || ends || breaks)) {
            events.readable(now);
        }
        if (!isOver && writable && (room > 0 || breaksWhenWritten)) {
            events.writable(now);
        }
    }

    @Override
    public int read(ByteBuffer buffer) {
        if (breaks) {
            return BROKEN;
        }
        int count = (int) Math.min(available, buffer.remaining());
        buffer.position(buffer.position() + count);
        available -= count;
        return count == 0 && ends ? END : count;
    }

    @Override
    public int write(ByteBuffer buffer) {
        if (breaksWhenWritten) {
            return BROKEN;
        }
        int count = (int) Math.min(room, buffer.remaining());
        buffer.position(buffer.position() + count);
        room -= count;
        written += count;
        return count;
    }

    @Override
    public void watch(boolean watchReadable, boolean watchWritable) {
        readable = watchReadable;
        writable = watchWritable;
    }

    @Override
    public void shutdownOutput() {
        isShut = true;
    }

    @Override
    public void close() {
        over();
    }

    @Override
    public void reset() {
        wasReset = true;
        over();
    }

    private void over() {
        if (isOver) {
            throw new IllegalStateException("closed twice");
        }
        isOver = true;
    }
}
