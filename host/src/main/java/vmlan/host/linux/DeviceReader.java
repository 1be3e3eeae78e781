package vmlan.host.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import vmlan.host.EventLoop;
import vmlan.host.FrameReceiver;
import vmlan.host.device.BatchRing;
import vmlan.host.device.FrameHandover;
import vmlan.network.DropReason;

/// The thread that reads a device. Nothing is allocated for a frame or a batch.
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

    private final int fd;
    private final Source source;
    private final FrameHandover handover;
    private final Thread thread;
    private final int wakeFd;
    private volatile boolean stopping;

    /// Called on the loop's thread.
    ///
    /// @param fd is not closed at the end
    /// @param capacity of a batch in bytes
    DeviceReader(String name, int fd, EventLoop loop, FrameReceiver receiver, int capacity, int frames, Source source)
            throws LinuxException {
        this.fd = fd;
        this.source = source;
        this.wakeFd = LinuxException.check(Libc.eventfd(Libc.O_CLOEXEC | Libc.O_NONBLOCK), "eventfd");
        this.handover = new FrameHandover(loop, receiver, capacity, frames);
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Counts a loss; the receiver hears of it on the loop. Any thread.
    void drop(DropReason reason, long count) {
        handover.drop(reason, count);
    }

    /// Ends the thread; returns when it is gone. The loop's thread.
    void stop() {
        stopping = true;
        handover.close();
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
            handover.fail(e);
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
            BatchRing.Batch batch = stopping ? null : handover.awaitEmpty();
            if (batch == null) {
                return;
            }
            more = source.read(batch);
            if (!batch.isEmpty()) {
                handover.handOver();
            }
        }
    }
}
