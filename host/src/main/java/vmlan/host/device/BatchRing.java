package vmlan.host.device;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/// A few buffers of frames that go round between a device's thread, which fills them, and the event loop, which
/// empties them. When all are full the thread waits, and what comes meanwhile is the kernel's to keep or drop.
public final class BatchRing {
    /// Frames behind one another, each behind its length of four bytes.
    public static final class Batch {
        public final ByteBuffer bytes;
        /// Where the next frame goes.
        public int end;
        /// How many frames there are.
        public int count;

        private final boolean[] fromHost;

        private Batch(int capacity, int frames) {
            bytes = ByteBuffer.allocateDirect(capacity);
            fromHost = new boolean[frames];
        }

        public boolean isEmpty() {
            return count == 0;
        }

        /// Takes over the frames that were written from [#end] on.
        ///
        /// @return false when they are too many, and so not taken
        public boolean append(int newEnd, boolean isFromHost) {
            int at = end;
            int frames = count;
            while (at < newEnd) {
                if (frames == fromHost.length) {
                    return false;
                }
                fromHost[frames++] = isFromHost;
                at += 4 + bytes.getInt(at);
            }
            end = newEnd;
            count = frames;
            return true;
        }

        boolean isFromHost(int frame) {
            return fromHost[frame];
        }
    }

    private final Batch[] batches;
    /// How many were ever filled and emptied; each is written by one thread only.
    private volatile long filled;

    private volatile long emptied;
    private volatile boolean waiting;
    private volatile boolean closed;
    private volatile Thread filler;

    /// @param frames how many a batch may hold
    BatchRing(int count, int capacity, int frames) {
        batches = new Batch[count];
        for (int i = 0; i < count; i++) {
            batches[i] = new Batch(capacity, frames);
        }
    }

    /// The empty batch that is next; waits for it. The filler's thread.
    ///
    /// @return null after [#close]
    Batch awaitEmpty() {
        filler = Thread.currentThread();
        while (filled - emptied == batches.length && !closed) {
            waiting = true;
            // Looked at again: the loop may have emptied one before it could see that somebody waits.
            if (filled - emptied == batches.length && !closed) {
                LockSupport.park(this);
            }
            waiting = false;
        }
        if (closed) {
            return null;
        }
        Batch batch = batches[(int) (filled % batches.length)];
        batch.end = 0;
        batch.count = 0;
        return batch;
    }

    /// Hands over the batch of [#awaitEmpty]. The filler's thread.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void handOver() {
        filled++;
    }

    /// The oldest full batch, or null. The loop's thread.
    Batch full() {
        return filled == emptied ? null : batches[(int) (emptied % batches.length)];
    }

    /// The batch of [#full] is done with. The loop's thread.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void recycle() {
        emptied++;
        if (waiting) {
            LockSupport.unpark(filler);
        }
    }

    /// Lets the filler go. Any thread.
    void close() {
        closed = true;
        LockSupport.unpark(filler);
    }
}
