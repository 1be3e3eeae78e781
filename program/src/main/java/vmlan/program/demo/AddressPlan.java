package vmlan.program.demo;

/// Who has which address. All are for documentation and private use (RFC 5737 §3, RFC 3849, RFC 1918).
public final class AddressPlan {
    public static final String NETWORK4 = "192.168.77.0/24";
    public static final String NETWORK6 = "2001:db8:77::/64";
    public static final String ROUTER4 = "192.168.77.1";
    public static final String ROUTER6 = "2001:db8:77::1";
    public static final String OTHER4 = "192.168.77.20";
    public static final String OTHER6 = "2001:db8:77::20";
    public static final String HOST4 = "192.168.77.10";
    public static final String HOST6 = "2001:db8:77::10";
    public static final String OUTSIDE4 = "198.51.100.1";
    public static final String OUTSIDE6 = "2001:db8:ff::1";

    /// What the router's DHCP gives out.
    public static final String FIRST_GUEST4 = "192.168.77.100";

    public static final String LAST_GUEST4 = "192.168.77.199";

    /// MACs that are nobody's (IEEE 802-2014 §8.4: the U/L bit is set), the last number as in the address.
    public static final String ROUTER_MAC = "02:00:00:00:77:01";

    public static final String OTHER_MAC = "02:00:00:00:77:20";
    public static final String HOST_MAC = "02:00:00:00:77:10";

    private AddressPlan() {}
}
