package vmlan.host.dns;

import java.nio.file.Path;
import java.util.List;
import vmlan.network.dns.DnsServer;
import vmlan.network.dns.DnsServers;

/// The servers that `/etc/resolv.conf` names now. Where systemd-resolved writes it, that is its stub on the loopback,
/// which knows of VPNs, domains with servers of their own, and multicast DNS.
public final class ResolvConfServers implements DnsServers {
    public static final Path PLACE = Path.of("/etc/resolv.conf");

    private final WatchedFile file;
    private Resolvers resolvers = Resolvers.NONE;
    private long changes;

    public ResolvConfServers(Path path) {
        this.file = new WatchedFile(path);
    }

    @Override
    public List<DnsServer> serversOf(String name, long now) {
        if (file.hasChanged(now)) {
            Resolvers read = ResolvConf.parse(file.read());
            // Written anew with the same content, as DHCP clients do at each renewal, it is no change.
            if (!read.equals(resolvers)) {
                resolvers = read;
                changes++;
            }
        }
        return resolvers.serversOf(name);
    }

    @Override
    public long changes() {
        return changes;
    }

    @Override
    public void readAgain() {
        file.lookAgain();
    }

    /// The domains that the host tries behind a name without dots, as last read.
    public List<String> search() {
        return resolvers.search();
    }
}
