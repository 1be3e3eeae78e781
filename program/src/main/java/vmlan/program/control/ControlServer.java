package vmlan.program.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

    private void serve(SocketChannel connection) {
        try (connection) {
            HttpMessages messages =
                    new HttpMessages(Channels.newInputStream(connection), Channels.newOutputStream(connection));
            boolean more = true;
            while (more) {
                more = serveOne(connection, messages);
            }
        } catch (IOException e) {
            // The client went away; what it wanted was done or not, and there is nobody to tell.
        } catch (RuntimeException e) {
            log.accept("control: " + e);
        } finally {
            places.release();
        }
    }

    private boolean serveOne(SocketChannel connection, HttpMessages messages) throws IOException {
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
                return false;
            } finally {
                watchdog.cancel(false);
            }
            if (incoming == null) {
                return false;
            }
            messages.writeResponse(answer(incoming.request()), incoming.keepAlive());
            return incoming.keepAlive();
        } catch (HttpException e) {
            throw new IOException(e);
        }
    }

    private ControlResponse answer(ControlRequest request) {
        try {
            return handler.handle(request);
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
