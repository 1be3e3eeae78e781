package vmlan.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import vmlan.network.change.HostState;
import vmlan.network.change.HostWay;
import vmlan.packet.IpAddress;

/// Looks at the host every few seconds by the JDK's means, on every system: where there is nothing that tells of
/// changes without native code. Which gateway a way out has is not to be seen, so of two routers on one LAN
/// nothing is noticed.
///
/// The looking is done on a virtual thread, one at a time: it may block for a moment.
public final class PollingMonitor implements HostMonitor {
    /// A look costs some milliseconds of processor time on a Mac with a dozen interfaces (estimated; not run on a
    /// Mac).
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    /// Root servers of the DNS, which are outside for everybody. Nothing is sent to them.
    private static final String OUTSIDE_IPV4 = "198.41.0.4";

    private static final String OUTSIDE_IPV6 = "2001:503:ba3e::2:30";
    private static final int DNS = 53;

    /// How the host is now.
    interface Look {
        HostState now() throws IOException;
    }

    private final EventLoop loop;
    private final Listener listener;
    private final Look look;
    private final long everyNanos;
    private EventLoop.Timer timer;
    private boolean failing;
    private boolean closed;

    public PollingMonitor(EventLoop loop, Listener listener) {
        this(loop, listener, PollingMonitor::read, EVERY_NANOS);
    }

    PollingMonitor(EventLoop loop, Listener listener, Look look, long everyNanos) {
        this.loop = loop;
        this.listener = listener;
        this.look = look;
        this.everyNanos = everyNanos;
    }

    /// Any thread.
    public void start() {
        loop.execute(this::look);
    }

    private void look() {
        if (closed) {
            return;
        }
        Thread.ofVirtual().name("host").start(() -> {
            try {
                HostState state = look.now();
                loop.execute(() -> tell(() -> listener.looked(state), false));
            } catch (IOException | RuntimeException e) {
                loop.execute(() -> tell(failing ? () -> {} : () -> listener.failed(e), true));
            }
        });
    }

    /// What does not work now may work at the next look: descriptors are used up, or an interface goes as it is looked
    /// at. Said once.
    private void tell(Runnable news, boolean failed) {
        if (!closed) {
            failing = failed;
            timer = loop.after(everyNanos, this::look);
            news.run();
        }
    }

    static HostState read() throws IOException {
        Set<IpAddress> addresses = new HashSet<>();
        for (NetworkInterface nic : NetworkInterface.networkInterfaces().toList()) {
            nic.inetAddresses().map(SocketAddresses::of).forEach(addresses::add);
        }
        return new HostState(addresses, way(OUTSIDE_IPV4), way(OUTSIDE_IPV6), HostRoutes.ofInterfaces());
    }

    /// Which address the system would send from: a connect of UDP looks up the route and sends nothing.
    private static HostWay way(String outside) throws SocketException {
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(outside), DNS));
            InetAddress local = socket.getLocalAddress();
            NetworkInterface nic = local == null || local.isAnyLocalAddress() || local.isLoopbackAddress()
                    ? null
                    : NetworkInterface.getByInetAddress(local);
            return nic == null ? null : new HostWay(nic.getName(), null);
        } catch (SocketException | UncheckedIOException e) {
            return null; // no route
        }
    }

    @Override
    public void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
