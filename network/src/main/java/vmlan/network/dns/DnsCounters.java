package vmlan.network.dns;

/// The numbers behind [DnsCount].
final class DnsCounters {
    private final long[] counts = new long[DnsCount.values().length];

    @SuppressWarnings("EnumOrdinal") // a counter for each, found without hashing
    void count(DnsCount what) {
        counts[what.ordinal()]++;
    }

    @SuppressWarnings("EnumOrdinal") // as in count
    long of(DnsCount what) {
        return counts[what.ordinal()];
    }
}
