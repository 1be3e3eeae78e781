package vmlan.network.dns;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Which server is asked first: as the host has them, but one that has just failed comes last.
final class ServerOrder {
    /// So that a dead first server costs one query in half a minute its time, and not each.
    private static final long AVOIDED_NANOS = TimeUnit.SECONDS.toNanos(30);
    /// glibc takes three (resolv.h, MAXNS), a Mac may have more.
    static final int MOST_SERVERS = 4;
    /// Servers come and go with the host's networks.
    private static final int MOST_REMEMBERED = 64;

    private record Health(long lastGood, boolean everGood, long avoidedUntil, boolean avoided) {}

    private final Map<DnsServer, Health> health = new HashMap<>();

    List<DnsServer> of(List<DnsServer> servers, long now) {
        List<DnsServer> order = new ArrayList<>(MOST_SERVERS);
        List<DnsServer> last = new ArrayList<>();
        for (DnsServer server : servers) {
            Health its = health.get(server);
            boolean avoided = its != null && its.avoided && its.avoidedUntil - now > 0;
            (avoided ? last : order).add(server);
        }
        order.addAll(last);
        return order.size() > MOST_SERVERS ? order.subList(0, MOST_SERVERS) : order;
    }

    void good(DnsServer server, long now) {
        put(server, new Health(now, true, 0, false));
    }

    /// Nobody is there.
    void failed(DnsServer server, long now) {
        put(server, new Health(0, false, now + AVOIDED_NANOS, true));
    }

    /// One question was not answered. The server may still be well, and the question a hard one.
    void silent(DnsServer server, long askedAt, long now) {
        Health its = health.get(server);
        if (its == null || !its.everGood || its.lastGood - askedAt < 0) {
            failed(server, now);
        }
    }

    private void put(DnsServer server, Health its) {
        if (health.size() >= MOST_REMEMBERED && !health.containsKey(server)) {
            health.clear();
        }
        health.put(server, its);
    }

    void clear() {
        health.clear();
    }
}
