package vmlan.host.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import vmlan.host.EventLoop;
import vmlan.network.DropReason;

/// The thread that reads a device, and its handing over to the event loop. Nothing is allocated for a frame or
/// a batch.
///
/// It is a platform thread: a native call that blocks would keep a virtual thread's carrier.
final class DeviceReader {
    /// The device's own part; only the thread uses it.
    interface Source {
        /// Reads without waiting, as much as the batch takes.
        ///
        /// @return whether there may be more, so that it is not worth waiting
        boolean read(BatchRing.Batch batch) throws IOException;

        /// How long to wait for frames before [#read] is called all the same; -1 for ever.
        int millisToWait();
    }

    private static final DropReason[] REASONS = DropReason.values();
    /// Four, so that one can be filled while another is emptied and two even out the difference.
    private static final int BATCHES = 4;

    private final int fd;
    private final EventLoop loop;
    private final FrameReceiver receiver;
    private final Source source;
    private final BatchRing ring;
    private final Thread thread;
    private final EventLoop.Signal signal;
    private final Map<DropReason, AtomicLong> drops = new EnumMap<>(DropReason.class);
    private final int wakeFd;
    private volatile boolean dropped;
    private volatile boolean stopping;
    private volatile Exception failure;

    /// Called on the loop's thread.
    ///
    /// @param fd is not closed at the end
    /// @param capacity of a batch in bytes
    DeviceReader(String name, int fd, EventLoop loop, FrameReceiver receiver, int capacity, int frames, Source source)
            throws LinuxException {
        this.fd = fd;
        this.loop = loop;
        this.receiver = receiver;
        this.source = source;
        for (DropReason reason : REASONS) {
            drops.put(reason, new AtomicLong());
        }
        this.ring = new BatchRing(BATCHES, capacity, frames);
        this.wakeFd = LinuxException.check(Libc.eventfd(Libc.O_CLOEXEC | Libc.O_NONBLOCK), "eventfd");
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
        this.signal = loop.signal(this::deliver);
    }

    void start() {
        thread.start();
    }

    /// Counts a loss; the receiver hears of it on the loop. Any thread.
    void drop(DropReason reason, long count) {
        drops.get(reason).addAndGet(count);
        dropped = true;
        signal.raise();
    }

    /// Ends the thread; returns when it is gone. The loop's thread.
    void stop() {
        stopping = true;
        loop.forget(signal);
        ring.close();
        Arena arena = Arena.ofAuto();
        Libc.write(wakeFd, arena.allocateFrom(ValueLayout.JAVA_LONG, 1L), Long.BYTES);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        Libc.close(wakeFd);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(2 * Libc.POLLFD_BYTES, Integer.BYTES);
            fds.set(ValueLayout.JAVA_INT, 0, fd);
            fds.set(ValueLayout.JAVA_SHORT, Libc.POLLFD_EVENTS, Libc.POLLIN);
            fds.set(ValueLayout.JAVA_INT, Libc.POLLFD_BYTES, wakeFd);
            fds.set(ValueLayout.JAVA_SHORT, Libc.POLLFD_BYTES + Libc.POLLFD_EVENTS, Libc.POLLIN);
            readAll(fds.address());
        } catch (IOException | RuntimeException e) {
            failure = e;
            signal.raise();
        }
    }

    private void readAll(long fds) throws IOException {
        boolean more = false;
        while (!stopping) {
            if (!more) {
                int ready = Libc.poll(fds, 2, source.millisToWait());
                if (ready < 0 && ready != -Errno.EINTR) {
                    throw new LinuxException("poll", ready, "");
                }
            }
            BatchRing.Batch batch = stopping ? null : ring.awaitEmpty();
            if (batch == null) {
                return;
            }
            more = source.read(batch);
            if (!batch.isEmpty()) {
                ring.handOver();
                signal.raise();
            }
        }
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
