package vmlan.network.dns;

/// What guests can make the service hold.
///
/// @param waitingPerPort queries of one port that wait for a server
/// @param waitingInAll queries that wait for a server; each may have four sockets of the host's at the same time
/// @param streamsPerPort connections of one port
/// @param cacheEntries answers that are remembered
/// @param cacheBytes the bytes of all of them together, with what it costs to keep them
public record DnsLimits(
        int waitingPerPort, int waitingInAll, int streamsPerPort, int streamsInAll, int cacheEntries, long cacheBytes) {
    /// A busy stub resolver has some tens of queries under way; dnsmasq allows 150 in all (its manual,
    /// dns-forward-max). 1,000 waiting are at most 4,000 of the 20,000 descriptors that a process has at least. Ten
    /// thousand names are what a day of browsing looks up.
    public static final DnsLimits USUAL = new DnsLimits(256, 1000, 16, 64, 10_000, 4 << 20);
}
