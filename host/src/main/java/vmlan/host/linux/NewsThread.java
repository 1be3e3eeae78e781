package vmlan.host.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/// Listens to rtnetlink on a thread of its own. Whatever changes on the host only says that it is time to look: then
/// things are read as a whole, so that lost or reordered news do no harm. Needs no rights.
final class NewsThread implements AutoCloseable {
    /// What is done on the thread.
    interface Reader {
        /// Looks how things stand: at first, and after news.
        void look(Netlink questions) throws IOException;

        /// Something came that may hold several messages.
        default void news(ByteBuffer received) {}

        /// The last thing that is done.
        void failed(Exception cause);
    }

    private final Reader reader;
    private final int pauseMillis;
    private final Netlink news;
    private final Netlink questions;
    private final int wakeFd;
    private final Thread thread;
    private volatile boolean stopping;

    /// Called in the network namespace that is watched.
    ///
    /// @param groups RTMGRP_… that are listened to
    /// @param pauseMillis between two looks, however much there is of news
    NewsThread(String name, int groups, int pauseMillis, Reader reader) throws IOException {
        this.reader = reader;
        this.pauseMillis = pauseMillis;
        this.news = new Netlink(groups);
        try {
            this.questions = new Netlink(0);
        } catch (IOException e) {
            news.close();
            throw e;
        }
        try {
            this.wakeFd = LinuxException.check(Libc.eventfd(Libc.O_CLOEXEC | Libc.O_NONBLOCK), "eventfd");
        } catch (LinuxException e) {
            questions.close();
            news.close();
            throw e;
        }
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    boolean isStopping() {
        return stopping;
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            // The second alone is how a pause is waited for.
            MemorySegment fds = arena.allocate(2 * Libc.POLLFD_BYTES, Integer.BYTES);
            fds.set(ValueLayout.JAVA_INT, 0, news.fd());
            fds.set(ValueLayout.JAVA_SHORT, Libc.POLLFD_EVENTS, Libc.POLLIN);
            MemorySegment wake = fds.asSlice(Libc.POLLFD_BYTES);
            wake.set(ValueLayout.JAVA_INT, 0, wakeFd);
            wake.set(ValueLayout.JAVA_SHORT, Libc.POLLFD_EVENTS, Libc.POLLIN);
            while (!stopping) {
                reader.look(questions);
                Libc.poll(fds, 2, -1);
                if (pauseMillis > 0) {
                    Libc.poll(wake, 1, pauseMillis);
                }
                readNews();
            }
        } catch (IOException | RuntimeException e) {
            reader.failed(e);
        }
    }

    /// Reads all there are. Too many are ENOBUFS.
    private void readNews() throws LinuxException {
        while (!stopping) {
            try {
                ByteBuffer received = news.receive(SocketCalls.MSG_DONTWAIT, "reading news of interfaces");
                if (received == null) {
                    return;
                }
                reader.news(received);
            } catch (LinuxException e) {
                if (e.errno() != Errno.ENOBUFS) {
                    throw e;
                }
            }
        }
    }

    /// When this returns, nothing is read any more.
    @Override
    public void close() {
        stopping = true;
        Libc.write(wakeFd, Arena.ofAuto().allocateFrom(ValueLayout.JAVA_LONG, 1L), Long.BYTES);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        news.close();
        questions.close();
        Libc.close(wakeFd);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
