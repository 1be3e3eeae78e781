package vmlan.qemu.language;

import java.math.BigInteger;
import java.util.Optional;

/// A whole number at the beginning of a text, as C's strtol reads it: white space, a sign, digits up to where they end.
///
/// @param value at most what 64 bits hold
/// @param overflows what stands there is bigger
/// @param rest what stands behind it
public record CNumber(long value, boolean overflows, String rest) {
    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    /// @param base 8, 10 or 16; 0: as the number says by its `0x` or `0`
    /// @return empty where there is no digit
    public static Optional<CNumber> parse(String text, int base) {
        int at = 0;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        boolean negative = at < text.length() && text.charAt(at) == '-';
        if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
            at++;
        }
        int radix = base;
        if ((base == 0 || base == 16) && isHexadecimal(text, at)) {
            radix = 16;
            at += 2;
        } else if (base == 0) {
            radix = at < text.length() && text.charAt(at) == '0' ? 8 : 10;
        }
        int end = at;
        while (end < text.length() && text.charAt(end) < 128 && Character.digit(text.charAt(end), radix) >= 0) {
            end++;
        }
        if (end == at) {
            return Optional.empty();
        }
        BigInteger value = new BigInteger(text.substring(at, end), radix);
        BigInteger signed = negative ? value.negate() : value;
        BigInteger bounded = signed.max(LEAST).min(MOST);
        return Optional.of(new CNumber(bounded.longValueExact(), !bounded.equals(signed), text.substring(end)));
    }

    private static boolean isHexadecimal(String text, int at) {
        return at + 2 < text.length()
                && text.charAt(at) == '0'
                && (text.charAt(at + 1) == 'x' || text.charAt(at + 1) == 'X')
                && text.charAt(at + 2) < 128
                && Character.digit(text.charAt(at + 2), 16) >= 0;
    }

    public static boolean isSpace(char character) {
        return character == ' ' || (character >= '\t' && character <= '\r');
    }

    /// Whether nothing stands behind it.
    public boolean isWhole() {
        return rest.isEmpty();
    }
}
