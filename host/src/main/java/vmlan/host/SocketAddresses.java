package vmlan.host;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import vmlan.packet.IpAddress;

/// Between the network's addresses, two longs ([IpAddress]), and the JDK's.
public final class SocketAddresses {
    private SocketAddresses() {}

    public static InetSocketAddress of(long high, long low, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes(high, low)), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("four or sixteen bytes are an address", e);
        }
    }

    private static byte[] bytes(long high, long low) {
        return IpAddress.isIpv4(high, low)
                ? ByteBuffer.allocate(4).putInt((int) low).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /// Sockets of one family: one for both would bind where only IPv6 is meant, and report other errors.
    static StandardProtocolFamily family(boolean ipv4) {
        return ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }

    /// The JDK gives IPv4 addresses as such, mapped ones too.
    public static IpAddress of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.capacity() == 4
                ? new IpAddress(0, IpAddress.mapped(bytes.getInt()))
                : new IpAddress(bytes.getLong(), bytes.getLong());
    }
}
