package vmlan.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import jdk.net.ExtendedSocketOptions;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEnds;
import vmlan.network.outside.StreamEvents;
import vmlan.packet.IpAddress;

/// A stream by a [SocketChannel]: dialled by us, accepted at a published port, or of a Unix-domain socket.
///
/// Nothing is allocated to read, write or watch. Each stream is told once a round of the loop what it can do,
/// however much there is, so that none starves the others.
///
/// Trust: all bytes are the far end's.
public final class SocketStream implements OutsideStream, EventLoop.Handler {
    private enum State {
        /// The outcome of the connect is not known, or known and not told yet.
        CONNECTING,
        OPEN,
        /// A handler threw: the channel is gone, the owner has still to see it.
        BROKEN,
        CLOSED
    }

    /// Of a far end that may be gone: four probes in 20 s.
    private static final int SOON_SECONDS = 5;

    private static final int SOON_PROBES = 4;
    /// Linux' defaults (ip-sysctl: tcp_keepalive_time, _intvl, _probes), a Mac's but for the eighth probe.
    private static final int IDLE_SECONDS = 7200;

    private static final int INTERVAL_SECONDS = 75;
    private static final int PROBES = 9;

    private final EventLoop loop;
    /// For the meaning of errors while it connects.
    private final boolean ipv4;

    private StreamEvents events;
    /// Null when there was no descriptor for one.
    private SocketChannel channel;

    private SelectionKey key;
    private State state;
    /// What is to be told, as operations of [SelectionKey].
    private int watched;

    private SocketStream(EventLoop loop, boolean ipv4, StreamEvents events) {
        this.loop = loop;
        this.ipv4 = ipv4;
        this.events = events;
        this.state = State.CONNECTING;
    }

    /// Takes a channel that is connected. Who is told is said by [#tell].
    ///
    /// @throws IOException when it was closed meanwhile; the channel is closed
    public SocketStream(EventLoop loop, SocketChannel connected) throws IOException {
        this(loop, connected, null);
    }

    /// Takes a channel that is connected.
    ///
    /// @throws IOException when it was closed meanwhile; the channel is closed
    public SocketStream(EventLoop loop, SocketChannel connected, StreamEvents events) throws IOException {
        this.loop = loop;
        this.ipv4 = false;
        this.events = events;
        this.channel = connected;
        this.state = State.OPEN;
        try {
            if (connected.getRemoteAddress() instanceof InetSocketAddress) {
                prepare(connected);
            }
            this.key = loop.register(connected, 0, this);
        } catch (IOException e) {
            connected.close();
            throw e;
        }
    }

    /// Begins to connect; the outcome is told in a later round of the loop.
    static SocketStream dial(EventLoop loop, long high, long low, int tcpPort, StreamEvents events) {
        SocketStream stream = new SocketStream(loop, IpAddress.isIpv4(high, low), events);
        stream.dial(SocketAddresses.of(high, low, tcpPort));
        return stream;
    }

    /// The same to a Unix-domain socket. Nobody there, or no socket, is "refused".
    public static SocketStream dial(EventLoop loop, Path socket, StreamEvents events) {
        SocketStream stream = new SocketStream(loop, false, events);
        try {
            UnixDomainSocketAddress to = UnixDomainSocketAddress.of(socket);
            stream.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            stream.channel.configureBlocking(false);
            if (stream.channel.connect(to)) {
                stream.tellLater(null);
            } else {
                stream.key = loop.register(stream.channel, SelectionKey.OP_CONNECT, stream);
            }
        } catch (IOException | IllegalArgumentException e) {
            stream.tellLater(OutsideError.REFUSED);
        }
        return stream;
    }

    private void dial(InetSocketAddress to) {
        try {
            channel = SocketChannel.open(SocketAddresses.family(ipv4));
        } catch (UnsupportedOperationException e) {
            // How the JDK says that the host has no IPv6.
            tellLater(OutsideError.NET_UNREACHABLE);
            return;
        } catch (IOException e) {
            tellLater(OutsideError.EXHAUSTED);
            return;
        }
        try {
            prepare(channel);
            channel.configureBlocking(false);
            if (channel.connect(to)) {
                tellLater(null);
            } else {
                key = loop.register(channel, SelectionKey.OP_CONNECT, this);
            }
        } catch (IOException e) {
            tellLater(SocketErrors.of(e, ipv4));
        }
    }

    /// What a guest sends goes out at once: its own TCP has waited already (RFC 896). Urgent data stays where it
    /// is in the stream (RFC 6093 §2). A far end that is gone without a word is found in the end.
    private static void prepare(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        channel.socket().setOOBInline(true);
    }

    private void tellLater(OutsideError why) {
        loop.execute(() -> {
            if (state != State.CONNECTING) {
                return;
            }
            try {
                if (why == null) {
                    key = loop.register(channel, 0, this);
                    opened();
                } else {
                    refused(why);
                }
            } catch (IOException e) {
                refused(OutsideError.EXHAUSTED);
            } catch (RuntimeException e) {
                failed(e);
                throw e;
            }
        });
    }

    /// Says who is told from now on.
    public void tell(StreamEvents listener) {
        events = listener;
    }

    @Override
    public void ready(SelectionKey ready) {
        if (state == State.CONNECTING) {
            finish();
            return;
        }
        int operations = ready.readyOps();
        if (isTold(operations, SelectionKey.OP_READ)) {
            events.readable(loop.now());
        }
        if (isTold(operations, SelectionKey.OP_WRITE)) {
            events.writable(loop.now());
        }
    }

    private boolean isTold(int operations, int operation) {
        return (operations & watched & operation) != 0 && state == State.OPEN;
    }

    private void finish() {
        try {
            if (!channel.finishConnect()) {
                return;
            }
        } catch (IOException e) {
            refused(SocketErrors.of(e, ipv4));
            return;
        }
        opened();
    }

    private void opened() {
        state = State.OPEN;
        key.interestOps(watched);
        events.connected(loop.now());
    }

    private void refused(OutsideError why) {
        state = State.CLOSED;
        closeChannel();
        events.failed(why, loop.now());
    }

    /// A handler of this stream threw, or its channel was closed under it. The far end sees that it was cut off, the
    /// owner that it is broken, or will never be connected.
    @Override
    public void failed(Exception cause) {
        if (state == State.CLOSED || state == State.BROKEN) {
            return;
        }
        boolean wasOpen = state == State.OPEN;
        abort();
        if (wasOpen) {
            state = State.BROKEN;
            events.readable(loop.now());
        } else {
            state = State.CLOSED;
            events.failed(OutsideError.EXHAUSTED, loop.now());
        }
    }

    @Override
    public int read(ByteBuffer buffer) {
        if (state != State.OPEN) {
            return notOpen();
        }
        try {
            return channel.read(buffer);
        } catch (IOException e) {
            return BROKEN;
        }
    }

    @Override
    public int write(ByteBuffer buffer) {
        if (state != State.OPEN) {
            return notOpen();
        }
        try {
            return channel.write(buffer);
        } catch (IOException e) {
            return BROKEN;
        }
    }

    private int notOpen() {
        return state == State.CONNECTING ? 0 : BROKEN;
    }

    @Override
    public void watch(boolean readable, boolean writable) {
        int operations = (readable ? SelectionKey.OP_READ : 0) | (writable ? SelectionKey.OP_WRITE : 0);
        if (operations == watched) {
            return;
        }
        watched = operations;
        if (state == State.OPEN) {
            key.interestOps(operations);
        }
    }

    @Override
    public void shutdownOutput() {
        if (state != State.OPEN) {
            return;
        }
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            // Reset by the far end: reading says so.
        }
    }

    @Override
    public StreamEnds endpoints() {
        try {
            return state == State.OPEN
                            && channel.getLocalAddress() instanceof InetSocketAddress local
                            && channel.getRemoteAddress() instanceof InetSocketAddress remote
                    ? new StreamEnds(
                            SocketAddresses.of(local.getAddress()),
                            local.getPort(),
                            SocketAddresses.of(remote.getAddress()),
                            remote.getPort())
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void keepAlive(boolean soon) {
        if (state != State.OPEN) {
            return;
        }
        try {
            channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, soon ? SOON_SECONDS : INTERVAL_SECONDS);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, soon ? SOON_PROBES : PROBES);
            // Last: it sets the timer, by how long nothing has come (Linux, net/ipv4/tcp.c, tcp_sock_set_keepidle).
            channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, soon ? SOON_SECONDS : IDLE_SECONDS);
        } catch (IOException | UnsupportedOperationException e) {
            // A Unix-domain socket, or a system without them: the far end's end is found later.
        }
    }

    @Override
    public void close() {
        state = State.CLOSED;
        closeChannel();
    }

    @Override
    public void reset() {
        state = State.CLOSED;
        abort();
    }

    private void abort() {
        if (channel != null && channel.isOpen()) {
            try {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException | UnsupportedOperationException e) {
                // A Unix-domain socket has no such thing: its far end sees a reset only when bytes were left unread.
            }
        }
        closeChannel();
    }

    /// A watched channel's descriptor is given back in the loop's next select.
    private void closeChannel() {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone either way.
        }
    }
}
