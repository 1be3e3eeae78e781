package vmlan.host.dns;

import java.util.List;
import vmlan.host.EventLoop;
import vmlan.network.dns.DnsServer;
import vmlan.network.dns.DnsServers;

/// Which way this host says its resolvers.
public final class HostDns {
    private HostDns() {}

    public static DnsServers servers(EventLoop loop) {
        DnsServers file = new ResolvConfServers(ResolvConfServers.PLACE);
        return System.getProperty("os.name").startsWith("Mac") ? new ScutilServers(loop, file) : file;
    }

    /// Those for most names, in the words of one of the two.
    ///
    /// @param said content of resolv.conf, or on a Mac what scutil prints
    public static List<DnsServer> serversIn(String said, boolean isMac) {
        // A name that no domain of a VPN has: the root's (RFC 1035 §3.1).
        return (isMac ? ScutilDns.parse(said) : ResolvConf.parse(said)).serversOf("");
    }

    public static HostsFile names(EventLoop loop) {
        return new HostsFile(HostsFile.PLACE, loop);
    }
}
