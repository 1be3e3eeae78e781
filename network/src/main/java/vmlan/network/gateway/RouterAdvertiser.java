package vmlan.network.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import vmlan.network.ip.Hops;
import vmlan.network.ip.Outbox;
import vmlan.packet.DomainName;
import vmlan.packet.EthernetHeader;
import vmlan.packet.RouterAdvertisement;

/// Router advertisements (RFC 4861 §6.2): to all at random intervals, the first ones soon after one
/// another, and to each host that asks. Where there is no way out, they announce the prefix but no default
/// router.
///
/// Trust: guests can ask as often as they like. A host that asks is answered once in its delay of half a
/// second, up to [#WAITING_LIMIT] hosts at a time; the others get the next one to all, of which there is
/// one in three seconds at most.
final class RouterAdvertiser {
    static final int WAITING_LIMIT = 32;

    private static final long SECOND = 1_000_000_000L;
    // RFC 4861 §6.2.1, defaults
    private static final long MAX_INTERVAL = 600 * SECOND;
    private static final long MIN_INTERVAL = 198 * SECOND;
    private static final int ROUTER_LIFETIME_SECONDS = 1800;
    private static final long VALID_SECONDS = 2_592_000;
    private static final long PREFERRED_SECONDS = 604_800;
    // RFC 4861 §10
    private static final int INITIAL_ADVERTISEMENTS = 3;
    private static final long INITIAL_INTERVAL = 16 * SECOND;
    private static final long MIN_BETWEEN = 3 * SECOND;
    private static final long MAX_DELAY = SECOND / 2;
    /// RFC 8106 §5.1: three times the longest interval.
    private static final long DNS_SECONDS = 1800;
    /// An advertisement is one packet, of 1280 bytes where that is the MTU (RFC 8200 §5), and has some 150 besides.
    private static final int MOST_SEARCH_BYTES = 1000;

    private final Outbox out;
    private final Ipv6Own own;
    private final RandomGenerator random;
    private final RouterAdvertisement advertisement;
    private final RouterAdvertisement last;
    private final long[] waitingMac = new long[WAITING_LIMIT];
    private final long[] waitingHigh = new long[WAITING_LIMIT];
    private final long[] waitingLow = new long[WAITING_LIMIT];
    private final long[] waitingUntil = new long[WAITING_LIMIT];
    private int waiting;
    private int initialLeft = INITIAL_ADVERTISEMENTS;
    private long next;
    /// No advertisement to all before this.
    private long notBefore;

    /// Says nothing any more, or on a network without IPv6 never did.
    private boolean ended;

    RouterAdvertiser(GatewayConfig config, Outbox out, Ipv6Own own, RandomGenerator random, long now) {
        this.out = out;
        this.own = own;
        this.random = random;
        advertisement = advertisement(config, config.router() ? ROUTER_LIFETIME_SECONDS : 0, DNS_SECONDS);
        last = advertisement(config, 0, 0);
        next = now;
        notBefore = now;
        ended = !config.options().speaksIpv6();
    }

    private static RouterAdvertisement advertisement(GatewayConfig config, int lifetimeSeconds, long dnsSeconds) {
        return new RouterAdvertisement(
                Hops.DEFAULT,
                lifetimeSeconds,
                config.mac(),
                config.mtu(),
                config.prefix(),
                VALID_SECONDS,
                PREFERRED_SECONDS,
                config.resolver() ? Optional.of(config.dns6()) : Optional.empty(),
                fitting(config.searchList()),
                dnsSeconds);
    }

    /// The first ones, as with DHCP.
    private static List<DomainName> fitting(List<DomainName> search) {
        List<DomainName> fitting = new ArrayList<>();
        int bytes = 0;
        for (DomainName name : search) {
            bytes += name.wire().length;
            if (bytes > MOST_SEARCH_BYTES) {
                break;
            }
            fitting.add(name);
        }
        return fitting;
    }

    /// A host has asked. RFC 4861 §6.2.6: the answer waits for a random time; to a host with an address it
    /// may go alone, and then leaves the schedule as it is.
    void solicited(long mac, long high, long low, long now) {
        if (ended) {
            return;
        }
        long delay = random.nextLong(MAX_DELAY);
        if ((high | low) == 0 || (waiting == WAITING_LIMIT && !isWaiting(mac))) {
            toAllBy(now + delay);
        } else if (!isWaiting(mac)) {
            waitingMac[waiting] = mac;
            waitingHigh[waiting] = high;
            waitingLow[waiting] = low;
            waitingUntil[waiting] = now + delay;
            waiting++;
        }
    }

    private boolean isWaiting(long mac) {
        for (int i = 0; i < waiting; i++) {
            if (waitingMac[i] == mac) {
                return true;
            }
        }
        return false;
    }

    /// One to all as soon as may be.
    void announce(long now) {
        if (!ended) {
            toAllBy(now);
        }
    }

    private void toAllBy(long time) {
        long possible = time - notBefore < 0 ? notBefore : time;
        if (possible - next < 0) {
            next = possible;
        }
    }

    /// The router goes (RFC 4861 §6.2.5): hosts are to use it no longer. Nothing is sent after it.
    void farewell(long now) {
        if (!ended) {
            ended = true;
            waiting = 0;
            toAll(last, now);
        }
    }

    long nanosToTick(long now) {
        if (ended) {
            return Long.MAX_VALUE;
        }
        long nanos = next - now;
        for (int i = 0; i < waiting; i++) {
            nanos = Math.min(nanos, waitingUntil[i] - now);
        }
        return Math.max(0, nanos);
    }

    void tick(long now) {
        if (ended) {
            return;
        }
        if (next - now <= 0) {
            long interval = random.nextLong(MIN_INTERVAL, MAX_INTERVAL);
            if (initialLeft > 0) {
                initialLeft--;
                interval = Math.min(interval, INITIAL_INTERVAL);
            }
            next = now + interval;
            notBefore = now + MIN_BETWEEN;
            toAll(advertisement, now);
        }
        for (int i = waiting - 1; i >= 0; i--) {
            if (waitingUntil[i] - now <= 0) {
                long mac = waitingMac[i];
                long high = waitingHigh[i];
                long low = waitingLow[i];
                waiting--;
                waitingMac[i] = waitingMac[waiting];
                waitingHigh[i] = waitingHigh[waiting];
                waitingLow[i] = waitingLow[waiting];
                waitingUntil[i] = waitingUntil[waiting];
                send(advertisement, mac, high, low, now);
            }
        }
    }

    private void toAll(RouterAdvertisement message, long now) {
        send(
                message,
                EthernetHeader.ipv6Group(Ipv6Own.ALL_NODES_LOW),
                Ipv6Own.ALL_NODES_HIGH,
                Ipv6Own.ALL_NODES_LOW,
                now);
    }

    private void send(RouterAdvertisement message, long mac, long high, long low, long now) {
        int length = message.length();
        int at = out.reserve(length);
        if (at >= 0) {
            message.write(out.buffer(), at);
            out.sendIcmpv6(mac, Hops.ON_LINK, own.linkLocalHigh, own.linkLocalLow, high, low, at, length, now);
        }
    }
}
