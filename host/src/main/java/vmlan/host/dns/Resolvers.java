package vmlan.host.dns;

import java.util.ArrayList;
import java.util.List;
import vmlan.network.dns.DnsServer;

/// The resolvers of a host at one moment.
///
/// @param byDomain those for names below a domain, or for all names where the domain is empty
/// @param search domains that the host tries behind a name without dots
record Resolvers(List<Entry> byDomain, List<String> search) {
    static final Resolvers NONE = new Resolvers(List.of(), List.of());

    /// @param domain in lower case, without dots around it
    record Entry(String domain, List<DnsServer> servers, long order) {
        boolean isFor(String name) {
            return domain.isEmpty() || name.equals(domain) || name.endsWith("." + domain);
        }
    }

    /// The servers of the longest domain that a name is in; of several such, one after another in their order.
    ///
    /// @param name in lower case, without the final dot
    List<DnsServer> serversOf(String name) {
        int longest = -1;
        for (Entry entry : byDomain) {
            if (entry.isFor(name)) {
                longest = Math.max(longest, entry.domain.length());
            }
        }
        List<Entry> those = new ArrayList<>();
        for (Entry entry : byDomain) {
            if (entry.domain.length() == longest && entry.isFor(name)) {
                those.add(entry);
            }
        }
        those.sort((one, other) -> Long.compare(one.order, other.order));
        return those.stream()
                .flatMap(entry -> entry.servers.stream())
                .distinct()
                .toList();
    }
}
