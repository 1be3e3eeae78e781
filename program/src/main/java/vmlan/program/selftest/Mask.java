package vmlan.program.selftest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// Takes out of a text what would tell strangers whose machine it is about: of MAC addresses the last three bytes, of
/// IPv6 addresses and prefixes all but the first 16 bits, of public IPv4 addresses the last two bytes; user and host
/// names, and the home folder. What remains of private addresses (RFC 1918, RFC 3927) is the same in a million homes.
final class Mask {
    private static final Pattern MAC =
            Pattern.compile("\\b([0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){2})(?::[0-9A-Fa-f]{1,2}){3}\\b");
    private static final Pattern IPV6 =
            Pattern.compile("(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:])");
    private static final Pattern IPV4 =
            Pattern.compile("(?<![0-9.])([0-9]{1,3})\\.([0-9]{1,3})\\.[0-9]{1,3}\\.[0-9]{1,3}(?![0-9.]*[0-9])");

    /// Shorter names are too often parts of sentences, and say little.
    private static final int SHORTEST_NAME = 3;

    private record Word(Pattern pattern, String instead) {}

    private final List<Word> words = new ArrayList<>();

    /// @param environment of this process
    /// @param userName the system's word for who runs it
    /// @param hostNames every name of the machine that is known
    Mask(Map<String, String> environment, String userName, List<String> hostNames) {
        String home = environment.getOrDefault("HOME", "");
        if (home.startsWith("/") && home.length() > 1) {
            words.add(new Word(Pattern.compile(Pattern.quote(home) + "(?![A-Za-z0-9_.-])"), "~"));
        }
        for (String variable : List.of("SUDO_USER", "USER", "LOGNAME")) {
            addName(environment.getOrDefault(variable, ""), "USER");
        }
        addName(userName, "USER");
        addName(home.substring(home.lastIndexOf('/') + 1), "USER");
        for (String name : hostNames) {
            addName(name, "HOST");
            addName(name.split("\\.", 2)[0], "HOST");
        }
    }

    private void addName(String name, String instead) {
        if (name.length() >= SHORTEST_NAME && !name.equals("root") && !name.equals("localhost")) {
            words.add(new Word(
                    Pattern.compile(
                            "(?<![A-Za-z0-9_])" + Pattern.quote(name) + "(?![A-Za-z0-9_])",
                            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE),
                    instead));
        }
    }

    String apply(String text) {
        String masked = text;
        for (Word word : words) {
            masked = word.pattern.matcher(masked).replaceAll(Matcher.quoteReplacement(word.instead));
        }
        // Before MAC addresses: the end of an IPv6 address may look like one, but none like an IPv6 address.
        masked = IPV6.matcher(masked).replaceAll(match -> Matcher.quoteReplacement(ipv6(match.group())));
        masked = MAC.matcher(masked).replaceAll(match -> match.group(1) + ":xx:xx:xx");
        return IPV4.matcher(masked).replaceAll(match -> Matcher.quoteReplacement(ipv4(match.group())));
    }

    private static String ipv6(String text) {
        try {
            Ipv6Address address = Ipv6Address.parse(text);
            return address.isUnspecified() ? text : Long.toHexString(address.high() >>> 48) + ":x";
        } catch (IllegalArgumentException e) {
            return text; // a time, or something else with colons
        }
    }

    private static String ipv4(String text) {
        Ipv4Address address;
        try {
            address = Ipv4Address.parse(text);
        } catch (IllegalArgumentException e) {
            return text;
        }
        int bits = address.bits();
        int first = bits >>> 24;
        boolean isCommon = first == 10
                || first == 127
                || first == 255
                || bits >>> 16 == 0xc0a8
                || bits >>> 16 == 0xa9fe
                || bits >>> 20 == 0xac1
                || bits == 0;
        return isCommon ? text : first + "." + (bits >>> 16 & 0xff) + ".x.x";
    }
}
