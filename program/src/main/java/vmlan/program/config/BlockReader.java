package vmlan.program.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import vmlan.packet.DomainName;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;

/// Reads the block of one network, and says all that is wrong in it.
final class BlockReader {
    private static final List<String> MODES =
            List.of("shared", "host", "private", "bridged", NetworkName.VMNET_SHARED, NetworkName.VMNET_HOST);
    private static final List<String> DHCP_KEYS = List.of("from", "to", "lease");

    private static final String PORT = "accepted are ports such as 5432 or 514/udp, 53 and 67 excepted";
    /// A line in a file and an entry of a table each; only a mistake has more.
    private static final int MOST = 256;

    private static final int MOST_RESERVATIONS = 1024;
    private static final int MOST_SERVERS = 8;
    /// What old resolvers look at (resolv.conf(5): six before glibc 2.26); each makes a wrong name slower.
    private static final int MOST_SEARCH = 6;
    private static final List<String> DNS_KEYS = List.of("servers", "address", "search");
    /// RFC 8200 §5; an IPv4 packet's length has 16 bits, and Ethernet's header is to fit beside it.
    private static final int LEAST_MTU = 1280;

    private static final int MOST_MTU = 65_520;

    private final YamlTree tree;
    private final Problems problems;
    private final String name;
    private final Node key;
    private final Map<String, NodeTuple> entries;
    /// Null when what stands there is none.
    private final NetworkMode mode;

    private final NetworkName network;
    private final Map<String, NodeTuple> dns;

    private BlockReader(YamlTree tree, Problems problems, String name, Node key, Node value) {
        this.tree = tree;
        this.problems = problems;
        this.name = name;
        this.key = key;
        this.entries = YamlTree.isNull(value) ? Map.of() : tree.mapping(value, "the network " + name);
        this.mode = mode();
        this.network = network();
        this.dns = value("dns") == null ? Map.of() : tree.mapping(value("dns"), "dns", DNS_KEYS);
    }

    /// @return null when there are problems
    static NetworkBlock read(YamlTree tree, Problems problems, String name, Node key, Node value) {
        int before = problems.count();
        BlockReader reader = new BlockReader(tree, problems, name, key, value);
        reader.checkKeys();
        reader.checkApples();
        NetworkBlock block = reader.block();
        return problems.count() > before ? null : block;
    }

    private Node value(String setting) {
        NodeTuple entry = entries.get(setting);
        return entry == null ? null : entry.getValueNode();
    }

    private NetworkName network() {
        NetworkName builtIn = NetworkName.builtIn(name).orElse(null);
        if (builtIn != null && value("mode") != null && mode != null && mode != builtIn.mode()) {
            problems.add(
                    value("mode"),
                    "the network " + name + " is built in, its mode is "
                            + builtIn.mode().key(),
                    "leave mode away, or give the network another name");
        }
        if (builtIn != null) {
            return builtIn;
        }
        return new NetworkName(
                name, mode == null ? NetworkMode.SHARED : mode, mode == NetworkMode.BRIDGED ? nic() : null);
    }

    private NetworkMode mode() {
        Node node = value("mode");
        if (node == null) {
            return NetworkMode.SHARED;
        }
        String accepted = "accepted are " + String.join(", ", MODES);
        String text = tree.text(node, "mode", accepted).orElse(null);
        if (text == null) {
            return null;
        }
        if (!MODES.contains(text)) {
            problems.add(node, "'" + text + "' is no mode", Problems.accepted(text, MODES));
            return null;
        }
        NetworkMode known = NetworkMode.ofKey(text);
        return known == NetworkMode.HOST ? NetworkMode.host() : known;
    }

    private String nic() {
        Node node = value("interface");
        String accepted = "write the name of a NIC such as en0 (see: vmlan interfaces)";
        if (node == null) {
            problems.add(key, "the network " + name + " is bridged and names no NIC", "write interface: NIC");
            return null;
        }
        String nic = tree.text(node, "interface", accepted).orElse(null);
        if (nic != null && !NetworkName.isNic(nic)) {
            problems.add(node, "'" + nic + "' is no name that a NIC can have", accepted);
        }
        return nic;
    }

    /// The ones that the mode has; with an unknown mode, all.
    private void checkKeys() {
        List<String> all = ModeSettings.all();
        NetworkMode its = mode == null ? null : network.mode();
        List<String> here = ModeSettings.of(its);
        entries.forEach((setting, entry) -> {
            if (!all.contains(setting)) {
                problems.add(
                        entry.getKeyNode(),
                        "a network has no setting '" + setting + "'",
                        Problems.accepted(setting, its == null ? all : here));
            } else if (its != null && !here.contains(setting)) {
                problems.add(
                        entry.getKeyNode(),
                        "a network whose mode is " + its.key() + " has no " + setting,
                        "accepted are " + String.join(", ", here));
            }
        });
    }

    /// Without, it would be the same segment as every other one of its mode: vmnet has one that nobody has described.
    private void checkApples() {
        if (network.mode().isApples() && !network.isBuiltIn() && value("ipv4") == null) {
            problems.add(
                    key,
                    "the network " + name + " is one of macOS' own and names no addresses, so it would be the same as "
                            + (network.mode() == NetworkMode.VMNET_HOST ? "host" : NetworkName.VMNET_SHARED),
                    "write ipv4: NETWORK, such as 192.168.105.0/24");
        }
    }

    private NetworkBlock block() {
        Ipv4Prefix ipv4 = read("ipv4", "write a network such as 10.20.0.0/24", Prefixes::ipv4);
        Ipv4Address gateway = addressWithin("gateway", value("gateway"), ipv4);
        Map<String, NodeTuple> dhcp = value("dhcp") == null ? Map.of() : tree.mapping(value("dhcp"), "dhcp", DHCP_KEYS);
        Ipv4Address from = addressWithin("dhcp.from", value(dhcp, "from"), ipv4);
        Ipv4Address to = addressWithin("dhcp.to", value(dhcp, "to"), ipv4);
        if (from != null && to != null && from.compareTo(to) > 0) {
            problems.add(
                    value(dhcp, "to"), "dhcp.to " + to + " is below dhcp.from " + from, "write the higher one here");
        }
        Node lease = value(dhcp, "lease");
        GatewayBlock services = gatewayBlock(ipv4, gateway);
        return new NetworkBlock(
                network,
                YamlTree.line(key),
                uplink(),
                ipv4,
                gateway,
                from,
                to,
                lease == null
                        ? null
                        : tree.value(
                                lease,
                                "dhcp.lease",
                                "write a time from 1m to 365d, such as 90s, 30m, 12h or 7d",
                                LeaseTime::parse),
                read("ipv6", "write a network of 64 bits such as fd12:3456:789a:1::/64", Prefixes::ipv6),
                value("mtu") == null ? null : tree.number(value("mtu"), "mtu", LEAST_MTU, MOST_MTU),
                value("isolated") == null ? null : tree.flag(value("isolated"), "isolated"),
                allowHost(),
                names(),
                reservations(ipv4, gateway, services.dns()),
                dnsServers(),
                services);
    }

    private UplinkChoice uplink() {
        return new UplinkChoice(
                read("mac-nat", "accepted are on, off, auto", MacTranslation::ofKey),
                read("via", "accepted are " + String.join(", ", Via.ofNetworks()), Via::ofNetwork));
    }

    private static Node value(Map<String, NodeTuple> entries, String setting) {
        return entries.containsKey(setting) ? entries.get(setting).getValueNode() : null;
    }

    private <T> T read(String setting, String accepted, Function<String, T> reader) {
        Node node = value(setting);
        return node == null ? null : tree.value(node, setting, accepted, reader);
    }

    private Ipv4Address addressWithin(String what, Node node, Ipv4Prefix ipv4) {
        return node == null ? null : within(what, node, tree.ipv4(node, what), ipv4);
    }

    /// Addresses mean something in a subnet that is written down, too.
    private Ipv4Address within(String what, Node node, Ipv4Address address, Ipv4Prefix ipv4) {
        if (address != null && value("ipv4") == null) {
            problems.add(node, what + " needs the network that it is in", "write ipv4: NETWORK, such as 10.20.0.0/24");
            return null;
        }
        if (address != null && ipv4 != null && !isHost(address, ipv4)) {
            problems.add(
                    node,
                    what + " " + address + " is no address of a host in " + ipv4,
                    "accepted are " + ipv4.network().plus(1) + " to "
                            + ipv4.broadcast().plus(-1));
            return null;
        }
        return address;
    }

    private static boolean isHost(Ipv4Address address, Ipv4Prefix ipv4) {
        return ipv4.contains(address) && !address.equals(ipv4.network()) && !address.equals(ipv4.broadcast());
    }

    private List<HostPort> allowHost() {
        Node node = value("allow-host");
        if (node == null) {
            return null;
        }
        TreeSet<HostPort> ports = new TreeSet<>();
        List<Node> items = atMost(node, tree.listOrOne(node, "allow-host", PORT), MOST, "ports");
        for (Node item : items) {
            HostPort port = tree.value(item, "allow-host", PORT, HostPort::parse);
            if (port != null && !ports.add(port)) {
                problems.add(item, "allow-host: " + port + " is there already", "say it once");
            }
        }
        return List.copyOf(ports);
    }

    private <T> List<T> atMost(Node node, List<T> items, int most, String what) {
        if (items.size() <= most) {
            return items;
        }
        problems.add(node, "these are " + items.size() + " " + what, "at most " + most + " are possible");
        return items.subList(0, most);
    }

    private List<NamedAddresses> names() {
        Node node = value("names");
        if (node == null) {
            return null;
        }
        Map<String, NamedAddresses> names = new HashMap<>();
        Map<String, NodeTuple> named = tree.mapping(node, "names");
        for (Map.Entry<String, NodeTuple> entry : atMost(node, new ArrayList<>(named.entrySet()), MOST, "names")) {
            String accepted = "write an address or a list of them, such as [10.0.0.5, \"2001:db8::5\"]";
            Node value = entry.getValue().getValueNode();
            List<IpAddress> addresses = new ArrayList<>();
            int before = problems.count();
            for (Node item : tree.listOrOne(value, "names." + entry.getKey(), accepted)) {
                IpAddress address = tree.value(item, "names." + entry.getKey(), accepted, IpAddress::parse);
                if (address != null) {
                    addresses.add(address);
                }
            }
            if (problems.count() == before) {
                name(entry.getValue().getKeyNode(), entry.getKey(), addresses, names);
            }
        }
        return names.values().stream()
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .toList();
    }

    private void name(Node at, String spelling, List<IpAddress> addresses, Map<String, NamedAddresses> names) {
        try {
            NamedAddresses named = new NamedAddresses(spelling, addresses);
            if (names.putIfAbsent(named.name(), named) != null) {
                problems.add(at, "the name '" + named.name() + "' comes twice", "say it once");
            }
        } catch (IllegalArgumentException e) {
            problems.add(
                    at,
                    "names: " + e.getMessage(),
                    "write a name of letters, digits, hyphens and dots, and 1 to 16 addresses");
        }
    }

    private List<Reservation> reservations(Ipv4Prefix ipv4, Ipv4Address gateway, Ipv4Address dnsAddress) {
        Node node = value("reservations");
        if (node == null) {
            return List.of();
        }
        Map<Ipv4Address, Reservation> byAddress = new HashMap<>();
        Map<Object, Reservation> byOwner = new HashMap<>();
        List<Reservation> reservations = new ArrayList<>();
        Ipv4Address own =
                gateway != null ? gateway : ipv4 == null ? null : ipv4.network().plus(1);
        List<Map.Entry<String, NodeTuple>> entered =
                new ArrayList<>(tree.mapping(node, "reservations").entrySet());
        for (Map.Entry<String, NodeTuple> entry : atMost(node, entered, MOST_RESERVATIONS, "reservations")) {
            Node value = entry.getValue().getValueNode();
            String what = "the reservation of " + entry.getKey();
            Ipv4Address address = within(what, value, tree.ipv4(value, what), ipv4);
            Reservation reservation = owner(entry.getValue().getKeyNode(), entry.getKey(), address);
            if (address == null || reservation == null) {
                continue;
            }
            if (address.equals(own) || address.equals(dnsAddress)) {
                problems.add(value, what + " is the gateway's address " + address, "take another one, or set gateway:");
                continue;
            }
            Reservation same = byAddress.putIfAbsent(address, reservation);
            if (same != null) {
                problems.add(value, address + " is reserved for " + same.who() + " already", "take another address");
                continue;
            }
            if (byOwner.putIfAbsent(reservation.who(), reservation) != null) {
                problems.add(
                        entry.getValue().getKeyNode(), reservation.who() + " has an address already", "say it once");
                continue;
            }
            reservations.add(reservation);
        }
        return reservations;
    }

    private Reservation owner(Node at, String who, Ipv4Address address) {
        try {
            return Reservation.of(who, address);
        } catch (IllegalArgumentException e) {
            problems.add(
                    at,
                    "reservations: " + e.getMessage(),
                    "write a VM's name (small letters, digits, hyphens) or a MAC address such as \"52:54:00:12:34:56\"");
            return null;
        }
    }

    private GatewayBlock gatewayBlock(Ipv4Prefix ipv4, Ipv4Address gateway) {
        Node at = value(dns, "address");
        Ipv4Address address = addressWithin("dns.address", at, ipv4);
        if (address != null && address.equals(gateway == null ? ipv4.network().plus(1) : gateway)) {
            problems.add(
                    at, "dns.address " + address + " is the gateway's", "leave dns.address away: it answers there");
        }
        return GatewayBlock.of(address, search());
    }

    private List<String> search() {
        Node node = value(dns, "search");
        List<String> domains = new ArrayList<>();
        if (node != null) {
            String accepted = "write domains such as [example.com, lab.example.com]";
            for (Node item : atMost(node, tree.listOrOne(node, "dns.search", accepted), MOST_SEARCH, "domains")) {
                DomainName domain = tree.value(item, "dns.search", accepted, DomainName::new);
                if (domain != null) {
                    domains.add(domain.text());
                }
            }
        }
        return domains;
    }

    private List<IpAddress> dnsServers() {
        Node servers = value(dns, "servers");
        List<IpAddress> addresses = new ArrayList<>();
        if (servers != null) {
            String accepted = "write addresses of DNS servers, such as [10.0.0.53]";
            for (Node item :
                    atMost(servers, tree.listOrOne(servers, "dns.servers", accepted), MOST_SERVERS, "servers")) {
                IpAddress address = tree.value(item, "dns.servers", accepted, IpAddress::parse);
                if (address != null) {
                    addresses.add(address);
                }
            }
        }
        return addresses;
    }
}
