package vmlan.host.device;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import vmlan.host.EventLoop;
import vmlan.host.FrameReceiver;
import vmlan.network.DropReason;

/// The way of a device's frames, losses and failure from the device's thread to its receiver on the event
/// loop. Nothing is allocated for a frame or a batch.
public final class FrameHandover {
    private static final DropReason[] REASONS = DropReason.values();
    /// Four, so that one can be filled while another is emptied and two even out the difference.
    private static final int BATCHES = 4;

    private final EventLoop loop;
    private final FrameReceiver receiver;
    private final BatchRing ring;
    private final EventLoop.Signal signal;
    private final Map<DropReason, AtomicLong> drops = new EnumMap<>(DropReason.class);
    private volatile boolean dropped;
    private volatile Exception failure;

    /// Called on the loop's thread.
    ///
    /// @param capacity of a batch in bytes
    /// @param frames how many a batch may hold
    public FrameHandover(EventLoop loop, FrameReceiver receiver, int capacity, int frames) {
        this.loop = loop;
        this.receiver = receiver;
        for (DropReason reason : REASONS) {
            drops.put(reason, new AtomicLong());
        }
        this.ring = new BatchRing(BATCHES, capacity, frames);
        this.signal = loop.signal(this::deliver);
    }

    /// An empty batch; waits for one. The device's thread.
    ///
    /// @return null after [#close]
    public BatchRing.Batch awaitEmpty() {
        return ring.awaitEmpty();
    }

    /// Hands over the batch of [#awaitEmpty], which is not empty. The device's thread.
    public void handOver() {
        ring.handOver();
        signal.raise();
    }

    /// Counts a loss; the receiver hears of it on the loop. Any thread.
    public void drop(DropReason reason, long count) {
        drops.get(reason).addAndGet(count);
        dropped = true;
        signal.raise();
    }

    /// The device can be read no longer. Any thread.
    public void fail(Exception cause) {
        failure = cause;
        signal.raise();
    }

    /// Nothing is delivered any more, and a thread that waits is let go. The loop's thread.
    public void close() {
        loop.forget(signal);
        ring.close();
    }

    /// On the loop: what is there, but no more, so that others have their turn.
    private void deliver() {
        for (int left = BATCHES; left > 0; left--) {
            BatchRing.Batch batch = ring.full();
            if (batch == null) {
                break;
            }
            try {
                deliver(batch);
            } finally {
                ring.recycle();
            }
        }
        if (ring.full() != null) {
            signal.raise();
        }
        if (dropped) {
            dropped = false;
            deliverDrops();
        }
        Exception cause = failure;
        if (cause != null) {
            failure = null;
            receiver.failed(cause);
        }
    }

    private void deliver(BatchRing.Batch batch) {
        long now = loop.now();
        int at = 0;
        try {
            for (int i = 0; i < batch.count; i++) {
                int length = batch.bytes.getInt(at);
                int start = at + 4;
                // Read before the frame is handed over, which may change all of it.
                at = start + length;
                receiver.received(batch.bytes, start, length, batch.isFromHost(i), now);
            }
        } finally {
            receiver.batchEnd();
        }
    }

    private void deliverDrops() {
        for (DropReason reason : REASONS) {
            long count = drops.get(reason).getAndSet(0);
            if (count != 0) {
                receiver.dropped(reason, count);
            }
        }
    }
}
