package vmlan.program.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import vmlan.host.dns.HostDns;
import vmlan.network.dns.DnsServer;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv6Address;
import vmlan.qemu.tool.Tool;

/// The way out, as the host has it: names, IPv6, firewalls. Nothing is sent; only what the system says is read.
final class OutsideChecks {
    private static final String WHY_RESOLVERS = "guests' questions for names go to the host's own resolvers";
    private static final String WHY_HOSTS = "guests know the names of the host's /etc/hosts";
    private static final String WHY_IPV6 = "guests reach outside by IPv6 what the host reaches by it";
    private static final String WHY_FIREWALL =
            "it decides about what guests ask of the host by a tap, and about ports published on other addresses than"
                    + " the loopback's";

    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
    private static final Path HOSTS = Path.of("/etc/hosts");
    private static final Path UFW = Path.of("/etc/ufw/ufw.conf");

    private final Host host;

    OutsideChecks(Host host) {
        this.host = host;
    }

    List<Check> all() {
        List<Check> checks = new ArrayList<>(List.of(
                new Check("resolvers", WHY_RESOLVERS, () -> List.of(resolvers())),
                new Check("hosts file", WHY_HOSTS, () -> List.of(hostsFile())),
                new Check("IPv6", WHY_IPV6, () -> List.of(ipv6()))));
        if (!host.isMac()) {
            checks.add(new Check("firewall", WHY_FIREWALL, () -> List.of(firewall())));
        }
        return checks;
    }

    private Finding resolvers() throws IOException {
        String said;
        if (host.isMac()) {
            said = host.run("/usr/sbin/scutil", "--dns").output();
        } else if (host.facts(RESOLV_CONF).isEmpty()) {
            return withoutResolver("there is no " + RESOLV_CONF);
        } else {
            said = host.text(RESOLV_CONF);
        }
        List<DnsServer> servers = HostDns.serversIn(said, host.isMac());
        if (servers.isEmpty()) {
            return withoutResolver("none in " + (host.isMac() ? "scutil --dns" : RESOLV_CONF));
        }
        String list = servers.stream().map(OutsideChecks::text).collect(Collectors.joining(", "));
        for (DnsServer server : servers) {
            if (!host.isMac() && isLoopback(server.address()) && !isListening(server)) {
                return Finding.warning(
                        "resolvers",
                        list + ", and nobody listens at " + text(server),
                        WHY_RESOLVERS,
                        "start what should: sudo systemctl restart systemd-resolved, or name another in "
                                + RESOLV_CONF);
            }
        }
        return Finding.ok("resolvers", list, WHY_RESOLVERS);
    }

    private Finding withoutResolver(String found) {
        return Finding.warning(
                "resolvers",
                found,
                WHY_RESOLVERS + "; without one they know only each other's",
                "name one: echo 'nameserver ADDRESS' | sudo tee -a " + RESOLV_CONF);
    }

    private static String text(DnsServer server) {
        return server.address()
                + (server.zone().isEmpty() ? "" : "%" + server.zone())
                + (server.port() == DnsServer.PORT ? "" : " port " + server.port());
    }

    /// 127.0.0.0/8 (RFC 1122 §3.2.1.3) and ::1 (RFC 4291 §2.5.3).
    private static boolean isLoopback(IpAddress address) {
        return address.isIpv4()
                ? address.ipv4().bits() >>> 24 == 127
                : address.ipv6().equals(new Ipv6Address(0, 1));
    }

    /// By the kernel's lists of UDP sockets (net/ipv4/udp.c, udp4_format_sock; net/ipv6/udp.c): address in words of
    /// the machine's order, port, in hexadecimal. A socket on all addresses is one, too.
    private boolean isListening(DnsServer server) throws IOException {
        IpAddress address = server.address();
        String port = String.format(Locale.ROOT, ":%04X", server.port());
        List<String> wanted = new ArrayList<>(List.of("00000000000000000000000000000000" + port));
        if (address.isIpv4()) {
            wanted.add("00000000" + port);
            wanted.add(HexFormat.of()
                            .withUpperCase()
                            .toHexDigits(Integer.reverseBytes(address.ipv4().bits()))
                    + port);
        } else {
            wanted.add("00000000000000000000000001000000" + port);
        }
        StringBuilder sockets = new StringBuilder();
        for (String list : List.of("/proc/net/udp", "/proc/net/udp6")) {
            Path file = Path.of(list);
            if (host.facts(file).isPresent()) {
                sockets.append(host.text(file));
            }
        }
        return sockets.toString()
                .lines()
                .map(line -> line.strip().split("\\s+", -1))
                .anyMatch(columns -> columns.length > 1 && wanted.contains(columns[1]));
    }

    private Finding hostsFile() throws IOException {
        Optional<FileFacts> facts = host.facts(HOSTS);
        if (facts.isEmpty() || !facts.get().readable()) {
            return Finding.note(
                    "hosts file",
                    HOSTS + (facts.isEmpty() ? " is missing" : " cannot be read by this user"),
                    WHY_HOSTS,
                    facts.isEmpty() ? "nothing, unless you miss such names" : "type: sudo chmod 644 " + HOSTS);
        }
        long entries = host.text(HOSTS)
                .lines()
                .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
                .count();
        return Finding.ok("hosts file", entries + (entries == 1 ? " entry" : " entries"), WHY_HOSTS);
    }

    private Finding ipv6() throws IOException {
        return hasIpv6Route()
                ? Finding.ok("IPv6", "the host has a default route", WHY_IPV6)
                : Finding.note(
                        "IPv6",
                        "the host has no default route",
                        "guests reach each other and the gateway by IPv6, and outside by IPv4 only",
                        null);
    }

    private boolean hasIpv6Route() throws IOException {
        if (host.isMac()) {
            Tool run = host.run("/sbin/route", "-n", "get", "-inet6", "default");
            return run.succeeded() && run.output().contains("gateway:");
        }
        Path table = Path.of("/proc/net/ipv6_route");
        if (host.facts(table).isEmpty()) {
            return false;
        }
        // net/ipv6/route.c, rt6_info_route: destination, length, …, flags (the ninth), interface
        return host.text(table)
                .lines()
                .map(line -> line.strip().split("\\s+", -1))
                .anyMatch(columns -> columns.length == 10
                        && columns[0].equals("0".repeat(32))
                        && columns[1].equals("00")
                        && !columns[9].equals("lo"));
    }

    private Finding firewall() throws IOException {
        List<String> on = new ArrayList<>();
        if (host.facts(UFW).filter(FileFacts::readable).isPresent()
                && host.text(UFW).lines().anyMatch(line -> line.strip().equalsIgnoreCase("ENABLED=yes"))) {
            on.add("ufw");
        }
        Optional<Path> client = host.program("firewall-cmd");
        if (client.isPresent()
                && host.run(client.get().toString(), "--state").output().strip().equals("running")) {
            on.add("firewalld");
        }
        if (on.isEmpty()) {
            String closed = closedChain();
            if (closed.isEmpty()) {
                return Finding.ok("firewall", "none that closes this host, as far as this user can see", WHY_FIREWALL);
            }
            return Finding.note(
                    "firewall",
                    closed,
                    WHY_FIREWALL,
                    "where guests shall reach the host by a tap: sudo nft insert rule FAMILY TABLE CHAIN iifname"
                            + " \"vmlan*\" accept");
        }
        return Finding.note(
                "firewall",
                String.join(" and ", on) + (on.size() == 1 ? " is on" : " are on"),
                WHY_FIREWALL,
                on.contains("ufw")
                        ? "where guests shall reach the host by a tap: sudo ufw allow in on vmlan-shared"
                        : "where guests shall reach the host by a tap: sudo firewall-cmd --zone=trusted"
                                + " --add-interface=vmlan-shared");
    }

    /// The input chain that drops what no rule takes; empty when there is none, or it cannot be seen.
    private String closedChain() throws IOException {
        Optional<Path> nft = host.program("nft");
        if (nft.isEmpty()) {
            return "";
        }
        Tool run = host.run(nft.get().toString(), "list", "chains");
        return run.output()
                .lines()
                .map(String::strip)
                .filter(line -> line.contains("hook input") && line.contains("policy drop"))
                .findFirst()
                .map(line -> "nftables: " + line)
                .orElse("");
    }
}
