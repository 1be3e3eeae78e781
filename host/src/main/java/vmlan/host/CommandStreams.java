package vmlan.host;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;

/// Streams that end in a command: what is written is its input, what it writes (both output and errors) is read.
///
/// ```
/// guest ◀─▶ loop ◀─ SocketStream ─▶ two ends of a Unix-domain socket ◀─▶ the command's pipes
///           one thread                                                a thread each way
/// ```
///
/// A process' pipes block, and so does starting it: that is done on threads of its own, and the loop sees a socket like
/// any other, whose buffers slow down whichever side is too fast.
///
/// Trust: the command is the user's, what it reads is the guest's. A guest starts [#MOST] of them at a time, and one
/// counts until nothing of it runs any more ([ProcessGroup]).
public final class CommandStreams implements AutoCloseable {
    /// Each is a process and three threads.
    public static final int MOST = 16;

    /// A command that has not ended by then is ended: its guest has closed the connection, and nobody reads what it
    /// writes.
    private static final long END_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final EventLoop loop;
    private final Path meeting;
    private final Set<CommandStream> running = new HashSet<>();
    private volatile boolean closed;

    /// @param meeting where a socket may be made for a moment, in a folder that nobody else may enter
    public CommandStreams(EventLoop loop, Path meeting) {
        this.loop = loop;
        this.meeting = meeting;
    }

    /// Starts a command. A program that cannot be started is "refused".
    ///
    /// @param folder in which it runs
    public OutsideStream open(List<String> command, Path folder, StreamEvents events) {
        CommandStream stream = new CommandStream(this, loop, events);
        if (closed || running.size() >= MOST) {
            loop.execute(() -> stream.failed(OutsideError.EXHAUSTED));
            return stream;
        }
        running.add(stream);
        Thread.ofPlatform()
                .daemon()
                .name("vmlan-command")
                .start(() -> stream.start(new ProcessBuilder(command), folder));
        return stream;
    }

    int running() {
        return running.size();
    }

    /// Nothing may be started any more. Any thread.
    boolean isClosed() {
        return closed;
    }

    /// Both ends of a connection that nobody else has.
    synchronized SocketChannel[] pair() throws IOException {
        Files.deleteIfExists(meeting);
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(meeting);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address, 1);
            SocketChannel one = SocketChannel.open(address);
            try {
                return new SocketChannel[] {one, server.accept()};
            } catch (IOException e) {
                one.close();
                throw e;
            }
        } finally {
            Files.deleteIfExists(meeting);
        }
    }

    /// The guest's connection is over: what does not end by itself is ended.
    void ending(CommandStream stream) {
        loop.after(closed ? 0 : END_NANOS, stream::terminate);
    }

    /// The command has ended, and whatever it started. On the loop's thread.
    void ended(CommandStream stream) {
        running.remove(stream);
    }

    @Override
    public void close() {
        closed = true;
        groups().forEach(ProcessGroup::terminate);
        // this process may end next, and nobody would be left to end them; those that are just being started end
        // themselves
        long asked = System.nanoTime();
        while (running.stream().anyMatch(CommandStream::isAlive)
                && System.nanoTime() - asked < ProcessGroup.GRACE_NANOS) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        groups().forEach(ProcessGroup::kill);
    }

    private List<ProcessGroup> groups() {
        return running.stream()
                .map(CommandStream::group)
                .filter(Objects::nonNull)
                .toList();
    }
}
