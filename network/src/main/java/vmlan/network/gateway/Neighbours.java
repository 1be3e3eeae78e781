package vmlan.network.gateway;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Prefix;
import vmlan.packet.MacAddress;

/// Which addresses the guests use, as their ARP packets and neighbour discovery show.
///
/// An address that a guest tests by duplicate address detection (RFC 4862 §5.4) is *tentative* and not
/// listed until it is used as a source or a solicitation for it is answered. One that is silent for
/// [#QUIET_NANOS] is asked for, and dropped when nobody answers.
///
/// Trust: guests can claim any number of addresses. Kept are [#PORT_LIMIT] of a port and [#LIMIT] in all; a
/// tentative one goes after some seconds. What somebody else claims about a MAC changes nothing: an entry
/// is of the MAC that the frame came from.
public final class Neighbours {
    /// Addresses of one port, more than a guest with temporary addresses has (RFC 8981 §3.8: some a week).
    static final int PORT_LIMIT = 64;

    static final int LIMIT = 4096;
    /// How long an address may be silent before it is asked for. Not a protocol's number: seldom enough to
    /// disturb nobody.
    static final long QUIET_NANOS = 600_000_000_000L;
    /// A Linux guest takes an address one second after its test (RFC 4861 §10, RETRANS_TIMER).
    static final long FIRST_PROBE_NANOS = 1_100_000_000L;

    private static final int PROBES = 3;
    private static final long PROBE_INTERVAL_NANOS = 1_000_000_000L;
    /// Questions in one go, so that many neighbours do not overflow the ports' queues.
    private static final int PROBES_AT_ONCE = 64;

    private static final long BETWEEN_GOES_NANOS = 20_000_000L;
    /// IPv4 is kept as ::ffff:0:0/96 (RFC 4291 §2.5.5.2), so that there is one kind of key.
    private static final long MAPPED = 0xffff_0000_0000L;

    private final Map<Key, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Integer> countByPort = new HashMap<>();
    private Ipv6Prefix prefix = new Ipv6Prefix(0);
    private int tentatives;
    private long nextTick;
    private long changes;

    private record Key(long mac, long high, long low) {}

    private static final class Entry {
        final Key key;
        String port;
        boolean tentative;
        long seenNanos;
        long probeAt;
        int probesLeft = PROBES;

        Entry(Key key) {
            this.key = key;
        }

        boolean isIpv4() {
            return key.high == 0 && key.low >>> 32 == MAPPED >>> 32;
        }

        Neighbour neighbour() {
            return new Neighbour(
                    new MacAddress(key.mac),
                    isIpv4() ? null : new Ipv6Address(key.high, key.low),
                    isIpv4() ? new Ipv4Address((int) key.low) : null,
                    seenNanos);
        }
    }

    /// Starts with what was known before; nothing of it is lost until it was asked for in vain.
    ///
    /// @param known what [#all] said before the last restart
    public Neighbours(Collection<Neighbour> known) {
        known.stream().limit(LIMIT).forEach(neighbour -> {
            Key key = neighbour.ipv4() != null
                    ? new Key(
                            neighbour.mac().bits(),
                            0,
                            MAPPED | (neighbour.ipv4().bits() & 0xffff_ffffL))
                    : new Key(
                            neighbour.mac().bits(),
                            neighbour.ipv6().high(),
                            neighbour.ipv6().low());
            Entry entry = new Entry(key);
            entry.seenNanos = neighbour.seenNanos();
            entries.put(key, entry);
        });
    }

    /// The gateway takes over: known neighbours are first asked for when they have been quiet, or by
    /// [#probeAll].
    void start(Ipv6Prefix ours, long now) {
        prefix = ours;
        nextTick = now;
        for (Entry entry : entries.values()) {
            if (entry.seenNanos - now > 0) {
                entry.seenNanos = now; // the clock was set back between two runs
            }
            entry.probeAt = entry.seenNanos + QUIET_NANOS;
        }
    }

    /// Every address that is in use, for writing down.
    public List<Neighbour> all() {
        return entries.values().stream()
                .filter(entry -> !entry.tentative)
                .map(Entry::neighbour)
                .toList();
    }

    /// A guest's IPv6 addresses: of our prefix first, link-local last.
    public List<Ipv6Address> ipv6Of(MacAddress mac) {
        return entries.values().stream()
                .filter(entry -> entry.key.mac == mac.bits() && !entry.tentative && !entry.isIpv4())
                .map(entry -> new Ipv6Address(entry.key.high, entry.key.low))
                .sorted(Comparator.comparingInt(this::rank))
                .toList();
    }

    private int rank(Ipv6Address address) {
        if (prefix.contains(address)) {
            return 0;
        }
        return address.isLinkLocal() ? 2 : 1;
    }

    /// The IPv4 address that a guest was seen to use last.
    public Optional<Ipv4Address> ipv4Of(MacAddress mac) {
        return entries.values().stream()
                .filter(entry -> entry.key.mac == mac.bits() && !entry.tentative && entry.isIpv4())
                .max(Comparator.comparingLong(entry -> entry.seenNanos))
                .map(entry -> new Ipv4Address((int) entry.key.low));
    }

    /// Goes up when an address comes or goes, not when it is seen again.
    public long changes() {
        return changes;
    }

    /// Drops what is known of a MAC: its VM is no more.
    public void forget(MacAddress mac) {
        entries.values().stream()
                .filter(entry -> entry.key.mac == mac.bits())
                .toList()
                .forEach(this::remove);
    }

    void heard(String port, long mac, int ipv4, long now) {
        heard(port, mac, 0, MAPPED | (ipv4 & 0xffff_ffffL), now);
    }

    /// The address is in use.
    void heard(String port, long mac, long high, long low, long now) {
        Key key = new Key(mac, high, low);
        Entry entry = entries.get(key);
        if (entry == null) {
            entry = add(key, port);
            if (entry == null) {
                return;
            }
            changes++;
        } else {
            if (entry.tentative) {
                entry.tentative = false;
                tentatives--;
                changes++;
            }
            if (!port.equals(entry.port)) {
                move(entry, port);
            }
        }
        entry.seenNanos = now;
        schedule(entry, now + QUIET_NANOS);
    }

    /// The address is being tested for duplicates.
    void tested(String port, long mac, long high, long low, long now) {
        Key key = new Key(mac, high, low);
        Entry entry = entries.get(key);
        if (entry == null) {
            entry = add(key, port);
            if (entry == null) {
                return;
            }
            entry.tentative = true;
            tentatives++;
            entry.seenNanos = now;
        }
        // a known address is tested again after the guest has started anew
        entry.probesLeft = PROBES;
        schedule(entry, now + FIRST_PROBE_NANOS);
    }

    /// Whether it is worth looking at the sources of packets.
    boolean hasTentative() {
        return tentatives > 0;
    }

    /// As [#heard], if the address was tested before; other sources are not kept.
    void used(String port, long mac, long high, long low, long now) {
        Entry entry = entries.get(new Key(mac, high, low));
        if (entry != null && entry.tentative) {
            heard(port, mac, high, low, now);
        }
    }

    /// Asks for everybody, in the next ticks.
    void probeAll(long now) {
        for (Entry entry : entries.values()) {
            entry.probesLeft = PROBES;
            schedule(entry, now);
        }
    }

    long nanosToTick(long now) {
        return entries.isEmpty() ? Long.MAX_VALUE : Math.max(0, nextTick - now);
    }

    void tick(Solicitations solicitations, long now) {
        if (entries.isEmpty() || nextTick - now > 0) {
            return;
        }
        List<Entry> due = new ArrayList<>();
        List<Entry> gone = new ArrayList<>();
        nextTick = now + QUIET_NANOS;
        for (Entry entry : entries.values()) {
            if (entry.probeAt - now <= 0) {
                if (entry.probesLeft == 0 && (entry.tentative || now - entry.seenNanos >= QUIET_NANOS)) {
                    gone.add(entry);
                    continue;
                } else if (entry.probesLeft == 0) {
                    entry.probesLeft = PROBES;
                    entry.probeAt = entry.seenNanos + QUIET_NANOS;
                } else if (due.size() == PROBES_AT_ONCE) {
                    entry.probeAt = now + BETWEEN_GOES_NANOS;
                } else {
                    entry.probesLeft--;
                    entry.probeAt = now + (PROBE_INTERVAL_NANOS << (PROBES - 1 - entry.probesLeft));
                    due.add(entry);
                }
            }
            schedule(entry, entry.probeAt);
        }
        gone.forEach(this::remove);
        // only now, because answers may come back at once and change the table
        due.forEach(entry -> ask(entry, solicitations, now));
    }

    private static void ask(Entry entry, Solicitations solicitations, long now) {
        Key key = entry.key;
        if (entry.isIpv4()) {
            solicitations.ask((int) key.low, key.mac, now);
        } else {
            solicitations.ask(key.high, key.low, entry.tentative ? Solicitations.EVERYBODY : key.mac, now);
        }
    }

    private void schedule(Entry entry, long probeAt) {
        entry.probeAt = probeAt;
        if (entries.size() == 1 || probeAt - nextTick < 0) {
            nextTick = probeAt;
        }
    }

    private Entry add(Key key, String port) {
        if (entries.size() >= LIMIT || countByPort.getOrDefault(port, 0) >= PORT_LIMIT) {
            return null;
        }
        Entry entry = new Entry(key);
        entries.put(key, entry);
        move(entry, port);
        return entry;
    }

    private void move(Entry entry, String port) {
        if (entry.port != null) {
            countByPort.computeIfPresent(entry.port, (name, count) -> count > 1 ? count - 1 : null);
        }
        entry.port = port;
        if (port != null) {
            countByPort.merge(port, 1, Integer::sum);
        }
    }

    private void remove(Entry entry) {
        entries.remove(entry.key);
        move(entry, null);
        if (entry.tentative) {
            tentatives--;
        } else {
            changes++;
        }
    }
}
