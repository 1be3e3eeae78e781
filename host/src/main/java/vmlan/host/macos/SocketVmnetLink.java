package vmlan.host.macos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import vmlan.host.EventLoop;
import vmlan.host.ReadBuffer;
import vmlan.host.StreamDialer;
import vmlan.host.StreamPort;
import vmlan.network.FrameSink;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;

/// A port of the switch behind which socket_vmnet is, and so a LAN or Apple's NAT. It connects, and does so
/// again when the daemon was restarted.
///
/// The daemon sends every frame to all its clients. The switch is one client, so guests get what is theirs
/// only.
///
/// All methods belong to the loop's thread. Trust: the bytes come from other clients of the daemon, and from
/// the LAN.
public final class SocketVmnetLink implements FrameSink, AutoCloseable {
    private final StreamPort stream;
    private final StreamDialer dialer;
    private final StreamPort.Listener listener;
    private boolean closed;

    /// @param path of [SocketVmnet#find]
    /// @param shared the loop's buffer, which all ports read into
    /// @param listener told when the connection comes and goes
    public SocketVmnetLink(
            EventLoop loop,
            Switch network,
            SwitchPort port,
            Path path,
            ReadBuffer shared,
            StreamPort.Listener listener) {
        this.listener = listener;
        dialer = new StreamDialer(loop, path, this::attach);
        stream = new StreamPort(loop, network, port, 0, shared, new Redialer(), SocketVmnet.PEER);
    }

    private final class Redialer implements StreamPort.Listener {
        @Override
        public void attached() {
            listener.attached();
        }

        @Override
        public void detached(String why) {
            listener.detached(why);
            if (!closed) {
                dialer.dialLater();
            }
        }
    }

    /// Connects now, or as soon as the daemon listens.
    public void start() {
        dialer.dial();
    }

    public boolean isAttached() {
        return stream.isAttached();
    }

    private void attach(SocketChannel connection) {
        try {
            // The daemon never sends half a frame's rest: a new connection begins with a length.
            stream.attach(connection, false);
        } catch (IOException e) {
            dialer.dialLater();
        }
    }

    @Override
    public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        stream.accept(from, buffer, offset, length, now);
    }

    @Override
    public void flush() {
        stream.flush();
    }

    @Override
    public void close() {
        closed = true;
        dialer.close();
        stream.detach("the network ends");
    }
}
