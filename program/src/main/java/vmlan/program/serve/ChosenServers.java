package vmlan.program.serve;

import java.util.List;
import vmlan.network.dns.DnsServer;
import vmlan.network.dns.DnsServers;
import vmlan.packet.IpAddress;

/// The resolvers of networks.yaml where it names some, else those that the host uses.
final class ChosenServers implements DnsServers {
    private final DnsServers host;
    private List<DnsServer> chosen = List.of();
    private long changes;

    ChosenServers(DnsServers host) {
        this.host = host;
    }

    void set(List<IpAddress> addresses) {
        List<DnsServer> servers = addresses.stream().map(DnsServer::new).toList();
        if (!servers.equals(chosen)) {
            chosen = servers;
            changes++;
        }
    }

    @Override
    public List<DnsServer> serversOf(String name, long now) {
        return chosen.isEmpty() ? host.serversOf(name, now) : chosen;
    }

    @Override
    public long changes() {
        return host.changes() + changes;
    }
}
