package vmlan.qemu.language.backend;

import java.util.OptionalInt;
import vmlan.qemu.language.CNumber;

/// Internet addresses as the C library reads them, which is more than Java takes: `10.1` is 10.0.0.1.
final class InternetText {
    private InternetText() {}

    /// `inet_aton`: one to four numbers, decimal, octal or hexadecimal; the last one fills what is left; white space
    /// ends it.
    static OptionalInt ipv4(String text) {
        long address = 0;
        String rest = text;
        for (int part = 0; part < 4; part++) {
            if (rest.isEmpty() || rest.charAt(0) < '0' || rest.charAt(0) > '9') {
                return OptionalInt.empty();
            }
            CNumber number = CNumber.parse(rest, 0).orElse(null);
            if (number == null || number.value() > 0xffffffffL) {
                return OptionalInt.empty();
            }
            rest = number.rest();
            if (part < 3 && rest.startsWith(".")) {
                if (number.value() > 0xff) {
                    return OptionalInt.empty();
                }
                address |= number.value() << (24 - 8 * part);
                rest = rest.substring(1);
                continue;
            }
            boolean ends = rest.isEmpty() || CNumber.isSpace(rest.charAt(0));
            if (!ends || number.value() > (0xffffffffL >> (8 * part))) {
                return OptionalInt.empty();
            }
            return OptionalInt.of((int) (address | number.value()));
        }
        return OptionalInt.empty();
    }

    static String ipv4(int address) {
        return ((address >>> 24) & 0xff)
                + "." + ((address >>> 16) & 0xff)
                + "." + ((address >>> 8) & 0xff)
                + "." + (address & 0xff);
    }

    /// `inet_pton` of IPv6: RFC 4291 §2.2, without a zone.
    ///
    /// @return 16 bytes; null where it is none
    static byte[] ipv6(String text) {
        byte[] address = new byte[16];
        int gap = -1;
        int at = 0;
        String rest = text;
        if (rest.startsWith(":")) {
            if (!rest.startsWith("::")) {
                return null;
            }
            rest = rest.substring(1);
        }
        while (!rest.isEmpty()) {
            if (rest.startsWith(":")) {
                if (gap >= 0) {
                    return null;
                }
                gap = at;
                rest = rest.substring(1);
                continue;
            }
            int end = rest.indexOf(':');
            String group = end < 0 ? rest : rest.substring(0, end);
            if (end < 0 && group.indexOf('.') >= 0) {
                return embedded(address, at, gap, group);
            }
            if (at > 14 || !group.matches("[0-9a-fA-F]{1,4}")) {
                return null;
            }
            int value = Integer.parseInt(group, 16);
            address[at++] = (byte) (value >> 8);
            address[at++] = (byte) value;
            rest = end < 0 ? "" : rest.substring(end + 1);
            if (end >= 0 && rest.isEmpty()) {
                return null;
            }
        }
        return spread(address, at, gap);
    }

    /// The IPv4 address at the end of an IPv6 one, dotted and decimal.
    private static byte[] embedded(byte[] address, int at, int gap, String text) {
        if (at > 12 || !text.matches("(?:(?:0|[1-9]\\d{0,2})\\.){3}(?:0|[1-9]\\d{0,2})")) {
            return null;
        }
        int end = at;
        for (String part : text.split("\\.", -1)) {
            int value = Integer.parseInt(part);
            if (value > 255) {
                return null;
            }
            address[end++] = (byte) value;
        }
        return spread(address, end, gap);
    }

    /// Moves what stands behind the `::` to the end.
    private static byte[] spread(byte[] address, int length, int gap) {
        if (gap < 0) {
            return length == 16 ? address : null;
        }
        if (length == 16) {
            return null;
        }
        int moved = length - gap;
        System.arraycopy(address, gap, address, 16 - moved, moved);
        java.util.Arrays.fill(address, gap, 16 - moved, (byte) 0);
        return address;
    }

    /// Whether the first bits of two addresses are the same.
    static boolean samePrefix(byte[] one, byte[] other, int bits) {
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((one[bit / 8] & mask) != (other[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /// RFC 1112 §4.
    static boolean isMulticast(int address) {
        return (address & 0xf0000000) == 0xe0000000;
    }
}
