package vmlan.host.linux;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A router behind the cable, in a namespace of its own, which says no in several ways:
///
/// | destination | answer |
/// |---|---|
/// | 198.51.100.1, 2001:db8:1::1 | unreachable: the host; the network, as Linux says it in ICMPv6 |
/// | 198.51.100.2, 2001:db8:1::2 | prohibited |
/// | 203.0.113.2, 2001:db8:2::2 | nobody, over a link of 1280 bytes |
final class Router implements AutoCloseable {
    static final int NARROW_MTU = 1280;

    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final CompletableFuture<Void> ended;

    Router() throws Exception {
        ended = NetworkNamespace.besides("lan0", "192.0.2.254/24", () -> {
            try {
                setUp();
                ready.complete(null);
            } catch (Exception e) {
                ready.completeExceptionally(e);
            }
            end.get(300, TimeUnit.SECONDS);
        });
        try {
            ready.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            end.complete(null);
            throw e;
        }
        Files.writeString(Path.of("/proc/sys/net/ipv6/conf/en0/disable_ipv6"), "0");
        NetworkNamespace.ip("addr add 2001:db8::1/64 dev en0 nodad");
        NetworkNamespace.ip("route add default via 192.0.2.254");
        NetworkNamespace.ip("-6 route add default via 2001:db8::254");
    }

    private static void setUp() throws Exception {
        NetworkNamespace.ip("link set lo up");
        Files.writeString(Path.of("/proc/sys/net/ipv6/conf/lan0/disable_ipv6"), "0");
        NetworkNamespace.ip("addr add 2001:db8::254/64 dev lan0 nodad");
        NetworkNamespace.ip("link add narrow0 mtu " + NARROW_MTU + " type veth peer name narrow1 mtu " + NARROW_MTU);
        NetworkNamespace.ip("link set narrow0 up");
        NetworkNamespace.ip("link set narrow1 up");
        NetworkNamespace.ip("addr add 203.0.113.1/24 dev narrow0");
        NetworkNamespace.ip("addr add 2001:db8:2::1/64 dev narrow0 nodad");
        NetworkNamespace.ip("neigh add 203.0.113.2 lladdr 02:00:00:00:00:03 dev narrow0");
        NetworkNamespace.ip("neigh add 2001:db8:2::2 lladdr 02:00:00:00:00:03 dev narrow0");
        NetworkNamespace.ip("route add unreachable 198.51.100.1");
        NetworkNamespace.ip("route add prohibit 198.51.100.2");
        NetworkNamespace.ip("-6 route add unreachable 2001:db8:1::1");
        NetworkNamespace.ip("-6 route add prohibit 2001:db8:1::2");
        for (String name : new String[] {"net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"}) {
            Files.writeString(Path.of("/proc/sys", name), "1");
        }
        // Every error, at once. (An icmp_ratelimit of 0 would use up what route errors are counted by.)
        Files.writeString(Path.of("/proc/sys/net/ipv4/icmp_ratemask"), "0");
        Files.writeString(Path.of("/proc/sys/net/ipv6/icmp/ratelimit"), "0");
    }

    @Override
    public void close() throws Exception {
        end.complete(null);
        ended.get(60, TimeUnit.SECONDS);
    }
}
