package vmlan.host.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Collection;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// The guests' addresses, in memory that the ingress program of [RedirectProgram] looks at. Needs no rights:
/// the memory is a map of the opener's, by its descriptor.
///
/// The table: the seed and 12 bytes of nothing, then slots of 16 bytes, an IPv6 address or an IPv4-mapped one
/// in network order, all zero when free. An address is in one of the [#PROBES] slots from its hash on, so that
/// the program has a fixed number of steps; one that finds no room is left out. Guests choose addresses, hence
/// the seed.
final class GuestFilter {
    static final int SLOT_BITS = 10;
    static final int PROBES = 8;
    static final int ENTRY_BYTES = 16;
    static final int HEADER_BYTES = 16;
    static final int TABLE_BYTES = HEADER_BYTES + ((1 << SLOT_BITS) + PROBES - 1) * ENTRY_BYTES;
    /// Odd; the second is 2^32 divided by the golden ratio (Knuth, The Art of Computer Programming 3, §6.4).
    static final int STEP = 0x0101_0193;

    static final int SPREAD = 0x9e37_79b1;

    private static final int SLOTS = (1 << SLOT_BITS) + PROBES - 1;
    private static final long MAPPED_LOW = 0x0000_ffff_0000_0000L;

    private final long[] wantedHigh = new long[SLOTS];
    private final long[] wantedLow = new long[SLOTS];
    private final int seed;
    private MemorySegment table;

    private GuestFilter(MemorySegment table) {
        this.table = table;
        this.seed = table.get(ValueLayout.JAVA_INT, 0);
    }

    /// Maps the table of a descriptor.
    static GuestFilter map(int fd) throws LinuxException {
        long address = Libc.mmap(TABLE_BYTES, Libc.PROT_READ_WRITE, Libc.MAP_SHARED, fd);
        if (address < 0) {
            throw new LinuxException("mmap(guest filter)", (int) address, "");
        }
        return new GuestFilter(MemorySegment.ofAddress(address).reinterpret(TABLE_BYTES));
    }

    /// Writes the seed of a new table; in the opener.
    static void begin(int fd, int seed) throws LinuxException {
        GuestFilter filter = map(fd);
        filter.table.set(ValueLayout.JAVA_INT, 0, seed);
        filter.close();
    }

    /// Where a key may be first. Words in the machine's order, of bytes in network order: as the program loads them.
    static int slot(long high, long low, int seed) {
        int hash = seed;
        hash = hash * STEP + Integer.reverseBytes((int) (high >>> 32));
        hash = hash * STEP + Integer.reverseBytes((int) high);
        hash = hash * STEP + Integer.reverseBytes((int) (low >>> 32));
        hash = hash * STEP + Integer.reverseBytes((int) low);
        return (hash * SPREAD) >>> (Integer.SIZE - SLOT_BITS);
    }

    /// From now on these are the guests' addresses.
    ///
    /// @return how many found no room
    int set(Collection<Ipv4Address> ipv4, Collection<Ipv6Address> ipv6) {
        if (table == null) {
            return 0;
        }
        Arrays.fill(wantedHigh, 0);
        Arrays.fill(wantedLow, 0);
        int left = 0;
        for (Ipv4Address address : ipv4) {
            left += put(0, MAPPED_LOW | Integer.toUnsignedLong(address.bits())) ? 0 : 1;
        }
        for (Ipv6Address address : ipv6) {
            left += put(address.high(), address.low()) ? 0 : 1;
        }
        // Only what differs, so that an address that stays is not gone for a moment.
        for (int slot = 0; slot < SLOTS; slot++) {
            long at = HEADER_BYTES + (long) slot * ENTRY_BYTES;
            long high = Long.reverseBytes(wantedHigh[slot]);
            long low = Long.reverseBytes(wantedLow[slot]);
            if (table.get(ValueLayout.JAVA_LONG, at) != high || table.get(ValueLayout.JAVA_LONG, at + 8) != low) {
                table.set(ValueLayout.JAVA_LONG, at, high);
                table.set(ValueLayout.JAVA_LONG, at + 8, low);
            }
        }
        return left;
    }

    private boolean put(long high, long low) {
        int first = slot(high, low, seed);
        for (int slot = first; slot < first + PROBES; slot++) {
            if (wantedHigh[slot] == high && wantedLow[slot] == low) {
                return true;
            }
            if (wantedHigh[slot] == 0 && wantedLow[slot] == 0) {
                wantedHigh[slot] = high;
                wantedLow[slot] = low;
                return true;
            }
        }
        return false;
    }

    void close() {
        if (table != null) {
            Libc.munmap(table.address(), TABLE_BYTES);
            table = null;
        }
    }
}
