package vmlan.program.publish;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import vmlan.host.EventLoop;
import vmlan.host.SocketStream;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;
import vmlan.network.tcp.TcpAttachment;

/// A client's socket and a guest's connection become one.
public final class Joining {
    private Joining() {}

    /// Attaches the channel, which may be closed already.
    ///
    /// @param greeting written first
    public static void join(
            EventLoop loop, SocketChannel channel, ByteBuffer greeting, TcpAttachment attachment, long now) {
        try {
            channel.configureBlocking(false);
            channel.write(greeting);
            if (greeting.hasRemaining()) {
                throw new IOException("the client's socket is full before a byte was read");
            }
            SocketStream stream = new SocketStream(loop, channel);
            stream.tell(attachment.attach(stream));
        } catch (IOException e) {
            reset(channel);
            refuse(attachment, now);
        }
    }

    /// Nobody is there any more to be attached.
    static void refuse(TcpAttachment attachment, long now) {
        StreamEvents events = attachment.attach(Gone.STREAM);
        events.readable(now);
    }

    /// Closes it so that the client sees that it was cut off.
    static void reset(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException | UnsupportedOperationException e) {
            // Closing it will have to do.
        }
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone either way.
        }
    }

    /// A client that has gone while it waited.
    private enum Gone implements OutsideStream {
        STREAM;

        @Override
        public int read(ByteBuffer buffer) {
            return BROKEN;
        }

        @Override
        public int write(ByteBuffer buffer) {
            return BROKEN;
        }

        @Override
        public void watch(boolean readable, boolean writable) {
            // Nothing comes any more.
        }

        @Override
        public void shutdownOutput() {
            // Nothing went out.
        }

        @Override
        public void close() {
            // It is.
        }

        @Override
        public void reset() {
            // It is closed.
        }
    }
}
