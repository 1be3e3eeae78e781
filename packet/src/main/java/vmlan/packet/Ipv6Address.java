package vmlan.packet;

import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.util.Locale;

/// An IPv6 address: the first eight bytes in `high`, the last eight in `low`, network order.
public record Ipv6Address(long high, long low) {
    public static final Ipv6Address ANY = new Ipv6Address(0, 0);
    /// All nodes of the link (RFC 4291 §2.7.1).
    public static final Ipv6Address ALL_NODES = new Ipv6Address(0xff02_0000_0000_0000L, 1);
    /// All routers of the link (RFC 4291 §2.7.1).
    public static final Ipv6Address ALL_ROUTERS = new Ipv6Address(0xff02_0000_0000_0000L, 2);

    /// Reads the forms of RFC 4291 §2.2; never asks a resolver, takes no zone.
    ///
    /// @throws IllegalArgumentException when the text has another form
    public static Ipv6Address parse(String text) {
        if (text.indexOf(':') >= 0 && text.matches("[0-9a-fA-F:.]{2,45}")) {
            try {
                byte[] bytes = Inet6Address.ofLiteral(text).getAddress();
                if (bytes.length == 16) {
                    ByteBuffer buffer = ByteBuffer.wrap(bytes);
                    return new Ipv6Address(buffer.getLong(), buffer.getLong());
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(notOne(text), e);
            }
        }
        throw new IllegalArgumentException(notOne(text));
    }

    private static String notOne(String text) {
        return "'" + text + "' is not an IPv6 address such as fd12:3456:789a:1::1";
    }

    public boolean isMulticast() {
        return high >>> 56 == 0xff;
    }

    /// fe80::/10 (RFC 4291 §2.5.6).
    public boolean isLinkLocal() {
        return high >>> 54 == (0xfe80 >> 6);
    }

    public boolean isUnspecified() {
        return high == 0 && low == 0;
    }

    /// The solicited-node group of this address (RFC 4291 §2.7.1).
    public Ipv6Address solicitedNode() {
        return new Ipv6Address(0xff02_0000_0000_0000L, 0x0000_0001_ff00_0000L | (low & 0xff_ffff));
    }

    /// The interface identifier that stateless configuration makes from a MAC (RFC 4291, appendix A).
    public static long interfaceId(MacAddress mac) {
        long bits = mac.bits();
        return (((bits >>> 24) ^ 0x02_0000L) << 40) | 0xff_fe00_0000L | (bits & 0xff_ffff);
    }

    /// The link-local address that belongs to a MAC.
    public static Ipv6Address linkLocal(MacAddress mac) {
        return new Ipv6Address(0xfe80_0000_0000_0000L, interfaceId(mac));
    }

    /// The short form of RFC 5952.
    @Override
    public String toString() {
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (int) ((i < 4 ? high >>> (48 - 16 * i) : low >>> (112 - 16 * i)) & 0xffff);
        }
        int start = -1;
        int longest = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > longest) {
                start = i;
                longest = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += longest - 1;
            } else {
                if (i > 0 && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]).toLowerCase(Locale.ROOT));
            }
        }
        return text.toString();
    }
}
