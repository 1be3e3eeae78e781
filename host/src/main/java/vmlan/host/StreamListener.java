package vmlan.host;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A Unix-domain socket that takes connections: where QEMU connects to the network (QEMU 8 and newer).
public final class StreamListener implements EventLoop.Handler, AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;
    private final Path path;
    private final ServerSocketChannel server;
    private final Consumer<SocketChannel> taker;

    /// Binds the socket; one that an earlier process left behind is removed first. The caller owns the folder
    /// alone and holds the network's lock, so nobody else can be behind an existing file.
    public StreamListener(EventLoop loop, Path path, Consumer<SocketChannel> taker) throws IOException {
        this.loop = loop;
        this.path = path;
        this.taker = taker;
        Files.deleteIfExists(path);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            loop.register(server, SelectionKey.OP_ACCEPT, this);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public void ready(SelectionKey key) throws IOException {
        SocketChannel connection;
        try {
            connection = server.accept();
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            // No descriptors left, most likely: the connection waits in the backlog, and we look again in a while.
            key.interestOps(0);
            loop.after(PAUSE_NANOS, () -> {
                if (key.isValid()) {
                    key.interestOps(SelectionKey.OP_ACCEPT);
                }
            });
            return;
        }
        if (connection != null) {
            taker.accept(connection);
        }
    }

    @Override
    public void failed(Exception cause) {
        close();
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // A socket file that stays is removed by the next process that binds it.
        }
    }
}
