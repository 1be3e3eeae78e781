package vmlan.network.ip;

/// Times to live and hop limits.
public final class Hops {
    /// IANA, "IP Time to Live Parameter".
    public static final int DEFAULT = 64;
    /// Proves that no router has passed the packet on (RFC 4861 §6.1, §7.1).
    public static final int ON_LINK = 255;

    private Hops() {}
}
