package vmlan.packet;

import java.util.HexFormat;
import java.util.regex.Pattern;

/// An Ethernet address, its six bytes in the low 48 bits of `bits`, first byte highest.
public record MacAddress(long bits) {
    public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);
    private static final Pattern FORM = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");

    public MacAddress {
        if (bits >>> 48 != 0) {
            throw new IllegalArgumentException("more than 48 bits: " + Long.toHexString(bits));
        }
    }

    /// Reads `52:54:00:12:34:56`.
    ///
    /// @throws IllegalArgumentException when the text has another form
    public static MacAddress parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a MAC address: six pairs of hexadecimal digits with colons between");
        }
        return new MacAddress(HexFormat.fromHexDigitsToLong(text.replace(":", "")));
    }

    /// The group bit (IEEE 802-2014 §8.2.2): broadcast and multicast have it, a station's own address
    /// never.
    public boolean isGroup() {
        return isGroup(bits);
    }

    public static boolean isGroup(long bits) {
        return (bits & 0x0100_0000_0000L) != 0;
    }

    @Override
    public String toString() {
        return HexFormat.ofDelimiter(":").formatHex(new byte[] {
            (byte) (bits >> 40),
            (byte) (bits >> 32),
            (byte) (bits >> 24),
            (byte) (bits >> 16),
            (byte) (bits >> 8),
            (byte) bits
        });
    }
}
