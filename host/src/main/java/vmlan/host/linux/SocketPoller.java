package vmlan.host.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.LockSupport;
import vmlan.host.EventLoop;

/// The one thread that waits for all native sockets, which the loop's own selector cannot take.
///
/// Theory of operation. Each socket is watched for one event (EPOLLONESHOT): then the loop is told, reads as much as
/// is fair, and has the socket watched again, upon which the kernel looks anew. So the thread wakes once for a batch,
/// not once for a datagram, and a socket is in the ring of ready ones once at most. When the ring is full the thread
/// waits; nothing is lost. The thread reads no socket, and allocates nothing.
final class SocketPoller {
    /// [#next] when there is none.
    static final long NONE = -1;
    /// Set in what [#next] returns when there are errors to be read.
    static final long ERROR = 1L << 63;

    private static final long WAKE = Long.MAX_VALUE;
    private static final int EVENTS = 64;
    /// A power of two.
    private static final int RING = 1024;

    private final int epoll;
    private final int wakeFd;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment interest = arena.allocate(EpollCalls.EVENT_BYTES, Long.BYTES);
    private final ByteBuffer interestBytes = interest.asByteBuffer().order(ByteOrder.nativeOrder());
    private final EventLoop.Signal signal;
    private final Thread thread;
    private final long[] ring = new long[RING];
    /// How many were ever put in and taken out; each is written by one thread only.
    private volatile long filled;

    private volatile long emptied;
    private volatile boolean waiting;
    private volatile boolean stopping;

    /// @param signal raised when a socket is ready
    SocketPoller(EventLoop.Signal signal) throws LinuxException {
        this.signal = signal;
        this.epoll = LinuxException.check(EpollCalls.create(EpollCalls.EPOLL_CLOEXEC), "epoll_create1");
        this.wakeFd = Libc.eventfd(Libc.O_CLOEXEC | Libc.O_NONBLOCK);
        int result = wakeFd < 0 ? wakeFd : control(EpollCalls.EPOLL_CTL_ADD, wakeFd, EpollCalls.EPOLLIN, WAKE);
        if (result < 0) {
            Libc.close(epoll);
            throw new LinuxException("eventfd", result, "");
        }
        this.thread = Thread.ofPlatform().daemon().name("vmlan-sockets").unstarted(this::run);
        thread.start();
    }

    /// Watches a socket for the first time.
    ///
    /// @param token not negative, below [#WAKE]
    /// @return 0 or errno below zero
    int watch(int fd, long token) {
        return control(EpollCalls.EPOLL_CTL_ADD, fd, EpollCalls.EPOLLIN | EpollCalls.EPOLLONESHOT, token);
    }

    /// Watches a socket again after it was told of.
    void watchAgain(int fd, long token) {
        control(EpollCalls.EPOLL_CTL_MOD, fd, EpollCalls.EPOLLIN | EpollCalls.EPOLLONESHOT, token);
    }

    private int control(int operation, int fd, int events, long token) {
        interestBytes.putInt(0, events);
        interestBytes.putLong(EpollCalls.EVENT_DATA, token);
        return EpollCalls.ctl(epoll, operation, fd, interest.address());
    }

    /// How many sockets are ready. The loop's thread.
    int ready() {
        return (int) (filled - emptied);
    }

    /// The token of a socket that is ready, maybe with [#ERROR], or [#NONE]. The loop's thread.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    long next() {
        if (filled == emptied) {
            return NONE;
        }
        long token = ring[(int) (emptied & (RING - 1))];
        emptied++;
        if (waiting) {
            LockSupport.unpark(thread);
        }
        return token;
    }

    private void run() {
        MemorySegment events = arena.allocate((long) EVENTS * EpollCalls.EVENT_BYTES, Long.BYTES);
        ByteBuffer eventBytes = events.asByteBuffer().order(ByteOrder.nativeOrder());
        long address = events.address();
        while (!stopping) {
            // EINTR is the only error that there can be (man 2 epoll_wait).
            int count = EpollCalls.await(epoll, address, EVENTS, -1);
            for (int i = 0; i < count; i++) {
                int at = i * EpollCalls.EVENT_BYTES;
                long token = eventBytes.getLong(at + EpollCalls.EVENT_DATA);
                if (token != WAKE) {
                    put((eventBytes.getInt(at) & EpollCalls.EPOLLERR) != 0 ? token | ERROR : token);
                }
            }
            if (count > 0) {
                signal.raise();
            }
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void put(long token) {
        while (filled - emptied == RING && !stopping) {
            signal.raise();
            waiting = true;
            // Looked at again: the loop may have taken one before it could see that somebody waits.
            if (filled - emptied == RING && !stopping) {
                LockSupport.park(this);
            }
            waiting = false;
        }
        ring[(int) (filled & (RING - 1))] = token;
        filled++;
    }

    /// Ends the thread; returns when it is gone. The loop's thread.
    void close() {
        stopping = true;
        LockSupport.unpark(thread);
        Libc.write(wakeFd, Arena.ofAuto().allocateFrom(ValueLayout.JAVA_LONG, 1L), Long.BYTES);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        Libc.close(wakeFd);
        Libc.close(epoll);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
