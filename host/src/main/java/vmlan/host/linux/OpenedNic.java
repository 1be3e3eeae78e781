package vmlan.host.linux;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// A NIC as the opener left it: plain numbers, so that they can go over an exec.
///
/// @param ifName its name then
/// @param ifIndex its number then
/// @param translated whether guests share its MAC
/// @param mark of what is sent to the host; not 0
/// @param lan descriptor of the packet socket for the wire
/// @param host descriptor of the marked packet socket, -1 where the host cannot be reached
/// @param redirect how the host is reached
/// @param redirectLink descriptor that the redirect hangs on, or -1
/// @param guestFilterLink descriptor that the guest filter hangs on, or -1
/// @param guestFilterTable descriptor of the guest filter's table, or -1
/// @param filters what [NicOpener#remove] must take away
/// @param reason why the redirect is none, or not the first choice; may be empty
public record OpenedNic(
        String ifName,
        int ifIndex,
        boolean translated,
        int mark,
        int lan,
        int host,
        RedirectKind redirect,
        int redirectLink,
        int guestFilterLink,
        int guestFilterTable,
        List<TcFilter> filters,
        String reason) {
    public OpenedNic {
        filters = List.copyOf(filters);
    }

    /// Those that the network process must inherit, also the links that it has no other use for.
    public int[] descriptors() {
        return IntStream.of(lan, host, redirectLink, guestFilterLink, guestFilterTable)
                .filter(fd -> fd >= 0)
                .toArray();
    }

    /// As one word without spaces, for an argument of exec; [#parse] reads it.
    public String encode() {
        StringBuilder text = new StringBuilder();
        text.append("name=").append(escape(ifName)).append("&index=").append(ifIndex);
        text.append("&translated=").append(translated).append("&mark=").append(mark);
        text.append("&lan=").append(lan).append("&host=").append(host);
        text.append("&redirect=").append(redirect).append("&link=").append(redirectLink);
        text.append("&guestlink=")
                .append(guestFilterLink)
                .append("&guesttable=")
                .append(guestFilterTable);
        for (TcFilter filter : filters) {
            text.append("&filter=").append(escape(filter.encode()));
        }
        return text.append("&reason=").append(escape(reason)).toString();
    }

    private static String escape(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /// @throws IllegalArgumentException when it is not what [#encode] wrote
    public static OpenedNic parse(String text) {
        Map<String, String> values = new HashMap<>();
        List<TcFilter> filters = new ArrayList<>();
        for (String field : text.split("&")) {
            int equals = field.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("'" + text + "' does not describe an open NIC");
            }
            String value = URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8);
            if (field.startsWith("filter=")) {
                filters.add(TcFilter.parse(value));
            } else {
                values.put(field.substring(0, equals), value);
            }
        }
        if (!values.keySet().containsAll(List.of("name", "reason", "translated", "redirect"))) {
            throw new IllegalArgumentException("'" + text + "' does not describe an open NIC");
        }
        return new OpenedNic(
                values.get("name"),
                number(values, "index"),
                Boolean.parseBoolean(values.get("translated")),
                number(values, "mark"),
                number(values, "lan"),
                number(values, "host"),
                RedirectKind.valueOf(values.get("redirect")),
                number(values, "link"),
                number(values, "guestlink"),
                number(values, "guesttable"),
                filters,
                values.get("reason"));
    }

    private static int number(Map<String, String> values, String key) {
        try {
            return Integer.parseInt(values.getOrDefault(key, ""));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the number '" + key + "' of an open NIC is missing", e);
        }
    }

    /// Closes what is open; for when no network process takes it. A redirect by link is gone then.
    public void close() {
        for (int fd : descriptors()) {
            Libc.close(fd);
        }
    }
}
