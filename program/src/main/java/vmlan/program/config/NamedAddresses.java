package vmlan.program.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import vmlan.packet.IpAddress;
import vmlan.program.message.Failure;

/// A name that a network's DNS knows besides those of its guests, and what it stands for
/// (`network set --name NAME=ADDRESS`).
///
/// @param name in small letters, without a dot at the end
/// @param addresses one or more
public record NamedAddresses(String name, List<IpAddress> addresses) {
    /// The domain of guests (docs/networks.md).
    public static final String DOMAIN = "vmlan.internal";
    /// Of one name: as many as an answer of 512 bytes carries (RFC 1035 §4.2.1; a record of an IPv6 address with a
    /// compressed name is 28 bytes).
    private static final int MOST_ADDRESSES = 16;

    private static final String FORM = "take NAME=ADDRESS, such as db=10.0.0.5 or mirror.example.com=2001:db8::7";
    /// RFC 1035 §2.3.4 (lengths), RFC 1123 §2.1 (letters, digits, hyphens); the underscore is what services use
    /// (RFC 8552).
    private static final String LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";

    private static final int LONGEST = 253;
    private static final Set<String> RESERVED = Set.of("host", "gateway", "localhost", "wpad");

    public NamedAddresses {
        addresses = List.copyOf(addresses);
        name = name.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        if (name.length() > LONGEST || !name.matches(LABEL + "(\\." + LABEL + ")*")) {
            throw new IllegalArgumentException("'" + name + "' is no name that DNS can have");
        }
        String label = name.replaceFirst("\\." + DOMAIN.replace(".", "\\.") + "$", "");
        if (RESERVED.contains(label) || name.endsWith(".localhost") || name.equals(DOMAIN)) {
            throw new IllegalArgumentException("the name '" + name + "' is taken by the network itself");
        }
        if (addresses.isEmpty() || addresses.size() > MOST_ADDRESSES) {
            throw new IllegalArgumentException(
                    "'" + name + "' has " + addresses.size() + " addresses; 1 to " + MOST_ADDRESSES + " are possible");
        }
    }

    /// What several options say; one name may come more than once.
    public static List<NamedAddresses> parseAll(List<String> options) throws Failure {
        Map<String, List<IpAddress>> addresses = new LinkedHashMap<>();
        try {
            for (String option : options) {
                int equals = option.indexOf('=');
                if (equals < 0) {
                    throw new IllegalArgumentException("'" + option + "' gives a name no address");
                }
                addresses
                        .computeIfAbsent(
                                option.substring(0, equals).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                        .add(IpAddress.parse(option.substring(equals + 1)));
            }
            return addresses.entrySet().stream()
                    .map(entry -> new NamedAddresses(entry.getKey(), entry.getValue()))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage(), FORM);
        }
    }

    public List<String> addressTexts() {
        return addresses.stream().map(IpAddress::toString).toList();
    }

    /// As it stands in files and answers: an object with the names.
    public static Map<String, Object> toJson(List<NamedAddresses> names) {
        Map<String, Object> json = new LinkedHashMap<>();
        names.forEach(name -> json.put(name.name(), name.addressTexts()));
        return json;
    }

    /// @throws IllegalArgumentException that names what makes no sense
    public static NamedAddresses ofJson(Map.Entry<String, Object> json) {
        if (!(json.getValue() instanceof List<?> list)) {
            throw new IllegalArgumentException("the addresses of '" + json.getKey() + "' are no list");
        }
        return new NamedAddresses(
                json.getKey(),
                list.stream().map(String::valueOf).map(IpAddress::parse).toList());
    }
}
