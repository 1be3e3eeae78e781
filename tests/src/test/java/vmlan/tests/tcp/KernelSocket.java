package vmlan.tests.tcp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.SplittableRandom;
import vmlan.host.EventLoop;
import vmlan.network.tcp.transfer.Application;

/// The guest's end of a transfer: an [Application] behind a socket of the kernel's.
final class KernelSocket implements EventLoop.Handler, AutoCloseable {
    private static final int BUFFER_BYTES = 128 * 1024;

    private final EventLoop loop;
    private final Application application;
    private final int mtu;
    private final SplittableRandom random;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private ServerSocketChannel listener;
    private SocketChannel channel;
    private SelectionKey key;
    private EventLoop.Timer pause;
    private boolean connected;
    private int tcpPort;

    KernelSocket(EventLoop loop, Application application, int mtu, long seed) {
        this.loop = loop;
        this.application = application;
        this.mtu = mtu;
        this.random = new SplittableRandom(seed);
    }

    /// Begins to connect.
    void connect(InetSocketAddress to) throws IOException {
        channel = SocketChannel.open();
        options(channel);
        key = loop.register(channel, SelectionKey.OP_CONNECT, this);
        channel.bind(null);
        channel.connect(to);
        tcpPort = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    /// @return the port
    int listen(InetSocketAddress at) throws IOException {
        listener = ServerSocketChannel.open();
        if (random.nextInt(3) == 0) {
            listener.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer());
        }
        listener.bind(at, 1);
        loop.register(listener, SelectionKey.OP_ACCEPT, this);
        tcpPort = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        return tcpPort;
    }

    /// At least four packets. With less, two transfers of some thousands ended in a window of 12 and 20 bytes that the
    /// kernel never opened again, so that they would have taken hours. That comes from how it chooses its window
    /// (net/ipv4/tcp_output.c, __tcp_select_window) as far as the segments show; a Linux sender was not tried.
    private int receiveBuffer() {
        return Math.max(2048 << random.nextInt(8), 4 * mtu);
    }

    private void options(SocketChannel socket) throws IOException {
        if (listener == null && random.nextInt(3) == 0) {
            socket.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer());
        }
        if (random.nextInt(3) == 0) {
            socket.setOption(StandardSocketOptions.SO_SNDBUF, 4096 << random.nextInt(8));
        }
        socket.setOption(StandardSocketOptions.TCP_NODELAY, random.nextBoolean());
    }

    @Override
    public void ready(SelectionKey ready) throws IOException {
        if (ready.isAcceptable()) {
            SocketChannel accepted = listener.accept();
            if (accepted == null) {
                return;
            }
            if (channel != null) {
                application.fail("two connections");
                accepted.close();
                return;
            }
            channel = accepted;
            options(channel);
            key = loop.register(channel, 0, this);
            connected = true;
        } else if (ready.isConnectable()) {
            connected = channel.finishConnect();
        }
        move();
    }

    /// Sends and receives what is possible now, and sees to it that this is called again.
    void move() throws IOException {
        if (!connected || !channel.isOpen()) {
            return;
        }
        long now = loop.now();
        if (pause != null) {
            pause.cancel();
            pause = null;
        }
        receive(now);
        send(now);
        if (application.wantsToEnd()) {
            channel.shutdownOutput();
            application.outputEnded();
        }
        if (application.isDone()) {
            close();
            return;
        }
        boolean reads = !application.hasInputEnded() && application.wantsToReceive(now) > 0;
        boolean writes = application.wantsToSend(now) > 0;
        key.interestOps((reads ? SelectionKey.OP_READ : 0) | (writes ? SelectionKey.OP_WRITE : 0));
        long nanos = application.nanosToWake(now);
        if (nanos != Long.MAX_VALUE) {
            pause = loop.after(nanos, this::wake);
        }
    }

    private void wake() {
        try {
            move();
        } catch (IOException e) {
            failed(e);
        }
    }

    private void receive(long now) throws IOException {
        // some at a time, as others have their turn too
        int wanted = application.hasInputEnded() ? 0 : Math.min(application.wantsToReceive(now), BUFFER_BYTES);
        if (wanted == 0) {
            return;
        }
        int count = channel.read(buffer.clear().limit(wanted));
        if (count < 0) {
            application.inputEnded();
        } else if (count > 0) {
            application.received(buffer.flip(), now);
        }
    }

    private void send(long now) throws IOException {
        int wanted = Math.min(application.wantsToSend(now), BUFFER_BYTES);
        if (wanted == 0) {
            return;
        }
        application.next(buffer.clear().limit(wanted));
        int count = channel.write(buffer.flip());
        if (count > 0) {
            application.sent(count, now);
        }
    }

    @Override
    public void failed(Exception cause) {
        application.fail(cause.toString());
        try {
            close();
        } catch (IOException e) {
            application.fail(e.toString());
        }
    }

    /// The guest's; 0 when it never had one.
    int tcpPort() {
        return tcpPort;
    }

    @Override
    public void close() throws IOException {
        if (pause != null) {
            pause.cancel();
        }
        if (listener != null) {
            listener.close();
        }
        if (channel != null) {
            channel.close();
        }
    }
}
