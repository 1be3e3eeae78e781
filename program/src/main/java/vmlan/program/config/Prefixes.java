package vmlan.program.config;

import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Prefix;

/// Networks that guests can be in, as people write them.
final class Prefixes {
    private Prefixes() {}

    /// RFC 6890 §2.2.2: networks in which no host can be.
    static Ipv4Prefix ipv4(String text) {
        Ipv4Prefix prefix = Ipv4Prefix.parse(text);
        if (prefix.length() < 8 || prefix.length() > 30) {
            throw new IllegalArgumentException(
                    "/" + prefix.length() + " is no length that a network can have: /8 to /30");
        }
        if (!text.startsWith(prefix.network() + "/")) {
            throw new IllegalArgumentException("'" + text + "' is an address in " + prefix + ", not a network");
        }
        int first = prefix.network().bits() >>> 24;
        boolean linkLocal = prefix.overlaps(Ipv4Prefix.parse("169.254.0.0/16"));
        if (first == 0 || first == 127 || first >= 224 || linkLocal) {
            throw new IllegalArgumentException(prefix + " is not for hosts");
        }
        return prefix;
    }

    /// RFC 4291 §2.4, RFC 4193 §3.1.
    static Ipv6Prefix ipv6(String text) {
        Ipv6Prefix prefix = Ipv6Prefix.parse(text);
        Ipv6Address address = Ipv6Address.parse(text.substring(0, text.indexOf('/')));
        if (!address.equals(prefix.address(0))) {
            throw new IllegalArgumentException("'" + text + "' is an address in " + prefix + ", not a network");
        }
        int first = (int) (prefix.high() >>> 56);
        if (first >>> 5 != 1 && first >>> 1 != 0xfc >>> 1) {
            throw new IllegalArgumentException(prefix + " is neither of fc00::/7 nor of 2000::/3");
        }
        return prefix;
    }
}
