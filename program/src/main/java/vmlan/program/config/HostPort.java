package vmlan.program.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import vmlan.program.message.Failure;

/// A port of the host's loopback that guests may reach, as `host.vmlan.internal` (`--allow-host`).
///
/// @param number of TCP or UDP
public record HostPort(boolean udp, int number) implements Comparable<HostPort> {
    private static final Comparator<HostPort> ORDER =
            Comparator.comparingInt(HostPort::number).thenComparing(HostPort::udp);
    private static final String FORM = "take ports such as 5432 or 514/udp, with commas between them";
    /// The gateway answers these itself: DNS (RFC 1035 §4.2), DHCP (RFC 2131 §4.1).
    private static final List<Integer> OWN = List.of(53, 67);

    /// @throws IllegalArgumentException when the text has another form
    public static HostPort parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        boolean udp = lower.endsWith("/udp");
        String number = udp || lower.endsWith("/tcp") ? text.substring(0, text.length() - "/udp".length()) : text;
        if (!number.matches("[0-9]{1,5}") || Integer.parseInt(number) < 1 || Integer.parseInt(number) > 0xffff) {
            throw new IllegalArgumentException("'" + text + "' is not a port of the host from 1 to 65535");
        }
        HostPort port = new HostPort(udp, Integer.parseInt(number));
        if (OWN.contains(port.number)) {
            throw new IllegalArgumentException("the network's gateway itself answers at port " + port.number
                    + ", so the host's cannot be reached");
        }
        return port;
    }

    /// What one option takes: several, with commas.
    public static List<HostPort> parseAll(List<String> options) throws Failure {
        List<HostPort> ports = new ArrayList<>();
        for (String option : options) {
            for (String text : option.split(",", -1)) {
                try {
                    ports.add(parse(text));
                } catch (IllegalArgumentException e) {
                    throw Failure.usage(e.getMessage(), FORM);
                }
            }
        }
        return ports;
    }

    @Override
    public int compareTo(HostPort other) {
        return ORDER.compare(this, other);
    }

    /// What [#parse] takes.
    @Override
    public String toString() {
        return number + (udp ? "/udp" : "");
    }
}
