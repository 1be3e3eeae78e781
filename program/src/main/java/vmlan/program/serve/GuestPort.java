package vmlan.program.serve;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import vmlan.host.EventLoop;
import vmlan.host.ReadBuffer;
import vmlan.host.StreamDialer;
import vmlan.host.StreamListener;
import vmlan.host.StreamPort;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.packet.IpAddress;
import vmlan.packet.MacAddress;
import vmlan.program.publish.Guest;
import vmlan.program.publish.PublishRule;
import vmlan.qemu.ProcessMark;

/// A VM's NIC on this network: its record, its port of the switch, and its socket, which QEMU connects to or
/// listens on.
///
/// It lives as long as QEMU does. Each connection after the first is a *re-attach*, and so is the first one
/// of a port that was restored from disk: QEMU may hold half a frame and a stopped queue, which
/// [Reattachment] cures.
final class GuestPort implements StreamPort.Listener, Guest, AutoCloseable {
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

        GuestAddresses addresses(MacAddress mac, long sinceNanos);

        /// Whether guests of which nothing else was said are isolated.
        boolean isIsolating();

        /// A port of the switch is about to go; what others hold of it goes first.
        void leaving(SwitchPort port);

        /// Something that watchers wait for may have come.
        void changed();
    }

    /// A launcher that died between registering the port and starting QEMU leaves it without a process.
    private static final long START_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    /// A QEMU that ends closes its sockets a moment before it is gone, and is nobody's child: the system does not
    /// say when it goes, and Java looks each 0.3 to 5 s (ProcessHandle#onExit). So this looks, each time after the
    /// time before.
    private static final long[] LOOK_AFTER_NANOS = {
        TimeUnit.MILLISECONDS.toNanos(20), TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.MILLISECONDS.toNanos(500)
    };

    /// A guest has a lasting and a temporary one in our prefix (RFC 8981), at each of which the same answers.
    private static final int DIALLED_IPV6 = 1;

    private final Owner owner;
    private PortRecord record;
    private final StreamPort stream;
    private final StreamListener listener;
    private final StreamDialer dialer;
    private final EventLoop.Timer startLimit;
    private EventLoop.Timer look;
    private CompletableFuture<Void> exit = new CompletableFuture<>();
    private boolean connectedBefore;
    private boolean closed;

    /// @param restored whether QEMU was there before this process
    GuestPort(Owner owner, PortRecord record, boolean restored) throws IOException {
        this.owner = owner;
        this.record = record;
        this.connectedBefore = restored;
        StreamPort[] far = new StreamPort[1];
        SwitchPort port = owner.network()
                .connect(record.id(), record.isolation().on(owner.isIsolating()), ours -> {
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

    @Override
    public SwitchPort port() {
        return stream.port();
    }

    @Override
    public String vm() {
        return record.vm();
    }

    @Override
    public long macBits() {
        return record.mac().bits();
    }

    /// Those of an earlier life of the VM do not count: it may be booting.
    @Override
    public List<IpAddress> addresses() {
        GuestAddresses known = known();
        Stream<IpAddress> ipv6 = known.ipv6().stream()
                .filter(address -> !address.isLinkLocal())
                .limit(DIALLED_IPV6)
                .map(IpAddress::of);
        return known.ipv4() == null
                ? ipv6.toList()
                : Stream.concat(Stream.of(IpAddress.of(known.ipv4())), ipv6).toList();
    }

    /// What it has shown or taken since its VM was started.
    GuestAddresses known() {
        return owner.addresses(record.mac(), record.sinceNanos());
    }

    /// The network isolates its guests now, or does no longer.
    void isolate() {
        port().isolate(record.isolation().on(owner.isIsolating()));
    }

    /// Other rules lead to it now.
    void published(List<PublishRule> rules) {
        record = record.withPublished(rules);
    }

    boolean isAttached() {
        return stream.isAttached();
    }

    /// Whether QEMU ran and is gone.
    boolean isOver() {
        return record.pid() != 0 && !ProcessMark.isAlive(record.pid(), record.pidMark());
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

    private void lookLater(int looks) {
        if (look != null) {
            look.cancel();
        }
        if (looks == LOOK_AFTER_NANOS.length) {
            return;
        }
        look = owner.loop().after(LOOK_AFTER_NANOS[looks], () -> {
            if (isOver()) {
                owner.portEnded(this, "QEMU ended");
            } else if (!closed && !isAttached()) {
                lookLater(looks + 1);
            }
        });
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
        lookLater(0);
    }

    /// A QEMU that listened leaves its socket behind.
    private void removeQemusSocket() {
        try {
            if (isOver()) {
                Files.deleteIfExists(record.socket());
            }
        } catch (IOException e) {
            // then `vmlan rm` finds it
        }
    }

    @Override
    public void close() {
        closed = true;
        startLimit.cancel();
        if (look != null) {
            look.cancel();
        }
        exit.cancel(false);
        if (listener != null) {
            listener.close();
        }
        if (dialer != null) {
            dialer.close();
            removeQemusSocket();
        }
        stream.detach("the port is closed");
        owner.network().disconnect(stream.port());
    }
}
