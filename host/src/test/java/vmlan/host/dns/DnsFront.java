package vmlan.host.dns;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import vmlan.host.EventLoop;
import vmlan.network.SwitchPort;
import vmlan.network.dns.DnsService;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;

/// A service at a port of the loopback, as the gateway has it at its own, so that programs can ask it.
final class DnsFront implements AutoCloseable {
    private final EventLoop loop;
    private final DnsService service;
    private final SwitchPort from;
    private final DatagramChannel datagrams = DatagramChannel.open();
    private ServerSocketChannel connections;

    DnsFront(EventLoop loop, DnsService service, SwitchPort from) throws IOException {
        this.loop = loop;
        this.service = service;
        this.from = from;
        bind();
        loop.register(datagrams, SelectionKey.OP_READ, handler(this::datagram));
        loop.register(connections, SelectionKey.OP_ACCEPT, handler(this::connection));
    }

    /// To one number for both, which the kernel chooses for one; another process may have it for the other.
    private void bind() throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        while (true) {
            ServerSocketChannel chosen = ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0));
            try {
                datagrams.bind(chosen.getLocalAddress());
                connections = chosen;
                return;
            } catch (BindException e) {
                chosen.close();
            }
        }
    }

    int port() throws IOException {
        return ((InetSocketAddress) connections.getLocalAddress()).getPort();
    }

    private interface Ready {
        void ready(SelectionKey key) throws IOException;
    }

    private static EventLoop.Handler handler(Ready ready) {
        return new EventLoop.Handler() {
            @Override
            public void ready(SelectionKey key) throws IOException {
                ready.ready(key);
            }

            @Override
            public void failed(Exception cause) {
                throw new IllegalStateException(cause);
            }
        };
    }

    private void datagram(SelectionKey key) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(65536);
        SocketAddress asker = datagrams.receive(buffer);
        if (asker == null) {
            return;
        }
        byte[] message = new byte[buffer.position()];
        buffer.get(0, message);
        service.query(from, message, false, loop.now(), answer -> {
            try {
                datagrams.send(ByteBuffer.wrap(answer), asker);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void connection(SelectionKey key) throws IOException {
        SocketChannel client = connections.accept();
        if (client == null) {
            return;
        }
        Pump pump = new Pump(client);
        pump.stream = service.stream(from, pump);
        pump.stream.watch(true, false);
        loop.register(client, SelectionKey.OP_READ, pump);
    }

    /// Carries bytes between a socket and the stream; answers are short enough for a socket's buffer.
    private static final class Pump implements StreamEvents, EventLoop.Handler {
        private final SocketChannel client;
        private OutsideStream stream;

        Pump(SocketChannel client) {
            this.client = client;
        }

        @Override
        public void ready(SelectionKey key) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(1000);
            int count = client.read(buffer);
            if (count < 0) {
                key.interestOps(0);
                stream.shutdownOutput();
            } else {
                stream.write(buffer.flip());
            }
        }

        @Override
        public void failed(Exception cause) {
            stream.reset();
        }

        @Override
        public void connected(long now) {}

        @Override
        public void failed(OutsideError why, long now) {
            throw new IllegalStateException(why.name());
        }

        @Override
        public void readable(long now) {
            try {
                ByteBuffer buffer = ByteBuffer.allocate(100_000);
                if (stream.read(buffer) < 0) {
                    stream.close();
                    client.close();
                    return;
                }
                buffer.flip();
                while (buffer.hasRemaining()) {
                    client.write(buffer);
                }
            } catch (IOException e) {
                stream.reset();
            }
        }

        @Override
        public void writable(long now) {}
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        connections.close();
    }
}
