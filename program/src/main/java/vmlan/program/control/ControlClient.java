package vmlan.program.control;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.HttpException;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;

/// Asks a network process; one connection for each request.
public final class ControlClient {
    private final Path socket;
    private final String network;

    public ControlClient(Path socket, String network) {
        this.socket = socket;
        this.network = network;
    }

    /// Whether a process listens on the socket; one whose backlog is full does, and answers nobody.
    public boolean isServed() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            return channel.connect(UnixDomainSocketAddress.of(socket)) || Files.exists(socket);
        } catch (IOException e) {
            return false;
        }
    }

    /// @param path with its query, encoded
    /// @return the body of a successful answer
    /// @throws Failure when nobody answers within the limit, or the answer is an error
    public Fields send(String method, String path, Map<String, Object> body, Duration limit) throws Failure {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            Future<?> watchdog = CompletableFuture.runAsync(
                    () -> closeQuietly(channel),
                    CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                HttpMessages messages =
                        new HttpMessages(Channels.newInputStream(channel), Channels.newOutputStream(channel));
                messages.writeRequest(method, path, body, false);
                return checked(messages.readResponse());
            } finally {
                watchdog.cancel(false);
            }
        } catch (AsynchronousCloseException e) {
            throw tooSlow(limit, e);
        } catch (IOException | HttpException e) {
            throw silent(e);
        }
    }

    private Failure tooSlow(Duration limit, Exception e) {
        return Failure.world(
                "the network '" + network + "' did not answer within " + limit.toSeconds() + " s",
                "see: vmlan network logs " + network + "; or end it, its VMs are kept: vmlan network stop --force "
                        + network,
                e);
    }

    private Failure silent(Exception e) {
        return Failure.world(
                "the network '" + network + "' does not answer: " + e.getMessage(),
                "start it: vmlan network start " + network,
                e);
    }

    /// A connection that was HTTP and is now something else.
    ///
    /// @param channel to write to
    /// @param in what the other end sends
    public record Switched(SocketChannel channel, InputStream in) {}

    /// Asks for a connection that is no HTTP any more. The caller closes it.
    ///
    /// @throws Failure when nobody answers within the limit, or the answer is an error
    public Switched upgrade(String path, Duration limit) throws Failure {
        SocketChannel channel = null;
        Switched switched = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            SocketChannel opened = channel;
            Future<?> watchdog = CompletableFuture.runAsync(
                    () -> closeQuietly(opened),
                    CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                HttpMessages messages =
                        new HttpMessages(Channels.newInputStream(channel), Channels.newOutputStream(channel));
                messages.writeRequest("POST", path, Map.of(), true);
                ControlResponse response = messages.readResponse();
                if (response.status() != ControlResponse.SWITCHING) {
                    checked(response);
                    throw new IOException("the answer was " + response.status());
                }
                switched = new Switched(channel, messages.rest());
                return switched;
            } finally {
                watchdog.cancel(false);
            }
        } catch (AsynchronousCloseException e) {
            throw tooSlow(limit, e);
        } catch (IOException | HttpException e) {
            throw silent(e);
        } finally {
            if (channel != null && switched == null) {
                closeQuietly(channel);
            }
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The reader wakes up all the same.
        }
    }

    private Fields checked(ControlResponse response) throws Failure {
        Fields body = new Fields(response.body());
        if (response.status() < 300) {
            return body;
        }
        Fields error = body.object("error");
        String what = error.optionalText("what").orElse("the network answered " + response.status());
        String remedy = error.optionalText("do").orElse("look into the network's log");
        boolean isUsage = response.status() == 400 || response.status() == 404;
        throw isUsage ? Failure.usage(what, remedy) : Failure.world(what, remedy);
    }
}
