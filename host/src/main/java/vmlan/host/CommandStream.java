package vmlan.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;

/// One command of [CommandStreams]. On the loop's thread, but for what says otherwise.
final class CommandStream implements OutsideStream {
    private static final int CHUNK = 16 << 10;

    private final CommandStreams owner;
    private final EventLoop loop;
    private final StreamEvents events;
    /// Null until the command runs.
    private SocketStream stream;

    /// Null until the command runs. Set on its own thread.
    private volatile ProcessGroup group;

    /// Nothing of it runs, and nothing will.
    private volatile boolean ended;

    private boolean readable;
    private boolean writable;
    private boolean outputEnded;
    private boolean over;

    CommandStream(CommandStreams owner, EventLoop loop, StreamEvents events) {
        this.owner = owner;
        this.loop = loop;
        this.events = events;
    }

    /// Starts the command and carries its output, until it ends. On a thread of its own.
    void start(ProcessBuilder builder, Path folder) {
        // what our own processes tell each other is nobody else's
        builder.environment().keySet().removeIf(name -> name.startsWith("VMLAN_"));
        builder.directory(folder.toFile()).redirectErrorStream(true);
        try {
            ProcessGroup started = ProcessGroup.start(builder);
            group = started;
            try {
                // looked at after the group is there: one of the two sees the other
                if (owner.isClosed()) {
                    throw new IOException("the network ends");
                }
                carry(started);
            } finally {
                started.end();
            }
        } catch (IOException e) {
            loop.execute(() -> failed(OutsideError.REFUSED));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
            loop.execute(() -> owner.ended(this));
        }
    }

    private void carry(ProcessGroup started) throws IOException, InterruptedException {
        SocketChannel[] ends = owner.pair();
        Process command = started.leader();
        loop.execute(() -> run(ends[0]));
        Thread input = carrying(() -> carryInput(ends[1], command.getOutputStream()));
        Thread output = carrying(() -> carryOutput(command.getInputStream(), ends[1]));
        command.waitFor();
        // what it has left behind may hold its output, and would be one more than a guest may have
        started.end();
        output.join();
        // a command that is gone reads no more, whatever its guest sends
        ends[1].close();
        input.join();
    }

    private static Thread carrying(Runnable way) {
        return Thread.ofPlatform().daemon().name("vmlan-command-bytes").start(way);
    }

    /// Until either side has ended. On a thread of its own.
    private static void carryInput(SocketChannel from, OutputStream to) {
        try (to) {
            ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
            while (from.read(buffer.clear()) >= 0) {
                to.write(buffer.array(), 0, buffer.position());
                to.flush();
            }
        } catch (IOException e) {
            // the command reads no more, or the guest has cut the connection off
        }
    }

    /// Until either side has ended. On a thread of its own.
    private static void carryOutput(InputStream from, SocketChannel to) {
        try (from) {
            byte[] buffer = new byte[CHUNK];
            for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
                while (bytes.hasRemaining()) {
                    to.write(bytes);
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // nobody listens any more: the command sees that when it writes, as by a pipe
        }
    }

    private void run(SocketChannel channel) {
        if (over) {
            terminate();
            closeUnused(channel);
            return;
        }
        try {
            stream = new SocketStream(loop, channel, events);
            stream.watch(readable, writable);
            events.connected(loop.now());
            if (outputEnded) {
                stream.shutdownOutput();
            }
        } catch (IOException e) {
            failed(OutsideError.EXHAUSTED);
        }
    }

    private static void closeUnused(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone either way.
        }
    }

    void failed(OutsideError why) {
        if (!over && stream == null) {
            over = true;
            events.failed(why, loop.now());
        }
    }

    /// Asks the command to end, and does not ask twice.
    void terminate() {
        ProcessGroup asked = group;
        if (asked != null) {
            asked.terminate();
            loop.after(ProcessGroup.GRACE_NANOS, asked::kill);
        }
    }

    /// Null when it does not run yet.
    ProcessGroup group() {
        return group;
    }

    /// Whether anything of it runs, or is about to.
    boolean isAlive() {
        ProcessGroup started = group;
        return started == null ? !ended : started.isAlive();
    }

    @Override
    public int read(ByteBuffer buffer) {
        return stream == null ? 0 : stream.read(buffer);
    }

    @Override
    public int write(ByteBuffer buffer) {
        return stream == null ? 0 : stream.write(buffer);
    }

    @Override
    public void watch(boolean isReadable, boolean isWritable) {
        readable = isReadable;
        writable = isWritable;
        if (stream != null) {
            stream.watch(isReadable, isWritable);
        }
    }

    @Override
    public void shutdownOutput() {
        outputEnded = true;
        if (stream != null) {
            stream.shutdownOutput();
        }
    }

    @Override
    public void close() {
        end();
        if (stream != null) {
            stream.close();
        }
    }

    @Override
    public void reset() {
        end();
        if (stream != null) {
            stream.reset();
        }
    }

    private void end() {
        if (!over) {
            over = true;
            owner.ending(this);
        }
    }
}
