package vmlan.host.dns;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import vmlan.network.dns.DnsServer;

/// The form of `/etc/resolv.conf` (resolv.conf(5)).
final class ResolvConf {
    /// glibc's resolver takes the first three (resolv.h, MAXNS).
    private static final int MOST_SERVERS = 3;

    private ResolvConf() {}

    /// Lines that say something else are left out, as glibc does. Its options concern the resolver on the host,
    /// which the guest has one of its own for.
    static Resolvers parse(String text) {
        List<DnsServer> servers = new ArrayList<>();
        List<String> search = List.of();
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+", -1);
            switch (words[0]) {
                case "nameserver" -> {
                    if (words.length > 1 && servers.size() < MOST_SERVERS) {
                        addServer(servers, words[1]);
                    }
                }
                // The last of the two counts.
                case "domain", "search" -> search = domains(words);
                default -> {}
            }
        }
        return new Resolvers(
                servers.isEmpty() ? List.of() : List.of(new Resolvers.Entry("", List.copyOf(servers), 0)), search);
    }

    private static void addServer(List<DnsServer> servers, String word) {
        try {
            servers.add(DnsServer.parse(word, DnsServer.PORT));
        } catch (IllegalArgumentException e) {
            // one that nobody can ask
        }
    }

    private static List<String> domains(String[] words) {
        List<String> domains = new ArrayList<>();
        for (int i = 1; i < words.length && !words[i].startsWith("#") && !words[i].startsWith(";"); i++) {
            domains.add(domain(words[i]));
        }
        return List.copyOf(domains);
    }

    /// In lower case, without dots around it.
    static String domain(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("^\\.+|\\.+$", "");
    }
}
