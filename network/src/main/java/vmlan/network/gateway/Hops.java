package vmlan.network.gateway;

/// Times to live and hop limits.
final class Hops {
    /// IANA, "IP Time to Live Parameter".
    static final int DEFAULT = 64;
    /// Proves that no router has passed the packet on (RFC 4861 §6.1, §7.1).
    static final int ON_LINK = 255;

    private Hops() {}
}
