package vmlan.packet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/// A host or domain name such as `vmlan.internal`, in lower case, without a dot at its end.
public record DomainName(String text) {
    /// RFC 952 and RFC 1123 §2.1: letters, digits, hyphens inside; RFC 1035 §2.3.4: at most 63.
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    /// RFC 1035 §2.3.4 allows 255 octets in wire form, which has one more at each end.
    private static final int MAX_LENGTH = 253;

    public DomainName {
        text = text.toLowerCase(Locale.ROOT);
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("a domain name of " + text.length() + " letters; 253 are possible");
        }
        for (String label : text.split("\\.", -1)) {
            if (!isLabel(label)) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not a domain name: '" + label + "' is not letters, digits and hyphens");
            }
        }
    }

    /// Whether a text in lower case can stand between the dots of a host's name.
    public static boolean isLabel(String label) {
        return LABEL.matcher(label).matches();
    }

    /// The form in DNS messages: each label behind its length, a zero at the end (RFC 1035 §3.1).
    public byte[] wire() {
        ByteArrayOutputStream wire = new ByteArrayOutputStream(text.length() + 2);
        for (String label : text.split("\\.", -1)) {
            byte[] letters = label.getBytes(StandardCharsets.US_ASCII);
            wire.write(letters.length);
            wire.writeBytes(letters);
        }
        wire.write(0);
        return wire.toByteArray();
    }

    @Override
    public String toString() {
        return text;
    }
}
