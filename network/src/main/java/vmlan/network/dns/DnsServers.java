package vmlan.network.dns;

import java.util.List;

/// The resolvers that the host uses now.
public interface DnsServers {
    /// The servers for a name, best first; none when the host has none for it.
    ///
    /// @param name in lower case, without the final dot
    List<DnsServer> serversOf(String name, long now);

    /// Counts up each time that an answer of [#serversOf] may have become another one: what was learned from the
    /// servers before, such as inside a VPN, may no longer be true.
    long changes();

    /// The host has changed: what was read is not trusted any longer without another look.
    default void readAgain() {}
}
