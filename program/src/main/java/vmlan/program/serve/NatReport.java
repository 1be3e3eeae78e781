package vmlan.program.serve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vmlan.host.HostSockets;
import vmlan.network.dns.DnsCount;
import vmlan.network.dns.DnsLimits;
import vmlan.network.dns.DnsService;
import vmlan.network.nat.NatCounters;
import vmlan.network.nat.NatLimits;
import vmlan.network.nat.UdpCounters;
import vmlan.network.tcp.TcpCounters;

/// What the NAT and the DNS say about themselves, in the shapes of docs/control-api.md.
final class NatReport {
    private NatReport() {}

    /// A table that is bounded.
    static Map<String, Object> used(long used, long limit) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("used", used);
        json.put("limit", limit);
        return json;
    }

    /// @param mayEcho what the system says of echoes before any was sent
    static Map<String, Object> nat(NatCounters counters, HostSockets sockets, SocketBudget budget, boolean mayEcho) {
        NatLimits limits = budget.nat();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("tcp", tcp(counters.tcp(), limits));
        Map<String, Object> udp = udp(counters.udp(), limits);
        udp.put("droppedByHost", sockets.datagramsDropped());
        udp.put("errorsForgotten", sockets.errorsForgotten());
        json.put("udp", udp);
        json.put("echo", echo(counters, limits, mayEcho));
        Map<String, Object> fragments = new LinkedHashMap<>();
        fragments.put("packets", used(counters.reassembliesUnderWay(), limits.reassembliesInAll()));
        fragments.put("reassembled", counters.reassembled());
        fragments.put("evicted", counters.reassembliesEvicted());
        fragments.put("timedOut", counters.reassembliesTimedOut());
        fragments.put("contradictions", counters.reassemblyContradictions());
        json.put("fragments", fragments);
        json.put("nameQueries", counters.nameQueries());
        json.put("refused", counters.refused());
        json.put("otherProtocols", counters.otherProtocols());
        return json;
    }

    private static Map<String, Object> tcp(TcpCounters counters, NatLimits limits) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("flows", used(counters.flows(), limits.tcpFlowsInAll()));
        json.put("flowsPerGuest", limits.tcpFlowsPerPort());
        json.put("bytes", used(counters.bufferedBytes(), limits.tcpBytesInAll()));
        json.put("dialling", counters.dialling());
        json.put("timeWaits", counters.timeWaits());
        json.put("opened", counters.opened());
        json.put("accepted", counters.accepted());
        json.put("refused", counters.refused());
        json.put("failed", counters.failed());
        json.put("limited", counters.limited());
        json.put("synRetransmits", counters.synRetransmits());
        json.put("retransmits", counters.retransmits());
        json.put("timeouts", counters.timeouts());
        json.put("fastRecoveries", counters.fastRecoveries());
        json.put("outOfOrder", counters.outOfOrder());
        json.put("challenges", counters.challenges());
        json.put("resets", counters.resets());
        json.put("dead", counters.dead());
        json.put("memoryShortages", counters.memoryShortages());
        json.put("bytesFromGuests", counters.bytesFromGuests());
        json.put("bytesToGuests", counters.bytesToGuests());
        return json;
    }

    private static Map<String, Object> udp(UdpCounters counters, NatLimits limits) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("flows", used(counters.flows(), limits.udpFlowsInAll()));
        json.put("flowsPerGuest", limits.udpFlowsPerPort());
        json.put("clients", used(counters.clientFlows(), limits.udpFlowsInAll()));
        json.put("opened", counters.opened());
        json.put("clientsOpened", counters.clientsOpened());
        json.put("evicted", counters.evicted());
        json.put("limited", counters.limited());
        json.put("timedOut", counters.timedOut());
        json.put("filtered", counters.filtered());
        json.put("errorsTold", counters.errorsTold());
        json.put("refusedByGuests", counters.refusedByGuests());
        json.put("fromGuests", counters.fromGuests());
        json.put("toGuests", counters.toGuests());
        return json;
    }

    private static Map<String, Object> echo(NatCounters counters, NatLimits limits, boolean mayEcho) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("allowed", mayEcho || counters.echoesAllowed() || counters.echoesAllowedIpv6());
        json.put("waiting", used(counters.echoesWaiting(), 2L * limits.echoesInAll()));
        json.put("requests", counters.echoes());
        json.put("replies", counters.echoReplies());
        json.put("failed", counters.echoesFailed());
        json.put("evicted", counters.echoesEvicted());
        return json;
    }

    /// @param service null before anybody asked
    /// @param servers of the host
    static Map<String, Object> dns(DnsService service, SocketBudget budget, List<String> servers) {
        DnsLimits limits = budget.dns();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("servers", servers);
        json.put("waiting", used(service == null ? 0 : service.waiting(), limits.waitingInAll()));
        json.put("connections", used(service == null ? 0 : service.streams(), limits.streamsInAll()));
        json.put("cachedAnswers", used(service == null ? 0 : service.cachedAnswers(), limits.cacheEntries()));
        json.put("cachedBytes", used(service == null ? 0 : service.cachedBytes(), limits.cacheBytes()));
        for (DnsCount count : DnsCount.values()) {
            json.put(count.key(), service == null ? 0L : service.count(count));
        }
        return json;
    }
}
