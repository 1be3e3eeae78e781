package vmlan.host.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import vmlan.host.EventLoop;
import vmlan.network.dns.DnsUpstream;

/// One question by UDP. Connected, so that the kernel takes nothing from elsewhere, and tells what ICMP says.
final class DnsDatagram extends DnsSocket {
    /// Datagrams that are read at once; who floods a port waits for its next turn.
    private static final int READS = 8;

    private final DnsSockets sockets;
    private final DatagramChannel channel;

    DnsDatagram(
            DnsSockets sockets, EventLoop loop, InetSocketAddress server, byte[] message, DnsUpstream.Replies replies)
            throws IOException {
        this(
                sockets,
                loop,
                DatagramChannel.open(
                        server.getAddress().getAddress().length == 4
                                ? StandardProtocolFamily.INET
                                : StandardProtocolFamily.INET6),
                replies);
        try {
            channel.configureBlocking(false);
            channel.connect(server);
            if (channel.write(ByteBuffer.wrap(message)) != message.length) {
                throw new IOException("no room for a datagram");
            }
            loop.register(channel, SelectionKey.OP_READ, this);
        } catch (IOException | RuntimeException e) {
            close(channel);
            throw e;
        }
    }

    private DnsDatagram(DnsSockets sockets, EventLoop loop, DatagramChannel channel, DnsUpstream.Replies replies) {
        super(sockets, loop, channel, replies);
        this.sockets = sockets;
        this.channel = channel;
    }

    @Override
    public void ready(SelectionKey key) throws IOException {
        ByteBuffer buffer = sockets.buffer;
        for (int i = 0; i < READS && !hasEnded(); i++) {
            buffer.clear();
            // PortUnreachableException comes from here, and ends it
            if (channel.read(buffer) == 0) {
                return;
            }
            byte[] message = new byte[buffer.position()];
            buffer.get(0, message);
            came(message);
        }
    }
}
