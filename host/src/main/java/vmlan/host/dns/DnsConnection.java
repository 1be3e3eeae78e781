package vmlan.host.dns;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import vmlan.host.EventLoop;
import vmlan.network.dns.DnsUpstream;

/// One question by TCP, on a connection of its own (RFC 1035 §4.2.2).
final class DnsConnection extends DnsSocket {
    private final SocketChannel channel;
    private final ByteBuffer question;
    private final ByteBuffer length = ByteBuffer.allocate(2);
    /// As long as the length says, once it is known.
    private ByteBuffer message;

    DnsConnection(
            DnsSockets sockets, EventLoop loop, InetSocketAddress server, byte[] message, DnsUpstream.Replies replies)
            throws IOException {
        this(sockets, loop, SocketChannel.open(), message, replies);
        try {
            channel.configureBlocking(false);
            // Also when it is there at once: what there is to tell is told from the loop.
            channel.connect(server);
            loop.register(channel, channel.isConnected() ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, this);
        } catch (IOException | RuntimeException e) {
            close(channel);
            throw e;
        }
    }

    private DnsConnection(
            DnsSockets sockets, EventLoop loop, SocketChannel channel, byte[] message, DnsUpstream.Replies replies) {
        super(sockets, loop, channel, replies);
        this.channel = channel;
        // In one write, so that servers find both in one segment (RFC 7766 §8).
        this.question = ByteBuffer.allocate(2 + message.length)
                .putShort((short) message.length)
                .put(message)
                .flip();
    }

    @Override
    public void ready(SelectionKey key) throws IOException {
        if (key.isConnectable()) {
            channel.finishConnect();
            key.interestOps(SelectionKey.OP_WRITE);
        } else if (key.isWritable()) {
            channel.write(question);
            if (!question.hasRemaining()) {
                key.interestOps(SelectionKey.OP_READ);
            }
        } else if (key.isReadable()) {
            read();
        }
    }

    private void read() throws IOException {
        if (length.hasRemaining() && channel.read(length) < 0) {
            throw new EOFException("the server hung up");
        }
        if (length.hasRemaining()) {
            return;
        }
        if (message == null) {
            message = ByteBuffer.allocate(Short.toUnsignedInt(length.getShort(0)));
        }
        if (channel.read(message) < 0) {
            throw new EOFException("the server hung up");
        }
        if (!message.hasRemaining()) {
            byte[] whole = message.array();
            message = null;
            length.clear();
            came(whole);
        }
    }
}
