package vmlan.program.serve;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import vmlan.host.EventLoop;
import vmlan.host.ReadBuffer;
import vmlan.host.StreamDialer;
import vmlan.host.StreamListener;
import vmlan.host.StreamPort;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.qemu.ProcessMark;

/// A VM's NIC on this network: its record, its port of the switch, and its socket, which QEMU connects to or
/// listens on.
///
/// It lives as long as QEMU does. Each connection after the first is a *re-attach*, and so is the first one
/// of a port that was restored from disk: QEMU may hold half a frame and a stopped queue, which
/// [Reattachment] cures.
final class GuestPort implements StreamPort.Listener, AutoCloseable {
    /// What a port needs from its network.
    interface Owner {
        EventLoop loop();

        Switch network();

        ReadBuffer readBuffer();

        NetworkLog log();

        Reattachment reattachment();

        void portEnded(GuestPort port, String why);

        /// A connection to QEMU was made.
        ///
        /// @param again whether there was one before
        void attached(GuestPort port, boolean again);

        /// Something that watchers wait for may have come.
        void changed();
    }

    /// A launcher that died between registering the port and starting QEMU leaves it without a process.
    private static final long START_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Owner owner;
    private PortRecord record;
    private final StreamPort stream;
    private final StreamListener listener;
    private final StreamDialer dialer;
    private final EventLoop.Timer startLimit;
    private CompletableFuture<Void> exit = new CompletableFuture<>();
    private boolean connectedBefore;
    private boolean closed;

    /// @param restored whether QEMU was there before this process
    GuestPort(Owner owner, PortRecord record, boolean restored) throws IOException {
        this.owner = owner;
        this.record = record;
        this.connectedBefore = restored;
        StreamPort[] far = new StreamPort[1];
        SwitchPort port = owner.network().connect(record.id(), record.isolated(), ours -> {
            far[0] = new StreamPort(
                    owner.loop(), owner.network(), ours, record.mac().bits(), owner.readBuffer(), this);
            return far[0];
        });
        this.stream = far[0];
        try {
            if (record.qemuListens()) {
                listener = null;
                dialer = new StreamDialer(owner.loop(), record.socket(), this::take);
                dialer.dial();
            } else {
                dialer = null;
                listener = new StreamListener(owner.loop(), record.socket(), this::take);
            }
        } catch (IOException | RuntimeException e) {
            owner.network().disconnect(port);
            throw e;
        }
        this.startLimit = owner.loop().after(START_LIMIT_NANOS, () -> {
            if (this.record.pid() == 0) {
                owner.portEnded(this, "QEMU was never started");
            }
        });
        if (record.pid() != 0) {
            watchProcess();
        }
    }

    PortRecord record() {
        return record;
    }

    SwitchPort port() {
        return stream.port();
    }

    boolean isAttached() {
        return stream.isAttached();
    }

    /// QEMU runs: from now on the port lives as long as that process.
    void process(long pid, long startMillis) {
        record = record.withProcess(pid, startMillis);
        watchProcess();
    }

    private void watchProcess() {
        long pid = record.pid();
        Optional<ProcessHandle> process =
                ProcessMark.isAlive(pid, record.pidMark()) ? ProcessHandle.of(pid) : Optional.empty();
        if (process.isEmpty()) {
            owner.loop().execute(() -> owner.portEnded(this, "QEMU is gone"));
            return;
        }
        Runnable ended = () -> {
            if (record.pid() == pid) {
                owner.portEnded(this, "QEMU ended");
            }
        };
        exit = process.get().onExit().thenRun(() -> owner.loop().execute(ended));
    }

    private void take(SocketChannel connection) {
        try {
            boolean again = connectedBefore;
            connectedBefore = true;
            stream.attach(connection, again);
            if (again) {
                owner.reattachment().cure(record);
            }
            owner.attached(this, again);
        } catch (IOException e) {
            owner.log().accept(record.id() + ": cannot take the connection: " + e.getMessage());
            try {
                connection.close();
            } catch (IOException closing) {
                owner.log().accept(record.id() + ": nor close it: " + closing.getMessage());
            }
            if (dialer != null) {
                dialer.dialLater();
            }
        }
    }

    @Override
    public void attached() {
        owner.log().accept(record.id() + ": attached");
        owner.changed();
    }

    @Override
    public void detached(String why) {
        if (closed) {
            return;
        }
        owner.log().accept(record.id() + ": detached: " + why);
        if (dialer != null) {
            dialer.dial();
        }
    }

    @Override
    public void close() {
        closed = true;
        startLimit.cancel();
        exit.cancel(false);
        if (listener != null) {
            listener.close();
        }
        if (dialer != null) {
            dialer.close();
        }
        stream.detach("the port is closed");
        owner.network().disconnect(stream.port());
    }
}
