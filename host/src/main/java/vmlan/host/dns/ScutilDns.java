package vmlan.host.dns;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.network.dns.DnsServer;

/// What `scutil --dns` prints on a Mac: all resolvers of the system, with the domain that each is for. Those of
/// `/etc/resolver` (resolver(5)) and of VPNs are among them.
///
/// ```
/// resolver #1
///   search domain[0] : home.example
///   nameserver[0] : 192.168.1.1
///   flags    : Request A records
///
/// resolver #2
///   domain   : local
///   options  : mdns
/// ```
///
/// The second list, "for scoped queries", is for programs that bind to one interface, and not for us.
final class ScutilDns {
    private static final Pattern FIELD = Pattern.compile("\\s+([a-z_ ]+?)(\\[\\d+])?\\s*: (.*)");
    /// Of those without an order of their own (configd, dnsinfo/dnsinfo.h: DEFAULT_SEARCH_ORDER). VPNs' begin at half
    /// of it, mDNS's at one and a half (configd, dns-configuration.c: add_supplemental_resolvers,
    /// add_multicast_resolvers).
    private static final long DEFAULT_ORDER = 200_000;

    private ScutilDns() {}

    /// A resolver that is being read.
    private static final class Reading {
        final List<String> addresses = new ArrayList<>();
        final List<String> search = new ArrayList<>();
        String domain = "";
        String options = "";
        int port = DnsServer.PORT;
        long order = DEFAULT_ORDER;

        void field(String name, String value) {
            switch (name) {
                case "nameserver" -> addresses.add(value);
                case "search domain" -> search.add(ResolvConf.domain(value));
                case "domain" -> domain = ResolvConf.domain(value);
                case "options" -> options = value;
                case "port" -> port = (int) number(value, DnsServer.PORT, 0xffff);
                case "order" -> order = number(value, DEFAULT_ORDER, Integer.MAX_VALUE);
                default -> {}
            }
        }

        private static long number(String value, long otherwise, long most) {
            if (!value.matches("[0-9]{1,10}")) {
                return otherwise;
            }
            long number = Long.parseLong(value);
            return number > most ? otherwise : number;
        }

        void addTo(List<Resolvers.Entry> entries) {
            // Multicast DNS speaks another protocol (RFC 6762 §6); its name service is the host's own affair.
            if (options.contains("mdns")) {
                return;
            }
            List<DnsServer> servers = new ArrayList<>();
            for (String address : addresses) {
                try {
                    servers.add(DnsServer.parse(address, port));
                } catch (IllegalArgumentException e) {
                    // one that nobody can ask
                }
            }
            if (!servers.isEmpty()) {
                entries.add(new Resolvers.Entry(domain, List.copyOf(servers), order));
            }
        }
    }

    static Resolvers parse(String text) {
        List<Resolvers.Entry> entries = new ArrayList<>();
        List<String> search = new ArrayList<>();
        Reading reading = null;
        for (String line : text.lines().toList()) {
            if (line.startsWith("DNS configuration (for ")) {
                break;
            }
            if (line.startsWith("resolver #")) {
                finish(reading, entries, search);
                reading = new Reading();
            } else if (reading != null) {
                Matcher field = FIELD.matcher(line);
                if (field.matches()) {
                    reading.field(field.group(1), field.group(3).strip());
                }
            }
        }
        finish(reading, entries, search);
        return new Resolvers(List.copyOf(entries), List.copyOf(search));
    }

    private static void finish(Reading reading, List<Resolvers.Entry> entries, List<String> search) {
        if (reading != null) {
            reading.addTo(entries);
            search.addAll(reading.search);
        }
    }
}
