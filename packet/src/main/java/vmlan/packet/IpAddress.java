package vmlan.packet;

/// An address of either family as two longs; IPv4 is mapped into IPv6 (RFC 4291 §2.5.5.2). Code that handles
/// many packets passes the two longs themselves.
public record IpAddress(long high, long low) {
    /// The low half of `::ffff:0.0.0.0`.
    public static final long MAPPED = 0xffff_0000_0000L;

    public static IpAddress of(Ipv4Address address) {
        return new IpAddress(0, mapped(address.bits()));
    }

    public static IpAddress of(Ipv6Address address) {
        return new IpAddress(address.high(), address.low());
    }

    /// Reads an address of either family.
    ///
    /// @throws IllegalArgumentException when the text has another form
    public static IpAddress parse(String text) {
        return text.indexOf(':') < 0 ? of(Ipv4Address.parse(text)) : of(Ipv6Address.parse(text));
    }

    /// The low half of an IPv4 address; the high one is zero.
    public static long mapped(int ipv4) {
        return MAPPED | (ipv4 & 0xffff_ffffL);
    }

    public static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == MAPPED >>> 32;
    }

    public boolean isIpv4() {
        return isIpv4(high, low);
    }

    public Ipv4Address ipv4() {
        if (!isIpv4()) {
            throw new IllegalStateException(this + " is no IPv4 address");
        }
        return new Ipv4Address((int) low);
    }

    public Ipv6Address ipv6() {
        return new Ipv6Address(high, low);
    }

    @Override
    public String toString() {
        return isIpv4() ? ipv4().toString() : ipv6().toString();
    }
}
