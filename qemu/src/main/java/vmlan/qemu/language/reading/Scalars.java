package vmlan.qemu.language.reading;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;
import vmlan.qemu.language.CNumber;

/// Texts as QEMU reads numbers and switches of them (QEMU util/cutils.c, qapi/qapi-util.c). Empty: it does not.
final class Scalars {
    private static final BigInteger MOST_UNSIGNED = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
    private static final Pattern SIZE = Pattern.compile("\\s*\\+?(\\d+\\.?\\d*|\\.\\d+)([bkmgtpeBKMGTPE]?)");
    private static final Pattern HEXADECIMAL_SIZE = Pattern.compile("\\s*\\+?0[xX][0-9a-fA-F]{1,16}");

    private Scalars() {}

    static Optional<Boolean> bool(String text) {
        return switch (text) {
            case "on", "yes", "true", "y" -> Optional.of(true);
            case "off", "no", "false", "n" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /// In base 10, or as `0x` and `0` say.
    static Optional<BigInteger> signed(String text) {
        return CNumber.parse(text, 0)
                .filter(number -> number.isWhole() && !number.overflows())
                .map(number -> BigInteger.valueOf(number.value()));
    }

    /// The same up to 2^64; a minus is refused.
    static Optional<BigInteger> unsigned(String text) {
        String digits = text.stripLeading();
        return digits.startsWith("-") ? Optional.empty() : wrapped(digits);
    }

    /// As C's strtoull has it: a minus is taken, and counts down from 2^64.
    static Optional<BigInteger> wrapped(String text) {
        String number = text.stripLeading();
        boolean negative = number.startsWith("-");
        String digits = negative || number.startsWith("+") ? number.substring(1) : number;
        try {
            int radix = digits.matches("0[xX].*") ? 16 : digits.startsWith("0") && digits.length() > 1 ? 8 : 10;
            String plain = radix == 16 ? digits.substring(2) : digits;
            if (plain.isEmpty() || Character.digit(plain.charAt(0), radix) < 0) {
                return Optional.empty();
            }
            BigInteger value = new BigInteger(plain, radix);
            if (value.compareTo(MOST_UNSIGNED) > 0) {
                return Optional.empty();
            }
            return Optional.of(negative ? value.negate().mod(MOST_UNSIGNED.add(BigInteger.ONE)) : value);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// A number with a letter for its unit. A fraction needs a unit; exactness is not needed here.
    static boolean isSize(String text) {
        if (HEXADECIMAL_SIZE.matcher(text).matches()) {
            return true;
        }
        var match = SIZE.matcher(text);
        if (!match.matches()) {
            return false;
        }
        double value = Double.parseDouble(match.group(1));
        int unit = "bkmgtpe".indexOf(match.group(2).toLowerCase(java.util.Locale.ROOT) + "");
        boolean scaled = !match.group(2).isEmpty() && unit > 0;
        boolean fraction = value != Math.rint(value);
        return (scaled || !fraction) && value * (scaled ? Math.pow(1024, unit) : 1) < Math.pow(2, 64);
    }
}
