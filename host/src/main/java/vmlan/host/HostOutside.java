package vmlan.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import vmlan.network.outside.DatagramEvents;
import vmlan.network.outside.EchoEvents;
import vmlan.network.outside.OutsideDatagrams;
import vmlan.network.outside.OutsideEcho;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;
import vmlan.packet.IpAddress;

/// The outside by the JDK's own sockets, on every operating system: no echoes, and no news of datagrams that were
/// lost on the way.
public final class HostOutside implements HostSockets {
    /// The longest IP payload (RFC 791 §3.1, RFC 8200 §3).
    private static final int MESSAGE_BYTES = 1 << 16;

    private final EventLoop loop;
    private final DatagramCounts counts = new DatagramCounts();
    /// What all sockets receive into; made when the first one is.
    private ByteBuffer shared;

    public HostOutside(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public void prepare() {}

    @Override
    public OutsideStream connect(long high, long low, int tcpPort, StreamEvents events) {
        return SocketStream.dial(loop, high, low, tcpPort, events);
    }

    @Override
    public OutsideDatagrams datagrams(boolean ipv4, DatagramEvents events) {
        try {
            return open(SocketAddresses.of(0, ipv4 ? IpAddress.mapped(0) : 0, 0), ipv4, events);
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    @Override
    public BoundDatagrams bind(long high, long low, int udpPort, DatagramEvents events) throws IOException {
        InetSocketAddress address = SocketAddresses.of(high, low, udpPort);
        try {
            return open(address, IpAddress.isIpv4(high, low), events);
        } catch (IOException e) {
            throw BindFailure.of(address, e);
        } catch (UnsupportedOperationException e) {
            throw new BindFailure(address, BindFailure.Reason.NO_SUCH_ADDRESS, "", new IOException(e));
        }
    }

    private ChannelDatagrams open(InetSocketAddress address, boolean ipv4, DatagramEvents events) throws IOException {
        DatagramChannel channel = DatagramChannel.open(SocketAddresses.family(ipv4));
        try {
            channel.bind(address);
            if (shared == null) {
                shared = ByteBuffer.allocateDirect(MESSAGE_BYTES);
            }
            return new ChannelDatagrams(loop, channel, ipv4, shared, counts, events);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public OutsideEcho echoes(boolean ipv4, EchoEvents events) {
        return null;
    }

    @Override
    public long datagramsDropped() {
        return counts.dropped;
    }

    @Override
    public long errorsForgotten() {
        return counts.errorsForgotten;
    }

    @Override
    public void close() {}
}
