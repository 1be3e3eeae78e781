package vmlan.network.uplink;

/// Finds an address among numbered places: a hash table with open addressing and linear probing.
///
/// Trust: guests choose the addresses. The hash has a seed, so that they cannot choose such as collide, and
/// a look-up takes [#MAX_PROBES] steps at most: what would lie further off is not kept.
final class AddressIndex {
    static final int NONE = -1;

    private static final int MAX_PROBES = 64;

    private final long seed;
    private final int mask;
    /// A place plus one; zero is free.
    private final int[] slots;

    private final long[] high;
    private final long[] low;

    AddressIndex(int capacity, long seed) {
        this.seed = seed;
        // at most half full, so that probing stays short
        slots = new int[Integer.highestOneBit(Math.max(8, 4 * capacity - 1))];
        mask = slots.length - 1;
        high = new long[capacity];
        low = new long[capacity];
    }

    long high(int place) {
        return high[place];
    }

    long low(int place) {
        return low[place];
    }

    private int home(long addressHigh, long addressLow) {
        return (int) mixed(mixed(addressHigh ^ seed) + addressLow ^ Long.rotateLeft(seed, 32)) & mask;
    }

    /// Each bit of the argument changes each bit of the result (MurmurHash3, fmix64).
    private static long mixed(long word) {
        long mixed = (word ^ (word >>> 33)) * 0xff51_afd7_ed55_8ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ce_b9fe_1a85_ec53L;
        return mixed ^ (mixed >>> 33);
    }

    /// Where an address is, or [#NONE].
    int find(long addressHigh, long addressLow) {
        int slot = home(addressHigh, addressLow);
        for (int probe = 0; probe < MAX_PROBES; probe++) {
            int place = slots[slot] - 1;
            if (place < 0 || (low[place] == addressLow && high[place] == addressHigh)) {
                return place;
            }
            slot = (slot + 1) & mask;
        }
        return NONE;
    }

    /// Puts an address that is not there at a free place; false when too many have neighbouring hashes.
    boolean put(int place, long addressHigh, long addressLow) {
        int slot = home(addressHigh, addressLow);
        for (int probe = 0; probe < MAX_PROBES; probe++) {
            if (slots[slot] == 0) {
                slots[slot] = place + 1;
                high[place] = addressHigh;
                low[place] = addressLow;
                return true;
            }
            slot = (slot + 1) & mask;
        }
        return false;
    }

    /// Takes an address out and closes the gap, so that no look-up stops early: Knuth's algorithm R.
    void remove(int place) {
        int gap = home(high[place], low[place]);
        while (slots[gap] != place + 1) {
            gap = (gap + 1) & mask;
        }
        int slot = gap;
        while (true) {
            slot = (slot + 1) & mask;
            int next = slots[slot] - 1;
            if (next < 0) {
                break;
            }
            int distance = (slot - home(high[next], low[next])) & mask;
            if (distance >= ((slot - gap) & mask)) {
                slots[gap] = next + 1;
                gap = slot;
            }
        }
        slots[gap] = 0;
    }
}
