package vmlan.network;

/// Which port a station was last heard on: a bounded hash table with open addressing.
///
/// ```
///  slots (hash → MAC and entry)        entries (fixed places)
///  ┌───────────────────────┐          ┌────────────────────────────────┐
///  │ 52:54:00:12:34:56 │ 7 ├─────────▶│ 7: port, last heard, pinned,   │   each port's entries form
///  │         free          │          │    older and newer of the port │   a list, oldest first
///  │ 52:54:00:ab:cd:ef │ 2 │          └────────────────────────────────┘
/// ```
///
/// Trust: guests choose the addresses. What they can do is bounded so: a look-up takes [#MAX_PROBES] steps
/// at most, for which the hash has a seed; a port that makes up addresses replaces its own once it has half
/// the table; in a full table a newcomer takes the place of an address that has aged or belongs to a port
/// with more than its share, found in [#HAND_STEPS] steps, and is else not learned until it is heard again.
final class MacTable {
    static final int NONE = -1;
    /// A slot has 16 bits for the entry.
    static final int MAX_CAPACITY = 1 << 16;

    private static final int MAX_PROBES = 64;
    private static final int HAND_STEPS = 16;
    private static final int ENTRY_BITS = 16;
    private static final long ENTRY_MASK = 0xffff;

    private final int capacity;
    private final long ageNanos;
    private final long seed;
    private final int slotMask;
    private final long[] slots;
    private final long[] macs;
    private final long[] heardNanos;
    private final SwitchPort[] ports;
    private final boolean[] pinned;
    private final int[] older;
    private final int[] newer;
    private int firstFree;
    private int count;
    private int hand;
    private long changes;

    MacTable(int capacity, long ageNanos, long seed) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("a table of " + capacity + " addresses; 1 to 65536 are possible");
        }
        this.capacity = capacity;
        this.ageNanos = ageNanos;
        this.seed = seed;
        // at most half full, so that probing stays short
        slots = new long[Integer.highestOneBit(Math.max(8, 4 * capacity - 1))];
        slotMask = slots.length - 1;
        macs = new long[capacity];
        heardNanos = new long[capacity];
        ports = new SwitchPort[capacity];
        pinned = new boolean[capacity];
        older = new int[capacity];
        newer = new int[capacity];
        for (int entry = 0; entry < capacity; entry++) {
            newer[entry] = entry + 1 < capacity ? entry + 1 : NONE;
        }
    }

    int size() {
        return count;
    }

    /// Goes up when a station comes, moves or goes.
    long changes() {
        return changes;
    }

    /// Notes where a station was heard; false when its address is pinned to another port. The address zero,
    /// which no station has, is not noted.
    boolean learn(long mac, SwitchPort port, int portCount, long now) {
        int slot = find(mac);
        if (slot == NONE) {
            if (mac != 0) {
                insert(mac, port, portCount, now);
            }
            return true;
        }
        int entry = (int) (slots[slot] & ENTRY_MASK);
        if (ports[entry] != port) {
            if (pinned[entry]) {
                return false;
            }
            unlink(entry);
            if (port.entryCount >= portLimit()) {
                evict(oldestOf(port));
            }
            link(entry, port);
            changes++;
        }
        heardNanos[entry] = now;
        return true;
    }

    /// The port that a station is behind, or null when that is not known or too long ago.
    SwitchPort lookup(long mac, long now) {
        int slot = find(mac);
        if (slot == NONE) {
            return null;
        }
        int entry = (int) (slots[slot] & ENTRY_MASK);
        if (isAged(entry, now)) {
            evict(entry);
            return null;
        }
        return ports[entry];
    }

    /// Ties an address to a port: it neither ages nor moves until the port is forgotten. False when the
    /// table or the port's share is full.
    boolean pin(long mac, SwitchPort port, long now) {
        int slot = find(mac);
        if (slot != NONE) {
            evict((int) (slots[slot] & ENTRY_MASK));
        }
        insert(mac, port, 1, now);
        slot = find(mac);
        if (slot == NONE) {
            return false;
        }
        pinned[(int) (slots[slot] & ENTRY_MASK)] = true;
        return true;
    }

    /// Undoes [#pin]: the address is not known any more.
    void unpin(long mac, SwitchPort port) {
        int slot = find(mac);
        if (slot != NONE && ports[(int) (slots[slot] & ENTRY_MASK)] == port) {
            evict((int) (slots[slot] & ENTRY_MASK));
        }
    }

    /// The stations behind a port, the newest first, as far as there is room in `found` from `from` on.
    ///
    /// @param wantPinned only those that are pinned, or only the others
    /// @return where the room ends that was used
    int stations(SwitchPort port, boolean wantPinned, long[] found, int from, long now) {
        int at = from;
        for (int entry = port.newestEntry; entry != NONE && at < found.length; entry = older[entry]) {
            if (pinned[entry] == wantPinned && !isAged(entry, now)) {
                found[at++] = macs[entry];
            }
        }
        return at;
    }

    /// Forgets everything that was heard on a port.
    void forget(SwitchPort port) {
        while (port.oldestEntry != NONE) {
            evict(port.oldestEntry);
        }
    }

    private int portLimit() {
        return Math.max(1, capacity / 2);
    }

    private boolean isAged(int entry, long now) {
        return !pinned[entry] && now - heardNanos[entry] - ageNanos > 0;
    }

    private void insert(long mac, SwitchPort port, int portCount, long now) {
        int slot = freeSlot(mac);
        if (slot == NONE) {
            return; // too many addresses with neighbouring hashes
        }
        if (port.entryCount >= portLimit()) {
            int victim = oldestOf(port);
            if (victim == NONE) {
                return;
            }
            evict(victim);
            slot = freeSlot(mac);
        } else if (count == capacity) {
            int victim = victim(port, portCount, now);
            if (victim == NONE) {
                return;
            }
            evict(victim);
            slot = freeSlot(mac);
        }
        int entry = firstFree;
        firstFree = newer[entry];
        count++;
        changes++;
        slots[slot] = (mac << ENTRY_BITS) | entry;
        macs[entry] = mac;
        heardNanos[entry] = now;
        pinned[entry] = false;
        link(entry, port);
    }

    /// Something that a newcomer on `port` may replace in a full table.
    private int victim(SwitchPort port, int portCount, long now) {
        int share = capacity / Math.max(1, portCount);
        for (int step = 0; step < HAND_STEPS; step++) {
            int entry = hand;
            hand = hand + 1 < capacity ? hand + 1 : 0;
            if (isAged(entry, now) || (!pinned[entry] && ports[entry].entryCount > share)) {
                return entry;
            }
        }
        return oldestOf(port);
    }

    /// The address that this port has had for longest, unless it is pinned; those are passed over.
    private int oldestOf(SwitchPort port) {
        int entry = port.oldestEntry;
        for (int step = 0; entry != NONE && pinned[entry]; step++) {
            if (step == HAND_STEPS) {
                return NONE;
            }
            entry = newer[entry];
        }
        return entry;
    }

    private void evict(int entry) {
        if (entry == NONE) {
            return;
        }
        removeSlot(find(macs[entry]));
        unlink(entry);
        ports[entry] = null;
        pinned[entry] = false;
        newer[entry] = firstFree;
        firstFree = entry;
        count--;
        changes++;
    }

    private void link(int entry, SwitchPort port) {
        ports[entry] = port;
        older[entry] = port.newestEntry;
        newer[entry] = NONE;
        if (port.newestEntry == NONE) {
            port.oldestEntry = entry;
        } else {
            newer[port.newestEntry] = entry;
        }
        port.newestEntry = entry;
        port.entryCount++;
    }

    private void unlink(int entry) {
        SwitchPort port = ports[entry];
        if (older[entry] == NONE) {
            port.oldestEntry = newer[entry];
        } else {
            newer[older[entry]] = newer[entry];
        }
        if (newer[entry] == NONE) {
            port.newestEntry = older[entry];
        } else {
            older[newer[entry]] = older[entry];
        }
        port.entryCount--;
    }

    private int home(long mac) {
        // Fibonacci hashing (Knuth, The Art of Computer Programming 3, §6.4) of the seeded address
        return (int) (((mac ^ seed) * 0x9e37_79b9_7f4a_7c15L) >>> 33) & slotMask;
    }

    private int find(long mac) {
        int slot = home(mac);
        for (int probe = 0; probe < MAX_PROBES; probe++) {
            long content = slots[slot];
            if (content == 0) {
                return NONE;
            }
            if (content >>> ENTRY_BITS == mac) {
                return slot;
            }
            slot = (slot + 1) & slotMask;
        }
        return NONE;
    }

    private int freeSlot(long mac) {
        int slot = home(mac);
        for (int probe = 0; probe < MAX_PROBES; probe++) {
            if (slots[slot] == 0) {
                return slot;
            }
            slot = (slot + 1) & slotMask;
        }
        return NONE;
    }

    /// Empties a slot and closes the gap, so that no look-up stops early: Knuth's algorithm R.
    private void removeSlot(int removed) {
        int gap = removed;
        int slot = removed;
        while (true) {
            slot = (slot + 1) & slotMask;
            long content = slots[slot];
            if (content == 0) {
                break;
            }
            int distance = (slot - home(content >>> ENTRY_BITS)) & slotMask;
            if (distance >= ((slot - gap) & slotMask)) {
                slots[gap] = content;
                gap = slot;
            }
        }
        slots[gap] = 0;
    }
}
