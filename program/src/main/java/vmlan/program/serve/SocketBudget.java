package vmlan.program.serve;

import vmlan.network.dns.DnsLimits;
import vmlan.network.nat.NatLimits;

/// How the process' descriptors are shared out, so that what one thing uses up is not missing for another.
///
/// The least that is left for the ports of the switch, the control API and files is an eighth: of 20,000, which is
/// what a user has at least where systemd is (DefaultLimitNOFILE, half a million since 240), 2,500.
///
/// @param tcpFlows connections of guests to elsewhere, and of clients to guests
/// @param udpFlows mappings of guests' UDP ports
/// @param dnsSockets questions to the host's resolvers
/// @param published ports of the host
public record SocketBudget(int tcpFlows, int udpFlows, int dnsSockets, int published) {
    /// Four sockets ask for one query at most ([DnsLimits#waitingInAll]).
    private static final int SOCKETS_PER_QUERY = 4;
    /// Nobody publishes more; sixteen rules of the longest range.
    private static final int MOST_PUBLISHED = 4096;

    /// @param descriptors that the process may have
    public static SocketBudget of(int descriptors) {
        return new SocketBudget(
                Math.min(NatLimits.DEFAULT.tcpFlowsInAll(), descriptors / 2),
                Math.min(NatLimits.DEFAULT.udpFlowsInAll(), descriptors / 8),
                Math.min(DnsLimits.USUAL.waitingInAll() * SOCKETS_PER_QUERY, descriptors / 8),
                Math.min(MOST_PUBLISHED, descriptors / 8));
    }

    NatLimits nat() {
        NatLimits usual = NatLimits.DEFAULT;
        return new NatLimits(
                share(usual.tcpFlowsPerPort(), usual.tcpFlowsInAll(), tcpFlows),
                tcpFlows,
                usual.tcpBytesPerFlow(),
                usual.tcpBytesPerPort(),
                usual.tcpBytesInAll(),
                share(usual.udpFlowsPerPort(), usual.udpFlowsInAll(), udpFlows),
                udpFlows,
                usual.echoesPerPort(),
                usual.echoesInAll(),
                usual.reassembliesPerPort(),
                usual.reassembliesInAll());
    }

    DnsLimits dns() {
        DnsLimits usual = DnsLimits.USUAL;
        int waiting = dnsSockets / SOCKETS_PER_QUERY;
        return new DnsLimits(
                share(usual.waitingPerPort(), usual.waitingInAll(), waiting),
                waiting,
                usual.streamsPerPort(),
                usual.streamsInAll(),
                usual.cacheEntries(),
                usual.cacheBytes());
    }

    /// One guest's part of fewer, the same as it has of the usual number.
    private static int share(int usualPerPort, int usualInAll, int inAll) {
        return (int) Math.max(1, (long) usualPerPort * inAll / usualInAll);
    }
}
