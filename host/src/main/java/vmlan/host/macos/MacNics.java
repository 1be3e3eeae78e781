package vmlan.host.macos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// The interfaces of a Mac, from what its own tools print. Needs no rights.
///
/// `networksetup -listallhardwareports` knows what an interface is, `ifconfig -a` how it stands. What they print is as
/// people have recorded it, from macOS 10.10 to 26; it was not run on a Mac. Lines that are none of those are passed
/// over, and what has no end is cut.
public final class MacNics {
    /// What an interface is.
    public enum Kind {
        CABLE,
        WIFI,
        VIRTUAL
    }

    /// @param up whether it is up and has a carrier
    /// @param mac null where there is none
    /// @param ipv4 with prefix lengths, such as `192.0.2.1/24`
    /// @param ipv6 the same, without zones
    /// @param hardware whether it is a port of the machine's with an Ethernet address, as networksetup says
    public record Nic(
            String name,
            Kind kind,
            boolean up,
            MacAddress mac,
            int mtu,
            List<String> ipv4,
            List<String> ipv6,
            boolean hardware) {
        public Nic {
            ipv4 = List.copyOf(ipv4);
            ipv6 = List.copyOf(ipv6);
        }
    }

    /// Runs a program, and waits for it for some seconds at most.
    @FunctionalInterface
    public interface Runner {
        /// @return what it printed on standard output; empty where it failed
        String output(String... command) throws IOException;
    }

    private static final String NETWORKSETUP = "/usr/sbin/networksetup";
    private static final String IFCONFIG = "/sbin/ifconfig";
    private static final String ROUTE = "/sbin/route";

    /// A Mac has twenty interfaces, and one with many VMs some hundred.
    private static final int MOST = 1000;

    private static final int MOST_ADDRESSES = 100;
    private static final int MOST_LINES = 50_000;

    /// net/if.h: IFNAMSIZ is 16.
    private static final String NAME = "[A-Za-z0-9._-]{1,15}";

    /// `en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500`
    private static final Pattern HEAD = Pattern.compile("^(" + NAME + "): flags=[0-9a-f]{1,16}<([A-Z0-9_,]*)>.*");

    private static final Pattern MTU = Pattern.compile(" mtu ([0-9]{1,6})\\b");

    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}");

    private static final Pattern INTERFACE = Pattern.compile("^\\s*interface: (" + NAME + ")\\s*$");

    private MacNics() {}

    /// All of them, in ifconfig's order.
    public static List<Nic> read(Runner runner) throws IOException {
        return parse(runner.output(NETWORKSETUP, "-listallhardwareports"), runner.output(IFCONFIG, "-a"));
    }

    /// The interface by which the host reaches the outside by IPv4.
    public static Optional<String> ofDefaultRoute(Runner runner) throws IOException {
        return defaultRoute(runner.output(ROUTE, "-n", "get", "default"));
    }

    /// Of `interface: en0`, or of `route: writing to routing socket: not in table`, which is none.
    static Optional<String> defaultRoute(String said) {
        return said.lines()
                .limit(MOST_LINES)
                .map(INTERFACE::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1))
                .findFirst();
    }

    static List<Nic> parse(String hardwarePorts, String ifconfig) {
        Map<String, String> ports = ports(hardwarePorts);
        List<Nic> nics = new ArrayList<>();
        Interface current = null;
        for (String line : ifconfig.lines().limit(MOST_LINES).toList()) {
            Matcher head = HEAD.matcher(line);
            if (head.matches()) {
                if (current != null && nics.size() < MOST) {
                    nics.add(current.nic(ports));
                }
                current = new Interface(head.group(1), List.of(head.group(2).split(",")), mtu(line));
            } else if (current != null) {
                current.take(line.strip().split("\\s+"));
            }
        }
        if (current != null && nics.size() < MOST) {
            nics.add(current.nic(ports));
        }
        return nics;
    }

    private static int mtu(String line) {
        Matcher mtu = MTU.matcher(line);
        return mtu.find() ? Integer.parseInt(mtu.group(1)) : 0;
    }

    /// What each device is called: blocks of `Hardware Port: Wi-Fi`, `Device: en0`, `Ethernet Address: …` or `N/A`.
    /// Behind
    /// `VLAN Configurations` come VLANs in other words.
    ///
    /// @return only those with an Ethernet address
    private static Map<String, String> ports(String said) {
        Map<String, String> ports = new LinkedHashMap<>();
        String port = "";
        String device = "";
        for (String line : said.lines().limit(MOST_LINES).toList()) {
            if (line.startsWith("Hardware Port: ")) {
                port = line.substring("Hardware Port: ".length()).strip();
                device = "";
            } else if (line.startsWith("Device: ")) {
                device = line.substring("Device: ".length()).strip();
            } else if (line.startsWith("Ethernet Address: ")) {
                String mac = line.substring("Ethernet Address: ".length()).strip();
                if (device.matches(NAME) && MAC.matcher(mac).matches() && ports.size() < MOST) {
                    ports.put(device, port);
                }
            } else if (line.startsWith("VLAN Configurations")) {
                break;
            }
        }
        return ports;
    }

    private static Kind kind(String name, String port) {
        if (port == null || name.startsWith("bridge") || name.startsWith("vlan") || name.startsWith("bond")) {
            return Kind.VIRTUAL;
        }
        // AirPort up to Mac OS X 10.6; people may not rename hardware ports, only services
        return port.equals("Wi-Fi") || port.equals("AirPort") ? Kind.WIFI : Kind.CABLE;
    }

    /// One of ifconfig's, while its lines are read.
    private static final class Interface {
        private final String name;
        private final List<String> flags;
        private final int mtu;
        private final List<String> ipv4 = new ArrayList<>();
        private final List<String> ipv6 = new ArrayList<>();
        private MacAddress mac;
        private String status = "";

        Interface(String name, List<String> flags, int mtu) {
            this.name = name;
            this.flags = flags;
            this.mtu = mtu;
        }

        void take(String[] words) {
            if (words.length < 2) {
                return;
            }
            switch (words[0]) {
                case "ether" -> {
                    if (MAC.matcher(words[1]).matches()) {
                        mac = mac(words[1]);
                    }
                }
                case "inet" -> add(ipv4, ipv4(words));
                case "inet6" -> add(ipv6, ipv6(words));
                case "status:" -> status = words[1];
                default -> {
                    // options, media, members of bridges
                }
            }
        }

        private static void add(List<String> addresses, Optional<String> address) {
            if (addresses.size() < MOST_ADDRESSES) {
                address.ifPresent(addresses::add);
            }
        }

        /// macOS prints each byte with two digits, other BSDs did with one.
        private static MacAddress mac(String text) {
            long bits = 0;
            for (String part : text.split(":")) {
                bits = bits << 8 | Integer.parseInt(part, 16);
            }
            return new MacAddress(bits);
        }

        Nic nic(Map<String, String> ports) {
            String port = ports.get(name);
            Kind kind = kind(name, port);
            boolean up = flags.contains("UP") && flags.contains("RUNNING");
            return new Nic(
                    name,
                    kind,
                    up && (status.isEmpty() || status.equals("active")),
                    mac,
                    mtu,
                    ipv4,
                    ipv6,
                    port != null && mac != null && kind != Kind.VIRTUAL);
        }
    }

    private static String after(String[] words, String word) {
        for (int i = 0; i + 1 < words.length; i++) {
            if (words[i].equals(word)) {
                return words[i + 1];
            }
        }
        return "";
    }

    /// `inet 192.168.1.20 netmask 0xffffff00 broadcast 192.168.1.255`, and of tunnels `inet A --> B netmask …`
    private static Optional<String> ipv4(String[] words) {
        String mask = after(words, "netmask");
        if (!mask.matches("0x[0-9a-f]{8}")) {
            return Optional.empty();
        }
        int bits = Integer.parseUnsignedInt(mask.substring(2), 16);
        int length = Integer.bitCount(bits);
        if (length != 0 && bits != -1 << (32 - length)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Ipv4Address.parse(words[1]) + "/" + length);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// `inet6 fe80::1c2f:5ff:fe00:1%en0 prefixlen 64 secured scopeid 0xb`
    private static Optional<String> ipv6(String[] words) {
        String length = after(words, "prefixlen");
        int zone = words[1].indexOf('%');
        String address = zone < 0 ? words[1] : words[1].substring(0, zone);
        if (!length.matches("[0-9]{1,3}") || Integer.parseInt(length) > 128) {
            return Optional.empty();
        }
        try {
            return Optional.of(Ipv6Address.parse(address) + "/" + length);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
