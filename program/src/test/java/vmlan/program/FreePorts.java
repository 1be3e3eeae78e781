package vmlan.program;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.SplittableRandom;

/// Ports of the loopback that nobody has, for tests that have to name one before they open it, or that open one again:
/// below those that the system chooses from (Linux: net/ipv4/ip_local_port_range, 32768 on), so that nobody who asks
/// it for any gets them in between.
public final class FreePorts {
    private static final int LOWEST = 20_000;
    private static final int BEHIND_HIGHEST = 32_000;

    private FreePorts() {}

    /// @return the first of so many that follow one another, free for TCP and UDP over both families
    public static int first(int count) throws IOException {
        SplittableRandom random = new SplittableRandom();
        IOException last = null;
        for (int tries = 0; tries < 1000; tries++) {
            int first = random.nextInt(LOWEST, BEHIND_HIGHEST - count);
            try {
                for (int port = first; port < first + count; port++) {
                    tryOut(port);
                }
                return first;
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IOException("no ports are free", last);
    }

    private static void tryOut(int port) throws IOException {
        for (InetAddress address : List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"))) {
            try (ServerSocket streams = new ServerSocket(port, 1, address);
                    DatagramSocket datagrams = new DatagramSocket(new InetSocketAddress(address, port))) {
                if (!streams.isBound() || !datagrams.isBound()) {
                    throw new IOException(port + " is not free");
                }
            }
        }
    }
}
