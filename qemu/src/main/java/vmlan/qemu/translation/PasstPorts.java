package vmlan.qemu.translation;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// passt's words for ports that lead to the guest (man 1 passt, -t and -u), as rules of `--publish`.
///
/// ```
/// [ADDRESS[%INTERFACE]/]PORT[-PORT][:PORT[-PORT]],…    ~PORT is one that is left out; all, auto, none
/// ```
final class PasstPorts {
    private static final Pattern ENTRY = Pattern.compile(
            "(?:(?<address>[^/%]+)(?<nic>%[^/]+)?/)?(?<from>[0-9]{1,5}(?:-[0-9]{1,5})?)(?::(?<to>[0-9]{1,5}(?:-[0-9]{1,5})?))?");

    private final List<String> rules = new ArrayList<>();
    private final List<String> left = new ArrayList<>();

    /// @param protocol tcp or udp
    void add(String protocol, List<String> values) {
        for (String value : values) {
            for (String entry : value.split(",", -1)) {
                Matcher match = ENTRY.matcher(entry);
                if (entry.equals("none")) {
                    continue;
                }
                if (!match.matches() || match.group("nic") != null) {
                    left.add(protocol + "-ports=" + entry);
                    continue;
                }
                rules.add(rule(match, protocol));
            }
        }
    }

    private static String rule(Matcher match, String protocol) {
        // as passt, which binds to every address where none is given
        String address = match.group("address") == null ? "*" : match.group("address");
        String text = address.contains(":") ? "[" + address + "]" : address;
        String to = match.group("to") == null ? match.group("from") : match.group("to");
        return text + ":" + match.group("from") + ":" + to + (protocol.equals("udp") ? "/udp" : "");
    }

    /// As `--publish` takes them.
    List<String> rules() {
        return rules;
    }

    /// What has no counterpart.
    List<String> left() {
        return left;
    }
}
