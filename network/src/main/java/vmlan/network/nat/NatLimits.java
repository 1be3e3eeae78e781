package vmlan.network.nat;

/// How much the guests may have of everything that they can fill. One guest's share is less than the whole, so
/// that it cannot take it from others; what it has too much, it takes from itself.
///
/// @param tcpBytesPerFlow that wait in each direction of one connection
/// @param udpFlowsPerPort each has a socket of the host
/// @param echoesPerPort that wait for their reply
/// @param reassembliesPerPort packets of which fragments are missing, 64 KiB each
public record NatLimits(
        int tcpFlowsPerPort,
        int tcpFlowsInAll,
        long tcpBytesPerFlow,
        long tcpBytesPerPort,
        long tcpBytesInAll,
        int udpFlowsPerPort,
        int udpFlowsInAll,
        int echoesPerPort,
        int echoesInAll,
        int reassembliesPerPort,
        int reassembliesInAll) {
    /// TCP: 5,000 connections of a guest and more; a window of 4 MiB carries 300 Mbit/s over 100 ms. UDP: as many
    /// sockets as a busy resolver or a BitTorrent client has open, and less in all than half of the 16384
    /// descriptors that the process may have. Fragments: a guest sends one packet's after the other's; eight for
    /// as many queues of its NIC.
    public static final NatLimits DEFAULT =
            new NatLimits(8192, 16384, 4L << 20, 128L << 20, 512L << 20, 1024, 4096, 512, 4096, 8, 64);
}
