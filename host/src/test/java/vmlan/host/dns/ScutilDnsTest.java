package vmlan.host.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.network.dns.DnsServer;

class ScutilDnsTest {
    /// In the form of a Mac at home with a VPN and a file in `/etc/resolver`.
    private static final String MAC = """
            DNS configuration

            resolver #1
              search domain[0] : home.example
              search domain[1] : Corp.Example
              nameserver[0] : 192.168.1.1
              nameserver[1] : fe80::1%en0
              if_index : 14 (en0)
              flags    : Request A records
              reach    : 0x00020002 (Reachable,Directly Reachable Address)

            resolver #2
              domain   : local
              options  : mdns
              timeout  : 5
              flags    : Request A records
              reach    : 0x00000000 (Not Reachable)
              order    : 300000

            resolver #3
              domain   : 254.169.in-addr.arpa
              options  : mdns
              timeout  : 5
              flags    : Request A records
              reach    : 0x00000000 (Not Reachable)
              order    : 300200

            resolver #4
              domain   : corp.example.
              nameserver[0] : 10.8.0.2
              if_index : 22 (utun4)
              flags    : Supplemental, Request A records
              reach    : 0x00000003 (Reachable,Transient Connection)
              order    : 103000

            resolver #5
              domain   : corp.example
              nameserver[0] : 10.8.0.1
              flags    : Supplemental, Request A records
              reach    : 0x00000003 (Reachable,Transient Connection)
              order    : 102600

            resolver #6
              domain   : test
              nameserver[0] : 127.0.0.1
              port     : 5354
              flags    : Request A records
              reach    : 0x00030002 (Reachable,Local Address,Directly Reachable Address)

            DNS configuration (for scoped queries)

            resolver #1
              search domain[0] : home.example
              nameserver[0] : 192.168.99.99
              if_index : 14 (en0)
              flags    : Scoped, Request A records
              reach    : 0x00020002 (Reachable,Directly Reachable Address)
            """;

    private static List<String> servers(String text, String name) {
        return ScutilDns.parse(text).serversOf(name).stream()
                .map(DnsServer::toString)
                .toList();
    }

    @Test
    void aNameGoesToTheServersOfItsLongestDomainInTheirOrder() {
        assertThat(servers(MAC, "example.org")).containsExactly("192.168.1.1", "fe80::1%en0");
        assertThat(servers(MAC, "git.corp.example")).containsExactly("10.8.0.1", "10.8.0.2");
        assertThat(servers(MAC, "corp.example")).containsExactly("10.8.0.1", "10.8.0.2");
        assertThat(servers(MAC, "notcorp.example")).containsExactly("192.168.1.1", "fe80::1%en0");
        assertThat(servers(MAC, "app.test")).containsExactly("127.0.0.1#5354");
    }

    @Test
    void multicastResolversAreNobodyToAsk() {
        assertThat(servers(MAC, "printer.local")).containsExactly("192.168.1.1", "fe80::1%en0");
    }

    @Test
    void searchDomainsAreKnown() {
        assertThat(ScutilDns.parse(MAC).search()).containsExactly("home.example", "corp.example");
    }

    @Test
    void aMacWithoutANetworkHasNone() {
        assertThat(servers("No DNS configuration available\n", "a")).isEmpty();
        assertThat(servers("", "a")).isEmpty();
        assertThat(servers("DNS configuration\n\nresolver #1\n  nameserver[0] : nonsense\n  port : x\n", "a"))
                .isEmpty();
    }
}
