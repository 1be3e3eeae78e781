package vmlan.packet;

/// An IPv6 network of 64 bits, the only length that stateless configuration takes (RFC 4862 §5.5.3, RFC
/// 7421).
public record Ipv6Prefix(long high) {
    public static final int LENGTH = 64;

    /// Reads `fd12:3456:789a:1::/64`.
    ///
    /// @throws IllegalArgumentException when the text is not ADDRESS/64
    public static Ipv6Prefix parse(String text) {
        if (!text.endsWith("/64")) {
            throw new IllegalArgumentException("'" + text + "' is not an IPv6 network such as fd12:3456:789a:1::/64");
        }
        return new Ipv6Prefix(
                Ipv6Address.parse(text.substring(0, text.length() - 3)).high());
    }

    public Ipv6Address address(long interfaceId) {
        return new Ipv6Address(high, interfaceId);
    }

    public boolean contains(Ipv6Address address) {
        return address.high() == high;
    }

    @Override
    public String toString() {
        return address(0) + "/64";
    }
}
