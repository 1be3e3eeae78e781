package vmlan.network.dns;

import java.util.ArrayList;
import java.util.List;
import vmlan.packet.IpAddress;

/// A name below `in-addr.arpa` or `ip6.arpa` (RFC 1035 §3.5, RFC 3596 §2.5): an address, or the beginning of one.
///
/// @param ipv4 or IPv6
/// @param parts the numbers that are known, the most significant first: bytes, or halves of them
/// @param labels how many labels there are, also those that are no numbers
record ReverseName(boolean ipv4, List<Integer> parts, int labels) {
    static final String IPV4 = ".in-addr.arpa";
    static final String IPV6 = ".ip6.arpa";

    /// @param name in lower case, without the final dot
    /// @return null when it is another name
    static ReverseName of(String name) {
        boolean ipv4 = name.endsWith(IPV4);
        if (!ipv4 && !name.endsWith(IPV6)) {
            return null;
        }
        String[] labels =
                name.substring(0, name.length() - (ipv4 ? IPV4 : IPV6).length()).split("\\.", -1);
        List<Integer> parts = new ArrayList<>();
        for (int i = labels.length - 1; i >= 0 && parts.size() < most(ipv4); i--) {
            int part = ipv4 ? octet(labels[i]) : nibble(labels[i]);
            if (part < 0) {
                break;
            }
            parts.add(part);
        }
        return new ReverseName(ipv4, List.copyOf(parts), labels.length);
    }

    private static int most(boolean ipv4) {
        return ipv4 ? 4 : 32;
    }

    private static int octet(String label) {
        if (!label.matches("0|[1-9][0-9]{0,2}")) {
            return -1;
        }
        int value = Integer.parseInt(label);
        return value > 255 ? -1 : value;
    }

    private static int nibble(String label) {
        return label.length() == 1 ? Character.digit(label.charAt(0), 16) : -1;
    }

    /// @return null when it is not a whole one, or more
    IpAddress address() {
        if (parts.size() != most(ipv4) || labels != parts.size()) {
            return null;
        }
        if (ipv4) {
            return new IpAddress(0, IpAddress.mapped((int) bits(0, 4, 8)));
        }
        return new IpAddress(bits(0, 16, 4), bits(16, 32, 4));
    }

    /// Whether it has labels that no address has.
    boolean isTooLong() {
        return labels > parts.size();
    }

    private long bits(int from, int to, int width) {
        long bits = 0;
        for (int i = from; i < to; i++) {
            bits = (bits << width) | parts.get(i);
        }
        return bits;
    }

    /// The first bits, the rest being zero; IPv4's in the lower half.
    ///
    /// @param count of bytes or halves
    long first(int count) {
        int width = ipv4 ? 8 : 4;
        int total = ipv4 ? 4 : 16;
        return bits(0, count, width) << ((total - count) * width);
    }
}
