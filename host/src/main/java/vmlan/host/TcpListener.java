package vmlan.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import vmlan.packet.IpAddress;

/// A TCP port of the host that takes connections: of a published port.
public final class TcpListener implements EventLoop.Handler, AutoCloseable {
    /// A connection costs some 50 µs to take; others wait meanwhile.
    private static final int ACCEPTED_PER_ROUND = 16;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final EventLoop loop;
    private final ServerSocketChannel server;
    private final Consumer<SocketChannel> taker;
    private EventLoop.Timer pause;

    /// Binds and listens. `::` takes IPv4 too, as is the JDK's way.
    ///
    /// @param tcpPort 0 for one that the host chooses
    /// @param taker of connections, which are its own from then on
    /// @throws BindFailure when the port cannot be had
    public TcpListener(EventLoop loop, long high, long low, int tcpPort, Consumer<SocketChannel> taker)
            throws IOException {
        this.loop = loop;
        this.taker = taker;
        InetSocketAddress address = SocketAddresses.of(high, low, tcpPort);
        try {
            server = ServerSocketChannel.open(SocketAddresses.family(IpAddress.isIpv4(high, low)));
        } catch (UnsupportedOperationException e) {
            throw new BindFailure(address, BindFailure.Reason.NO_SUCH_ADDRESS, "", new IOException(e));
        }
        try {
            server.bind(address);
            loop.register(server, SelectionKey.OP_ACCEPT, this);
        } catch (IOException e) {
            server.close();
            throw BindFailure.of(address, e);
        }
    }

    /// The port that it has.
    public int tcpPort() {
        return server.socket().getLocalPort();
    }

    @Override
    public void ready(SelectionKey key) throws IOException {
        for (int left = ACCEPTED_PER_ROUND; left > 0 && server.isOpen(); left--) {
            SocketChannel connection;
            try {
                connection = server.accept();
            } catch (ClosedChannelException e) {
                throw e;
            } catch (IOException e) {
                pause(key);
                return;
            }
            if (connection == null) {
                return;
            }
            take(connection);
        }
    }

    /// No descriptors left, most likely: connections wait in the backlog, and we look again in a while.
    private void pause(SelectionKey key) {
        key.interestOps(0);
        pause = loop.after(PAUSE_NANOS, () -> {
            if (key.isValid()) {
                key.interestOps(SelectionKey.OP_ACCEPT);
            }
        });
    }

    /// A taker that throws loses the connection, not the listener.
    private void take(SocketChannel connection) throws IOException {
        try {
            taker.accept(connection);
        } catch (RuntimeException e) {
            connection.close();
            loop.execute(() -> {
                throw e;
            });
        }
    }

    @Override
    public void failed(Exception cause) {
        close();
    }

    @Override
    public void close() {
        if (pause != null) {
            pause.cancel();
        }
        try {
            server.close();
        } catch (IOException e) {
            // The descriptor is gone either way.
        }
    }
}
