package vmlan.qemu;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a QEMU prints for `-device NAME,help` (QEMU system/qdev-monitor.c, qdev_device_help): `e1000 options:`, and
/// below it the properties, `  mac=<str>   - Ethernet 6-byte MAC Address`.
final class DriverHelp {
    private static final Pattern HEAD = Pattern.compile("([A-Za-z0-9][\\w.,+-]{0,60}) options:");
    private static final Pattern PROPERTY = Pattern.compile("  ([\\w.\\[\\]+-]{1,80})=<.*");

    private DriverHelp() {}

    /// @return the names of the properties by driver
    static Map<String, Set<String>> parse(String text) {
        Map<String, Set<String>> drivers = new LinkedHashMap<>();
        Set<String> last = new TreeSet<>();
        for (String line : text.lines().map(String::stripTrailing).toList()) {
            Matcher head = HEAD.matcher(line);
            Matcher property = PROPERTY.matcher(line);
            if (head.matches()) {
                last = drivers.computeIfAbsent(head.group(1), name -> new TreeSet<>());
            } else if (property.matches()) {
                last.add(property.group(1));
            }
        }
        drivers.values().removeIf(Set::isEmpty);
        return drivers;
    }
}
