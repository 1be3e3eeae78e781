package vmlan.host.linux;

import java.util.Arrays;
import vmlan.host.EventLoop;
import vmlan.packet.IpAddress;

/// The native sockets of a process: one thread that waits for them, memory to receive and send by that all share.
///
/// All belongs to the loop's thread.
final class NativeSockets {
    /// Datagrams of one socket in one round; the others have their turn then.
    static final int BATCH = 32;
    /// A socket that had as many at once is read again in the next round, without the poller in between: handing over
    /// to that thread costs as much as some datagrams, and more where all processors are busy.
    private static final int BUSY = 2;
    /// The longest IP payload (RFC 791 §3.1, RFC 8200 §3), rounded up.
    static final int MESSAGE_BYTES = 1 << 16;

    private static final long LOOPBACK = IpAddress.mapped(0x7f00_0001);

    private final EventLoop loop;
    private final EventLoop.Signal signal;
    private final SocketPoller poller;
    private final MessageSlots incoming = new MessageSlots(BATCH, MESSAGE_BYTES, 0);
    private final ErrorQueue errors = new ErrorQueue();
    private final SendBatch batch = new SendBatch(errors);
    private final Failures failures = new Failures();
    private NativeSocket[] table = new NativeSocket[16];
    private int[] generations = new int[16];
    private int[] free = new int[16];
    private int freeCount;
    /// Those that are read again in the next round, without the poller in between; each is in it once at most.
    private long[] busy = new long[16];

    private int busyCount;
    private int used;

    NativeSockets(EventLoop loop) throws LinuxException {
        this.loop = loop;
        this.signal = loop.signal(this::deliver);
        try {
            this.poller = new SocketPoller(signal);
        } catch (LinuxException e) {
            loop.forget(signal);
            throw e;
        }
    }

    /// Has the JVM make the native calls ready, which costs a quarter of a second of a processor the first time
    /// where there is no AOT cache (a shared x86-64 of two cores, JDK 25). Any thread.
    ///
    /// All that a first datagram uses is used: a socket sends itself one.
    static void load() {
        // These fail, and are linked by then.
        EpollCalls.await(-1, 0, 0, 0);
        EpollCalls.ctl(-1, EpollCalls.EPOLL_CTL_DEL, -1, 0);
        int fd = IpSockets.open(true, SocketCalls.SOCK_DGRAM, 0);
        if (fd < 0) {
            return;
        }
        IpSockets.reportErrors(fd, true);
        IpSockets.fragment(fd, true, false);
        IpSockets.bind(fd, true, 0, LOOPBACK, 0);
        MessageSlots slots = new MessageSlots(1, Long.BYTES, Long.BYTES);
        slots.nameLength(0, IpSockets.write(slots.headers, slots.name(0), true, 0, LOOPBACK, IpSockets.localPort(fd)));
        slots.send(fd, 0, 1);
        slots.receive(fd, 0);
        Libc.close(fd);
    }

    SendBatch batch() {
        return batch;
    }

    ErrorQueue errors() {
        return errors;
    }

    long datagramsDropped() {
        return batch.dropped();
    }

    long errorsForgotten() {
        return failures.forgotten();
    }

    /// Notes failures down; they are told soon, and not within this call.
    Failures failures() {
        signal.raise();
        return failures;
    }

    /// Watches a socket from now on.
    ///
    /// @return 0 or errno below zero; the descriptor is closed then
    int open(NativeSocket socket) {
        int slot = freeCount > 0 ? free[--freeCount] : used++;
        if (slot == table.length) {
            int size = slot * 2;
            table = Arrays.copyOf(table, size);
            generations = Arrays.copyOf(generations, size);
            free = Arrays.copyOf(free, size);
            busy = Arrays.copyOf(busy, size);
        }
        // Below 2^31 - 1, so that no token is below zero or the poller's own.
        generations[slot] = (generations[slot] + 1) & 0x3fff_ffff;
        long token = (long) generations[slot] << 32 | slot;
        int result = poller.watch(socket.fd, token);
        if (result < 0) {
            free[freeCount++] = slot;
            Libc.close(socket.fd);
            return result;
        }
        table[slot] = socket;
        socket.opened(token);
        return 0;
    }

    void forget(long token) {
        int slot = (int) token;
        table[slot] = null;
        free[freeCount++] = slot;
    }

    private NativeSocket at(long token) {
        NativeSocket socket = table[(int) token];
        return socket != null && socket.token() == token ? socket : null;
    }

    private void deliver() {
        // Those that stay busy are put in again from the front, never before they were taken out.
        int again = busyCount;
        busyCount = 0;
        for (int i = 0; i < again; i++) {
            serve(busy[i], false);
        }
        for (int left = poller.ready(); left > 0; left--) {
            long next = poller.next();
            serve(next & ~SocketPoller.ERROR, (next & SocketPoller.ERROR) != 0);
        }
        tellFailures();
        if (busyCount > 0 || poller.ready() > 0) {
            signal.raise();
        }
    }

    private void serve(long token, boolean hasErrors) {
        NativeSocket socket = at(token);
        if (socket == null) {
            return;
        }
        int count = 0;
        try {
            if (hasErrors) {
                errors.drain(socket);
            }
            count = receive(socket);
        } catch (RuntimeException e) {
            lose(socket, e);
        }
        if (socket.isClosed()) {
            return;
        }
        if (count >= BUSY && busyCount < busy.length) {
            busy[busyCount++] = token;
        } else {
            poller.watchAgain(socket.fd, token);
        }
    }

    /// Those that are there now; what handlers add comes in the next round.
    private void tellFailures() {
        int left = failures.count();
        long now = left > 0 ? loop.now() : 0;
        for (; left > 0; left--) {
            NativeSocket socket = failures.take();
            if (socket.isClosed()) {
                continue;
            }
            try {
                socket.tell(failures, now);
            } catch (RuntimeException e) {
                lose(socket, e);
            }
        }
    }

    /// @return how many datagrams came
    private int receive(NativeSocket socket) {
        // An error is the news of something sent; it is gone with that, and what there is to read is told again.
        int count = incoming.receive(socket.fd, 0);
        long now = loop.now();
        for (int i = 0; i < count && !socket.isClosed(); i++) {
            socket.received(incoming, i, incoming.offset(i), incoming.length(i), now);
        }
        return count;
    }

    /// A handler that throws loses its socket and nothing else.
    private void lose(NativeSocket socket, RuntimeException cause) {
        socket.close();
        loop.execute(() -> {
            throw cause;
        });
    }

    /// Closes all sockets and ends the thread.
    void close() {
        for (NativeSocket socket : table) {
            if (socket != null) {
                socket.close();
            }
        }
        loop.forget(signal);
        poller.close();
    }
}
