package vmlan.host;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Connects to a socket on which QEMU listens (QEMU 7.2, whose own client never tries again), and goes on
/// trying until it is closed.
public final class StreamDialer implements AutoCloseable {
    /// As often as QEMU's own `reconnect-ms=250` would; a refused connect costs some 20 µs.
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final EventLoop loop;
    private final UnixDomainSocketAddress address;
    private final Consumer<SocketChannel> taker;
    private EventLoop.Timer timer;
    private boolean closed;

    public StreamDialer(EventLoop loop, Path path, Consumer<SocketChannel> taker) {
        this.loop = loop;
        this.address = UnixDomainSocketAddress.of(path);
        this.taker = taker;
    }

    /// Tries now, and then again and again until it has succeeded once. Called anew after a connection ended.
    public void dial() {
        if (closed || timer != null) {
            return;
        }
        SocketChannel connection = connected();
        if (connection != null) {
            taker.accept(connection);
        } else {
            dialLater();
        }
    }

    /// Tries again in a while.
    public void dialLater() {
        if (!closed && timer == null) {
            timer = loop.after(RETRY_NANOS, () -> {
                timer = null;
                dial();
            });
        }
    }

    private SocketChannel connected() {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.configureBlocking(false);
                // On a Unix-domain socket connect answers at once: yes, refused, no such file, or EAGAIN for a full
                // queue.
                if (channel.connect(address)) {
                    return channel;
                }
            } catch (IOException e) {
                channel.close();
                return null;
            }
            channel.close();
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
