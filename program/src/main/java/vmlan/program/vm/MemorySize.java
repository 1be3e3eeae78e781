package vmlan.program.vm;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.program.message.Failure;

/// An amount of memory as people write it: `512M`, `4G`, and a bare number for MiB, as QEMU has it.
public final class MemorySize {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,7})([KMGT]?)(i?B)?", Pattern.CASE_INSENSITIVE);
    /// Less, and no Linux boots.
    private static final long LEAST = 64L << 20;

    private MemorySize() {}

    /// @return bytes
    public static long parse(String text) throws Failure {
        Matcher matcher = FORM.matcher(text.trim());
        if (!matcher.matches()) {
            throw Failure.usage("'" + text + "' is not an amount of memory", "write it like 512M or 4G");
        }
        long number = Long.parseLong(matcher.group(1));
        int shift = switch (matcher.group(2).toUpperCase(Locale.ROOT)) {
            case "K" -> 10;
            case "G" -> 30;
            case "T" -> 40;
            default -> 20;
        };
        long bytes = number << shift;
        if (bytes < LEAST || bytes >> shift != number) {
            throw Failure.usage("--memory " + text + " is not possible", "take 64M or more; a bare number is MiB");
        }
        return bytes;
    }
}
