package vmlan.program.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hc.core5.http.HttpException;

/// Answers HTTP requests on a Unix-domain socket. The socket lies in a folder that only its owner may enter.
public final class ControlServer implements AutoCloseable {
    /// What answers the requests; runs on a virtual thread of the connection and may block within reason.
    public interface Handler {
        ControlResponse handle(ControlRequest request);
    }

    /// More at once wait in the socket's backlog.
    private static final int MOST_CONNECTIONS = 64;
    /// A client that says nothing for so long loses its connection.
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /// After this a failing accept (no descriptors left) is tried again.
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final ServerSocketChannel server;
    private final Path path;
    private final Handler handler;
    private final Consumer<String> log;
    private final Semaphore places = new Semaphore(MOST_CONNECTIONS);

    private ControlServer(ServerSocketChannel server, Path path, Handler handler, Consumer<String> log) {
        this.server = server;
        this.path = path;
        this.handler = handler;
        this.log = log;
    }

    /// Binds the socket and begins to answer. A file that is there already is removed: the caller holds the
    /// network's lock, so nobody is behind it.
    public static ControlServer start(Path path, Handler handler, Consumer<String> log) throws IOException {
        Files.deleteIfExists(path);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            server.close();
            throw e;
        }
        ControlServer control = new ControlServer(server, path, handler, log);
        Thread.ofVirtual().name("control").start(control::accept);
        return control;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                places.acquire();
                SocketChannel connection = server.accept();
                Thread.ofVirtual().name("control connection").start(() -> serve(connection));
            } catch (ClosedChannelException | InterruptedException e) {
                return;
            } catch (IOException e) {
                places.release();
                log.accept("control: cannot accept: " + e.getMessage());
                try {
                    TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }

    /// What becomes of a connection after a request.
    private enum Next {
        MORE,
        END,
        /// It is somebody else's.
        TAKEN
    }

    /// What stands before the bytes of another protocol.
    public static ByteBuffer switching() {
        return ByteBuffer.wrap("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    }

    private void serve(SocketChannel connection) {
        Next next = Next.MORE;
        try {
            HttpMessages messages =
                    new HttpMessages(Channels.newInputStream(connection), Channels.newOutputStream(connection));
            while (next == Next.MORE) {
                next = serveOne(connection, messages);
            }
        } catch (IOException e) {
            // The client went away; what it wanted was done or not, and there is nobody to tell.
            next = Next.END;
        } catch (RuntimeException e) {
            log.accept("control: " + e);
            next = Next.END;
        } finally {
            places.release();
            if (next != Next.TAKEN) {
                closeQuietly(connection);
            }
        }
    }

    private Next serveOne(SocketChannel connection, HttpMessages messages) throws IOException {
        try {
            HttpMessages.Incoming incoming;
            Future<?> watchdog = CompletableFuture.runAsync(
                    () -> closeQuietly(connection),
                    CompletableFuture.delayedExecutor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
            try {
                incoming = messages.readRequest();
            } catch (HttpException e) {
                messages.writeResponse(
                        ControlResponse.error(400, String.valueOf(e.getMessage()), "send HTTP/1.1 with a JSON object"),
                        false);
                return Next.END;
            } finally {
                watchdog.cancel(false);
            }
            if (incoming == null) {
                return Next.END;
            }
            ControlResponse response = answer(incoming.request());
            if (response.upgrade() != null) {
                response = upgrade(response.upgrade(), incoming, connection, messages);
                if (response == null) {
                    return Next.TAKEN;
                }
            }
            try {
                messages.writeResponse(response, incoming.keepAlive());
            } finally {
                if (response.afterwards() != null) {
                    response.afterwards().run();
                }
            }
            return incoming.keepAlive() ? Next.MORE : Next.END;
        } catch (HttpException e) {
            throw new IOException(e);
        }
    }

    /// @return null when the connection is somebody else's now
    private ControlResponse upgrade(
            ControlResponse.Upgrade upgrade,
            HttpMessages.Incoming incoming,
            SocketChannel connection,
            HttpMessages messages) {
        if (!incoming.wantsUpgrade()) {
            // RFC 9110 §15.5.22
            return ControlResponse.error(
                    426,
                    "the answer to this would be no HTTP",
                    "send the headers Connection: Upgrade and Upgrade: tcp");
        }
        if (messages.hasMore()) {
            return ControlResponse.error(
                    400, "bytes came before the protocol was switched", "send them after the answer 101");
        }
        return answer(() -> upgrade.take(connection), incoming.request());
    }

    private ControlResponse answer(ControlRequest request) {
        return answer(() -> handler.handle(request), request);
    }

    private ControlResponse answer(Supplier<ControlResponse> answering, ControlRequest request) {
        try {
            return answering.get();
        } catch (IllegalArgumentException e) {
            return ControlResponse.error(400, String.valueOf(e.getMessage()), "correct the request");
        } catch (RuntimeException e) {
            log.accept("control: " + request.method() + " " + request.path() + ": " + e);
            return ControlResponse.error(500, "the network process failed: " + e, "look into its log");
        }
    }

    private static void closeQuietly(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // The reader wakes up all the same, which is what this is for.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(path);
    }
}
