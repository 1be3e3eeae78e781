package vmlan.packet;

/// Numbers of protocols over IP (IANA, "Protocol Numbers"), which IPv6 calls next headers.
public final class IpProtocol {
    public static final int HOP_BY_HOP = 0;
    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ROUTING = 43;
    public static final int FRAGMENT = 44;
    public static final int ICMPV6 = 58;
    public static final int NONE = 59;
    public static final int DESTINATION_OPTIONS = 60;

    private IpProtocol() {}
}
