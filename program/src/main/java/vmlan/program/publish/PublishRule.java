package vmlan.program.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.program.message.Failure;

/// One `--publish`: ports of the host that lead to ports of a guest, one to one.
///
/// @param addresses of the host, where the ports are opened: one, or one of each family
/// @param hostPort the first one; 0 for any that is free
/// @param guestPort the first one
/// @param count how many
/// @param guestAddress of the guest, for one that has taken an address without being given it; null for where it is
///     seen. Written `HOST:GUEST@ADDRESS`
public record PublishRule(
        boolean udp, List<IpAddress> addresses, int hostPort, int guestPort, int count, Ipv4Address guestAddress) {
    /// What is accepted, for whoever typed something else.
    public static final String FORM =
            "take [ADDRESS:]HOST[-HOST]:GUEST[-GUEST][/tcp|/udp], such as 8080:80, 0.0.0.0:8080:80 or [::1]:5353:53/udp";

    /// Ports of one rule. Each is a socket or two of the network's process.
    public static final int MOST_PORTS = 256;

    private static final int LAST_PORT = 0xffff;
    /// Only for this host.
    private static final List<IpAddress> LOOPBACK =
            List.of(IpAddress.of(Ipv4Address.parse("127.0.0.1")), IpAddress.of(new Ipv6Address(0, 1)));
    static final IpAddress ANY4 = IpAddress.of(Ipv4Address.ANY);
    static final IpAddress ANY6 = IpAddress.of(Ipv6Address.ANY);
    /// For everybody who reaches this host.
    private static final List<IpAddress> EVERYWHERE = List.of(ANY4, ANY6);

    public PublishRule {
        addresses = List.copyOf(addresses);
    }

    /// Reads what `--publish` takes.
    ///
    /// @throws IllegalArgumentException that names the part which is wrong
    public static PublishRule parse(String text) {
        String ports = text;
        boolean udp = false;
        int slash = text.lastIndexOf('/');
        if (slash >= 0) {
            String protocol = text.substring(slash + 1).toLowerCase(Locale.ROOT);
            if (!protocol.equals("tcp") && !protocol.equals("udp")) {
                throw bad(text, "'" + text.substring(slash + 1) + "' is neither tcp nor udp");
            }
            udp = protocol.equals("udp");
            ports = text.substring(0, slash);
        }
        Ipv4Address guestAddress = null;
        int at = ports.lastIndexOf('@');
        if (at >= 0) {
            guestAddress = guestAddress(text, ports.substring(at + 1));
            ports = ports.substring(0, at);
        }
        List<IpAddress> addresses = LOOPBACK;
        if (ports.startsWith("[")) {
            int end = ports.indexOf("]:");
            if (end < 0) {
                throw bad(text, "the address in brackets is not followed by ']:'");
            }
            addresses = address(text, ports.substring(1, end), true);
            ports = ports.substring(end + 2);
        } else if (ports.indexOf(':') != ports.lastIndexOf(':')) {
            int end = ports.indexOf(':');
            addresses = address(text, ports.substring(0, end), false);
            ports = ports.substring(end + 1);
        }
        int colon = ports.indexOf(':');
        if (colon < 0) {
            throw bad(text, "it names no port of the guest");
        }
        if (colon != ports.lastIndexOf(':')) {
            throw bad(text, "it has too many colons; an IPv6 address goes in brackets");
        }
        return of(text, udp, addresses, ports.substring(0, colon), ports.substring(colon + 1), guestAddress);
    }

    private static Ipv4Address guestAddress(String text, String address) {
        try {
            return Ipv4Address.parse(address);
        } catch (IllegalArgumentException e) {
            throw bad(text, "the guest's address: " + e.getMessage(), e);
        }
    }

    private static PublishRule of(
            String text, boolean udp, List<IpAddress> addresses, String host, String guest, Ipv4Address guestAddress) {
        int[] hostPorts = range(text, "host", host);
        int[] guestPorts = range(text, "guest", guest);
        int count = guestPorts[1] - guestPorts[0] + 1;
        if (hostPorts[1] - hostPorts[0] + 1 != count) {
            throw bad(
                    text,
                    "host and guest have different numbers of ports, " + (hostPorts[1] - hostPorts[0] + 1) + " and "
                            + count);
        }
        if (count > MOST_PORTS) {
            throw bad(text, count + " ports are more than one rule may have, which is " + MOST_PORTS);
        }
        if (hostPorts[0] == 0 && count > 1) {
            throw bad(text, "a range cannot begin with port 0, which stands for one that is free");
        }
        if (guestPorts[0] == 0) {
            throw bad(text, "a guest has no port 0");
        }
        return new PublishRule(udp, addresses, hostPorts[0], guestPorts[0], count, guestAddress);
    }

    private static List<IpAddress> address(String text, String address, boolean bracketed) {
        if (address.equals("*") && !bracketed) {
            return EVERYWHERE;
        }
        IpAddress parsed;
        try {
            parsed = bracketed ? IpAddress.of(Ipv6Address.parse(address)) : IpAddress.of(Ipv4Address.parse(address));
        } catch (IllegalArgumentException e) {
            String brackets = !bracketed && text.indexOf("::") >= 0 ? "; an IPv6 address goes in brackets" : "";
            throw bad(text, e.getMessage() + brackets, e);
        }
        boolean isGroup = parsed.isIpv4()
                ? parsed.ipv4().bits() >>> 28 >= 0xe // 224/4 (RFC 5771), 240/4 and broadcast (RFC 1112 §4)
                : parsed.ipv6().isMulticast();
        if (isGroup) {
            throw bad(text, parsed + " is no address that a host can have");
        }
        if (!parsed.isIpv4() && parsed.ipv6().isLinkLocal()) {
            throw bad(text, parsed + " is link-local, which says nothing without an interface");
        }
        return List.of(parsed);
    }

    private static int[] range(String text, String whose, String ports) {
        int hyphen = ports.indexOf('-');
        int first = port(text, whose, hyphen < 0 ? ports : ports.substring(0, hyphen));
        int last = hyphen < 0 ? first : port(text, whose, ports.substring(hyphen + 1));
        if (last < first) {
            throw bad(text, "the " + whose + "'s range " + ports + " runs backwards");
        }
        return new int[] {first, last};
    }

    private static int port(String text, String whose, String port) {
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > LAST_PORT) {
            // Only the host has a port 0, which is any that is free.
            int first = whose.equals("host") ? 0 : 1;
            throw bad(text, "the " + whose + "'s '" + port + "' is not a port from " + first + " to " + LAST_PORT);
        }
        return Integer.parseInt(port);
    }

    private static IllegalArgumentException bad(String text, String why) {
        return new IllegalArgumentException("'" + text + "' publishes nothing: " + why);
    }

    private static IllegalArgumentException bad(String text, String why, IllegalArgumentException cause) {
        return new IllegalArgumentException("'" + text + "' publishes nothing: " + why, cause);
    }

    /// The rules of one command line, none of which stands in another's way.
    public static List<PublishRule> parseAll(List<String> texts) throws Failure {
        List<PublishRule> rules = new ArrayList<>();
        try {
            for (String text : texts) {
                PublishRule rule = parse(text);
                for (PublishRule other : rules) {
                    if (rule.meets(other)) {
                        throw new IllegalArgumentException(
                                "'" + rule + "' and '" + other + "' want the same port of the host");
                    }
                }
                rules.add(rule);
            }
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage(), FORM);
        }
        return rules;
    }

    /// Whether both want a port of the host that only one can have.
    public boolean meets(PublishRule other) {
        boolean meetsPorts = hostPort != 0
                && other.hostPort != 0
                && hostPort < other.hostPort + other.count
                && other.hostPort < hostPort + count;
        return udp == other.udp
                && meetsPorts
                && addresses.stream().anyMatch(mine -> other.addresses.stream().anyMatch(its -> meet(mine, its)));
    }

    /// A socket at `::` takes IPv4 too.
    private static boolean meet(IpAddress one, IpAddress other) {
        return one.equals(other)
                || one.equals(ANY6)
                || other.equals(ANY6)
                || (one.isIpv4() && other.isIpv4() && (one.equals(ANY4) || other.equals(ANY4)));
    }

    /// Where sockets are opened, in order.
    ///
    /// @return the address, and whether it may be lacking on the host
    List<Place> places() {
        if (addresses.size() == 1) {
            return List.of(new Place(addresses.getFirst(), false));
        }
        // One socket at `::` does for both families; the other is for hosts without IPv6.
        return addresses.equals(EVERYWHERE)
                ? List.of(new Place(ANY6, true), new Place(ANY4, false))
                : List.of(new Place(addresses.getFirst(), false), new Place(addresses.getLast(), true));
    }

    /// @param isOptional nobody asked for it by itself, so it is no matter when the host has no such address
    record Place(IpAddress address, boolean isOptional) {}

    /// Whether a socket at this address serves everybody, so that those after it are not needed.
    boolean isEnough(IpAddress address) {
        return address.equals(ANY6);
    }

    /// The same at another port of the host, for one that was to be any.
    PublishRule at(int newHostPort) {
        return new PublishRule(udp, addresses, newHostPort, guestPort, count, guestAddress);
    }

    /// A host's address and the ports there, as people write them.
    String at(IpAddress address) {
        if (addresses.equals(EVERYWHERE) && address.equals(ANY6)) {
            return "*:" + range(hostPort);
        }
        return (address.isIpv4() ? address.toString() : "[" + address + "]") + ":" + range(hostPort);
    }

    /// The guest's port or range, as people write it.
    public String guestPorts() {
        return range(guestPort);
    }

    private String range(int first) {
        return count == 1 ? Integer.toString(first) : first + "-" + (first + count - 1);
    }

    /// What [#parse] takes.
    @Override
    public String toString() {
        String where = addresses.equals(LOOPBACK) ? "" : addresses.equals(EVERYWHERE) ? "*:" : null;
        return (where != null ? where + range(hostPort) : at(addresses.getFirst()))
                + ":"
                + guestPorts()
                + (guestAddress == null ? "" : "@" + guestAddress)
                + (udp ? "/udp" : "");
    }
}
