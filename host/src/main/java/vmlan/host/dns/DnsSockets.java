package vmlan.host.dns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import vmlan.host.EventLoop;
import vmlan.network.dns.DnsServer;
import vmlan.network.dns.DnsUpstream;

/// Sockets that ask servers: for each question one of its own, whose port the kernel chooses at random and which takes
/// nothing but what comes from the server's address and port.
public final class DnsSockets implements DnsUpstream {
    /// The longest that UDP carries.
    private static final int LONGEST = 0x1_0000;

    private final EventLoop loop;
    private final int most;
    /// One for all: whoever reads copies at once.
    final ByteBuffer buffer = ByteBuffer.allocateDirect(LONGEST);

    private int open;

    /// @param most sockets at the same time
    public DnsSockets(EventLoop loop, int most) {
        this.loop = loop;
        this.most = most;
    }

    @Override
    public Exchange ask(DnsServer server, byte[] message, boolean tcp, Replies replies) {
        if (open >= most) {
            return null;
        }
        try {
            InetSocketAddress address = address(server);
            DnsSocket socket = tcp
                    ? new DnsConnection(this, loop, address, message, replies)
                    : new DnsDatagram(this, loop, address, message, replies);
            open++;
            return socket;
        } catch (IOException | RuntimeException e) {
            // No route, no such interface, no descriptor: NIO has an exception of its own for each.
            return null;
        }
    }

    private static InetSocketAddress address(DnsServer server) throws IOException {
        byte[] bytes = server.address().isIpv4()
                ? ByteBuffer.allocate(4).putInt(server.address().ipv4().bits()).array()
                : ByteBuffer.allocate(16)
                        .putLong(server.address().high())
                        .putLong(server.address().low())
                        .array();
        if (server.zone().isEmpty()) {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), server.port());
        }
        if (bytes.length == Inet4Address.getLoopbackAddress().getAddress().length) {
            throw new IOException("an IPv4 address has no zone: " + server);
        }
        if (server.zone().matches("[0-9]{1,9}")) {
            Inet6Address scoped = Inet6Address.getByAddress(null, bytes, Integer.parseInt(server.zone()));
            return new InetSocketAddress(scoped, server.port());
        }
        NetworkInterface nic = NetworkInterface.getByName(server.zone());
        if (nic == null) {
            throw new IOException("there is no interface for " + server);
        }
        return new InetSocketAddress(Inet6Address.getByAddress(null, bytes, nic), server.port());
    }

    void closed() {
        open--;
    }

    /// How many are open.
    public int open() {
        return open;
    }
}
