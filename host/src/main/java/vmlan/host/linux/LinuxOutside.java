package vmlan.host.linux;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import vmlan.host.BoundDatagrams;
import vmlan.host.EventLoop;
import vmlan.host.HostOutside;
import vmlan.host.HostSockets;
import vmlan.network.outside.DatagramEvents;
import vmlan.network.outside.EchoEvents;
import vmlan.network.outside.OutsideDatagrams;
import vmlan.network.outside.OutsideEcho;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEnds;
import vmlan.network.outside.StreamEvents;
import vmlan.network.outside.UnansweredEvents;

/// The outside on Linux: streams by the JDK's sockets, datagrams and echoes by native ones, which hear of what did not
/// arrive. Where native calls do not work, all is as [HostOutside] has it.
///
/// All but the constructor belongs to the loop's thread.
public final class LinuxOutside implements HostSockets {
    private final EventLoop loop;
    private final HostOutside portable;
    private CompletableFuture<Void> loading;
    private NativeSockets sockets;
    private boolean unusable;

    public LinuxOutside(EventLoop loop) {
        this.loop = loop;
        this.portable = new HostOutside(loop);
    }

    /// Makes native calls ready on another thread ([NativeSockets#load] says what that costs). Best called when a guest
    /// attaches: it takes a second until it sends anything, and the first datagram then waits for nothing.
    @Override
    public void prepare() {
        if (loading == null) {
            loading = CompletableFuture.runAsync(
                    NativeSockets::load,
                    task -> Thread.ofPlatform().daemon().name("vmlan-native").start(task));
        }
    }

    /// @return null when there are none now
    private NativeSockets sockets() {
        if (sockets != null || unusable) {
            return sockets;
        }
        prepare();
        try {
            loading.join();
        } catch (CompletionException e) {
            // A C library without these functions, or native access that is not allowed.
            unusable = true;
            return null;
        }
        try {
            sockets = new NativeSockets(loop);
        } catch (LinuxException e) {
            // No descriptors; there may be some later.
            return null;
        }
        return sockets;
    }

    @Override
    public OutsideStream connect(long high, long low, int tcpPort, StreamEvents events) {
        return portable.connect(high, low, tcpPort, events);
    }

    @Override
    public OutsideDatagrams datagrams(boolean ipv4, DatagramEvents events) {
        NativeSockets all = sockets();
        return all == null ? portable.datagrams(ipv4, events) : LinuxDatagrams.open(all, ipv4, events);
    }

    @Override
    public BoundDatagrams bind(long high, long low, int udpPort, DatagramEvents events) throws IOException {
        NativeSockets all = sockets();
        return all == null
                ? portable.bind(high, low, udpPort, events)
                : LinuxDatagrams.bind(all, high, low, udpPort, events);
    }

    @Override
    public OutsideEcho echoes(boolean ipv4, EchoEvents events) {
        NativeSockets all = sockets();
        return all == null ? null : LinuxEcho.open(all, ipv4, events);
    }

    /// On a thread of its own, which has the loop's namespaces.
    @Override
    public void findUnanswered(UnansweredEvents events) {
        Thread.ofPlatform().daemon().name("vmlan-unanswered").start(() -> {
            try {
                Set<StreamEnds> found = TcpTable.unanswered();
                loop.execute(() -> events.found(found, loop.now()));
            } catch (IOException e) {
                // A host without /proc: the kernel gives them up in the end.
            }
        });
    }

    @Override
    public long datagramsDropped() {
        return portable.datagramsDropped() + (sockets == null ? 0 : sockets.datagramsDropped());
    }

    @Override
    public long errorsForgotten() {
        return portable.errorsForgotten() + (sockets == null ? 0 : sockets.errorsForgotten());
    }

    /// Closes all datagram sockets and echoes.
    @Override
    public void close() {
        if (sockets != null) {
            sockets.close();
            sockets = null;
            unusable = true;
        }
        portable.close();
    }
}
