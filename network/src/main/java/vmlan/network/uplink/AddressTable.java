package vmlan.network.uplink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import vmlan.network.SwitchPort;
import vmlan.network.gateway.Neighbour;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Header;
import vmlan.packet.MacAddress;

/// Which addresses the stations behind a network's own ports use, as their frames show. It answers what a
/// bridged guest's address is, and, where guests share the NIC's MAC, which guest a packet is for.
///
/// ```
///                 test (RFC 4862 §5.4)          1.1 s without objection,
///   unknown ───────────────────────────▶ tentative ─── or used as source ──▶ listed
///      │  ARP probe (RFC 5227 §2.1.1) ──▶ probed ──── used as source ─────────▶ ▲
///      └────────────── ARP sender, ND sender or target, IP source ──────────────┘
/// ```
///
/// Tentative and probed addresses are found by [#use], or the answer to the test would not reach the guest,
/// but are not listed. A probe alone lists nothing, because RFC 5227 §2.3 has an announcement follow.
///
/// What a station says by ARP or neighbour discovery is a *claim*; what only stands as source in its
/// packets may also come from behind it, when it routes. Claims go first when there is a choice to make.
///
/// Trust: guests can use any address. A port has [#PORT_LIMIT], of which a new one replaces the one that
/// was unused for longest, and all have [#LIMIT]. An address that a station holds goes to another only when
/// the holder is gone, has been silent for [#SILENT_NANOS], or has not claimed it. The host's own
/// addresses, and those that no station can have, are never kept.
public final class AddressTable {
    static final int LIMIT = AddressEntries.LIMIT;
    static final int PORT_LIMIT = AddressEntries.PORT_LIMIT;

    /// How long an address is kept that nobody uses in either direction: no ARP cache of a LAN that still
    /// points at the guest may outlive it, and the longest that is common, that of Cisco's routers, has
    /// four hours.
    static final long AGE_NANOS = 4 * 3600 * 1_000_000_000L;
    /// Who is spoken with is asked for after 45 s at the latest and 5 s more (RFC 4861 §10: REACHABLE_TIME
    /// times MAX_RANDOM_FACTOR, DELAY_FIRST_PROBE_TIME; Linux does so for ARP too): who is silent for
    /// longer has no conversations to lose.
    static final long SILENT_NANOS = 60_000_000_000L;
    /// A station takes an address one second after its test (RFC 4861 §10, RETRANS_TIMER).
    static final long TEST_NANOS = 1_100_000_000L;
    /// Probes are up to two seconds apart, and the last is two seconds before the announcement (RFC 5227
    /// §1.1, PROBE_MAX, ANNOUNCE_WAIT).
    static final long PROBE_NANOS = 2_500_000_000L;

    /// As MAC: nobody.
    static final long NOBODY = 0;
    /// IPv4 is kept as ::ffff:0:0/96 (RFC 4291 §2.5.5.2), so that there is one kind of key.
    private static final long MAPPED = 0xffff_0000_0000L;

    private static final int NONE = AddressIndex.NONE;

    private static final int CLAIMED = AddressEntries.CLAIMED;
    /// Not listed.
    private static final int TENTATIVE = 2;
    /// Under test, listed or not, until `untilNanos`.
    private static final int TESTED = 4;

    private final AddressEntries entries;
    private final AddressEntries.Removal removal = this::remove;
    private OwnAddresses own = new OwnAddresses(List.of(), List.of());
    private int tests;
    private long nextTick;
    private long changes;
    private long found;

    /// @param known what [#all] said before the last restart
    public AddressTable(Collection<Neighbour> known, long now) {
        this(known, now, new SplittableRandom().nextLong());
    }

    AddressTable(Collection<Neighbour> known, long now, long hashSeed) {
        entries = new AddressEntries(hashSeed);
        nextTick = now;
        for (Neighbour neighbour : known) {
            long high = neighbour.ipv4() == null ? neighbour.ipv6().high() : 0;
            long low = neighbour.ipv4() == null
                    ? neighbour.ipv6().low()
                    : mapped(neighbour.ipv4().bits());
            if (entries.count() < LIMIT && isUnicast(high, low) && entries.find(high, low) == NONE) {
                // whole ages from now on: it may have been in use while we were not there to see
                int entry = add(null, neighbour.mac().bits(), high, low, CLAIMED, now);
                if (entry != NONE) {
                    entries.heardNanos[entry] = Math.min(neighbour.seenNanos(), now);
                }
            }
        }
        changes = 0;
    }

    static long mapped(int ipv4) {
        return MAPPED | (ipv4 & 0xffff_ffffL);
    }

    /// Whether a station can have this address. Of IPv6, addresses that look like mapped ones never are on
    /// a link.
    static boolean isUnicast(long high, long low) {
        if (high == 0 && low >>> 32 == MAPPED >>> 32) {
            int top = (int) (low >>> 24) & 0xff;
            return top != 0 && top != 127 && top < 224;
        }
        return high != 0 && !Ipv6Header.isMulticast(high);
    }

    /// Every address that is in use, for writing down.
    public List<Neighbour> all() {
        Set<Long> claimants4 = new HashSet<>();
        Set<Long> claimants6 = new HashSet<>();
        for (int i = 0; i < LIMIT; i++) {
            if (isListed(i) && (entries.flags[i] & CLAIMED) != 0) {
                (isIpv4(i) ? claimants4 : claimants6).add(entries.macs[i]);
            }
        }
        List<Neighbour> all = new ArrayList<>();
        for (int i = 0; i < LIMIT; i++) {
            boolean hasClaims = isListed(i) && (isIpv4(i) ? claimants4 : claimants6).contains(entries.macs[i]);
            if (isListed(i) && ((entries.flags[i] & CLAIMED) != 0 || !hasClaims)) {
                all.add(new Neighbour(
                        new MacAddress(entries.macs[i]),
                        isIpv4(i) ? null : new Ipv6Address(high(i), low(i)),
                        isIpv4(i) ? new Ipv4Address((int) low(i)) : null,
                        entries.heardNanos[i]));
            }
        }
        return all;
    }

    /// The IPv4 address that a station was heard to use last.
    public Optional<Ipv4Address> ipv4Of(MacAddress mac) {
        return all().stream()
                .filter(neighbour -> neighbour.mac().equals(mac) && neighbour.ipv4() != null)
                .max(Comparator.comparingLong(Neighbour::seenNanos))
                .map(Neighbour::ipv4);
    }

    /// A station's IPv6 addresses: global first, then unique local ones (RFC 4193), link-local last.
    public List<Ipv6Address> ipv6Of(MacAddress mac) {
        return all().stream()
                .filter(neighbour -> neighbour.mac().equals(mac) && neighbour.ipv6() != null)
                .map(Neighbour::ipv6)
                .sorted(Comparator.comparingInt(AddressTable::rank)
                        .thenComparing(Ipv6Address::high, Long::compareUnsigned)
                        .thenComparing(Ipv6Address::low, Long::compareUnsigned))
                .toList();
    }

    private static int rank(Ipv6Address address) {
        if (address.isLinkLocal()) {
            return 2;
        }
        return address.high() >>> 57 == 0xfc >>> 1 ? 1 : 0;
    }

    /// Goes up when an address comes or goes.
    public long changes() {
        return changes;
    }

    /// Goes up when [#use] finds another one, or one less.
    long found() {
        return found;
    }

    /// Drops what is known of a MAC: its VM is no more.
    public void forget(MacAddress mac) {
        for (int i = 0; i < LIMIT; i++) {
            if (entries.isTaken(i) && entries.macs[i] == mac.bits()) {
                remove(i);
            }
        }
    }

    /// The host's own addresses, which no guest has.
    void own(Collection<Ipv4Address> ipv4, Collection<Ipv6Address> ipv6) {
        own = new OwnAddresses(ipv4, ipv6);
        for (int i = 0; i < LIMIT; i++) {
            if (entries.isTaken(i) && isOwn(high(i), low(i))) {
                remove(i);
            }
        }
    }

    boolean isOwn(long high, long low) {
        return own.contains(high, low);
    }

    /// A station uses an address.
    ///
    /// @param claimed whether it says by ARP or neighbour discovery that it has it
    /// @return false when the address is one of the host's own
    boolean heard(SwitchPort port, long mac, long high, long low, boolean claimed, long now) {
        int entry = entries.find(high, low);
        if (entry == NONE || entries.macs[entry] != mac) {
            return heardNew(entry, port, mac, high, low, claimed, now);
        }
        entries.heardNanos[entry] = now;
        entries.usedNanos[entry] = now;
        if (!entries.isOf(entry, port)) {
            entries.move(entry, port, removal);
        }
        int before = entries.flags[entry];
        if ((before & (TENTATIVE | TESTED)) != 0) {
            endTest(entry);
        }
        if (claimed) {
            entries.flags[entry] |= CLAIMED;
        }
        return true;
    }

    private boolean heardNew(int entry, SwitchPort port, long mac, long high, long low, boolean claimed, long now) {
        if (isOwn(high, low)) {
            return false;
        }
        if (isUnicast(high, low) && yields(entry, claimed, now)) {
            replace(entry, port, mac, high, low, claimed ? CLAIMED : 0, now);
        }
        return true;
    }

    /// A station tests an IPv6 address for duplicates, before it takes it.
    void tested(SwitchPort port, long mac, long high, long low, long now) {
        int entry = entries.find(high, low);
        if (entry != NONE && entries.macs[entry] == mac) {
            test(entry, now + TEST_NANOS); // listed or not: the guest may have started anew
        } else if (entry != NONE && (entries.flags[entry] & TESTED) != 0) {
            remove(entry); // RFC 4862 §5.4.3: of two who test at a time neither gets it
        } else if (isUnicast(high, low) && !isOwn(high, low) && yields(entry, true, now)) {
            test(replace(entry, port, mac, high, low, CLAIMED | TENTATIVE, now), now + TEST_NANOS);
        }
    }

    /// A station asks whether somebody has an IPv4 address that it would like to have.
    void probed(SwitchPort port, long mac, int ipv4, long now) {
        long low = mapped(ipv4);
        int entry = entries.find(0, low);
        if (entry == NONE && isUnicast(0, low) && !isOwn(0, low)) {
            entry = replace(NONE, port, mac, 0, low, TENTATIVE, now);
        }
        if (entry != NONE && entries.macs[entry] == mac && !isListed(entry)) {
            entries.untilNanos[entry] = now + PROBE_NANOS;
            schedule(entries.untilNanos[entry]);
        }
    }

    /// Whether an objection to a test would matter.
    boolean hasTests() {
        return tests > 0;
    }

    /// Somebody else has, or tests, an IPv6 address: who is testing it does not get it (RFC 4862 §5.4.3,
    /// §5.4.4).
    void objected(long mac, long high, long low) {
        int entry = entries.find(high, low);
        if (entry != NONE && (entries.flags[entry] & TESTED) != 0 && entries.macs[entry] != mac) {
            remove(entry);
        }
    }

    /// The MAC of the station that a packet to an address is for, or [#NOBODY]. The packet keeps it known.
    long use(long high, long low, long now) {
        int entry = entries.find(high, low);
        if (entry == NONE) {
            return NOBODY;
        }
        entries.usedNanos[entry] = now;
        return entries.macs[entry];
    }

    /// What is under test and not objected to is listed; what is old goes.
    void tick(long now) {
        if (entries.count() == 0 || nextTick - now > 0) {
            return;
        }
        nextTick = now + AGE_NANOS;
        for (int i = 0; i < LIMIT; i++) {
            if (!entries.isTaken(i)) {
                continue;
            }
            if ((entries.flags[i] & TESTED) != 0 && entries.untilNanos[i] - now <= 0) {
                endTest(i);
            }
            long end = isListed(i) ? entries.usedNanos[i] + AGE_NANOS : entries.untilNanos[i];
            if (end - now <= 0) {
                remove(i);
            } else {
                schedule((entries.flags[i] & TESTED) != 0 ? entries.untilNanos[i] : end);
            }
        }
    }

    long nanosToTick(long now) {
        return entries.count() == 0 ? Long.MAX_VALUE : Math.max(0, nextTick - now);
    }

    int count() {
        return entries.count();
    }

    // for walks over all of it: places are below LIMIT, and those that are free are not listed

    boolean isListed(int place) {
        return entries.isTaken(place) && (entries.flags[place] & TENTATIVE) == 0;
    }

    boolean isTaken(int place) {
        return entries.isTaken(place);
    }

    boolean isIpv4(int place) {
        return high(place) == 0 && low(place) >>> 32 == MAPPED >>> 32;
    }

    long high(int place) {
        return entries.high(place);
    }

    long low(int place) {
        return entries.low(place);
    }

    long mac(int place) {
        return entries.macs[place];
    }

    /// Whether an entry, or none, gives way to a station other than its own.
    private boolean yields(int entry, boolean claimed, long now) {
        if (entry == NONE || !isListed(entry) || entries.isGone(entry)) {
            return true;
        }
        boolean isClaimed = (entries.flags[entry] & CLAIMED) != 0;
        return claimed ? !isClaimed || now - entries.heardNanos[entry] >= SILENT_NANOS : !isClaimed;
    }

    private int replace(int entry, SwitchPort port, long mac, long high, long low, int state, long now) {
        if (mac == NOBODY || MacAddress.isGroup(mac)) {
            return NONE;
        }
        if (entry != NONE) {
            remove(entry);
        }
        return entries.makeRoom(port, now, SILENT_NANOS, removal) ? add(port, mac, high, low, state, now) : NONE;
    }

    private void test(int entry, long until) {
        if (entry != NONE) {
            if ((entries.flags[entry] & TESTED) == 0) {
                entries.flags[entry] |= TESTED;
                tests++;
            }
            entries.untilNanos[entry] = until;
            schedule(until);
        }
    }

    private void endTest(int entry) {
        if ((entries.flags[entry] & TESTED) != 0) {
            tests--;
        }
        if ((entries.flags[entry] & TENTATIVE) != 0) {
            changes++;
        }
        entries.flags[entry] &= ~(TENTATIVE | TESTED);
    }

    private void schedule(long nanos) {
        if (entries.count() == 1 || nanos - nextTick < 0) {
            nextTick = nanos;
        }
    }

    private int add(SwitchPort port, long mac, long high, long low, int state, long now) {
        int entry = entries.add(port, mac, high, low, state, now);
        if (entry != NONE) {
            found++;
            changes += (state & TENTATIVE) == 0 ? 1 : 0;
            schedule(now + AGE_NANOS);
        }
        return entry;
    }

    private void remove(int entry) {
        if ((entries.flags[entry] & TESTED) != 0) {
            tests--;
        }
        changes += isListed(entry) ? 1 : 0;
        entries.remove(entry);
        found++;
    }
}
