package vmlan.network.uplink;

import java.util.Arrays;
import vmlan.network.SwitchPort;

/// The places of an [AddressTable]: found by address, and listed by port, so that a port's share can be
/// bounded.
///
/// ```
///  slots (hash → place)      places (fixed)
///  ┌────┐        ┌────────────────────────────────────────────────────┐
///  │  7 ├───────▶│ 7: address, MAC, flags, times, older and newer     │   the places of each port
///  │    │        │    of its port                                     │   form a list
///  │  2 │        └────────────────────────────────────────────────────┘
/// ```
final class AddressEntries {
    static final int NONE = AddressIndex.NONE;
    static final int LIMIT = 4096;
    /// More than a guest with temporary addresses has (RFC 8981 §3.8: some a week). It bounds the addresses
    /// of a MAC too, as far as it stays behind one port.
    static final int PORT_LIMIT = 64;

    static final int CLAIMED = 1;

    private static final int HAND_STEPS = 64;

    private final AddressIndex index;
    final long[] macs = new long[LIMIT];
    final long[] heardNanos = new long[LIMIT];
    final long[] usedNanos = new long[LIMIT];
    final long[] untilNanos = new long[LIMIT];
    final byte[] flags = new byte[LIMIT];
    private final Share[] shares = new Share[LIMIT];
    private final int[] older = new int[LIMIT];
    private final int[] newer = new int[LIMIT];

    /// By the port's index.
    private Share[] sharesByPort = new Share[8];
    /// What has no port: known from before the restart, or its port is gone.
    private final Share nobodys = new Share(null);

    private int firstFree;
    private int count;
    private int hand;

    /// The places of one port.
    private static final class Share {
        final SwitchPort port;
        int oldest = NONE;
        int newest = NONE;
        int count;

        Share(SwitchPort port) {
            this.port = port;
        }

        boolean isGone() {
            return port == null || !port.isConnected();
        }
    }

    AddressEntries(long hashSeed) {
        index = new AddressIndex(LIMIT, hashSeed);
        for (int i = 0; i < LIMIT; i++) {
            newer[i] = i + 1 < LIMIT ? i + 1 : NONE;
        }
    }

    int count() {
        return count;
    }

    int find(long high, long low) {
        return index.find(high, low);
    }

    boolean isTaken(int place) {
        return shares[place] != null;
    }

    long high(int place) {
        return index.high(place);
    }

    long low(int place) {
        return index.low(place);
    }

    /// Whether the port of an entry is no more, or not back yet.
    boolean isGone(int place) {
        return shares[place].isGone();
    }

    boolean isOf(int place, SwitchPort port) {
        return shares[place].port == port;
    }

    /// A port that will take one more, if need be at the cost of one that it has; false when there is no room.
    /// What has to go is taken out by `remove`.
    ///
    /// @param quietNanos how long one of a port that is gone must have been silent to make room in a full table
    boolean makeRoom(SwitchPort port, long now, long quietNanos, Removal removal) {
        Share share = shareOf(port);
        if (share.count >= PORT_LIMIT) {
            removal.remove(leastUsed(share));
        } else if (count == LIMIT) {
            int victim = victim(share, now, quietNanos);
            if (victim == NONE) {
                return false;
            }
            removal.remove(victim);
        }
        return true;
    }

    /// Takes an entry out with all that hangs on it.
    @FunctionalInterface
    interface Removal {
        void remove(int place);
    }

    /// What the port has not claimed goes first, then what is unused for longest.
    private int leastUsed(Share share) {
        int victim = share.oldest;
        for (int i = share.oldest; i != NONE; i = newer[i]) {
            int more = (flags[i] & CLAIMED) - (flags[victim] & CLAIMED);
            if (more < 0 || (more == 0 && usedNanos[i] - usedNanos[victim] < 0)) {
                victim = i;
            }
        }
        return victim;
    }

    /// Something of a port that is gone or has more than its share, found in some steps, else something of
    /// the newcomer's own.
    private int victim(Share share, long now, long quietNanos) {
        int fair = LIMIT / sharesByPort.length;
        for (int step = 0; step < HAND_STEPS; step++) {
            int i = hand;
            hand = (hand + 1) % LIMIT;
            boolean isLeft = shares[i].isGone() && now - heardNanos[i] >= quietNanos;
            if (isLeft || (shares[i] != nobodys && shares[i].count > fair)) {
                return i;
            }
        }
        return leastUsed(share);
    }

    private Share shareOf(SwitchPort port) {
        if (port == null) {
            return nobodys;
        }
        while (port.index() >= sharesByPort.length) {
            sharesByPort = Arrays.copyOf(sharesByPort, 2 * sharesByPort.length);
        }
        Share share = sharesByPort[port.index()];
        if (share == null || share.port != port) {
            while (share != null && share.oldest != NONE) {
                int place = share.oldest; // of a port that is gone and had the same index
                unlink(place);
                link(place, nobodys);
            }
            share = new Share(port);
            sharesByPort[port.index()] = share;
        }
        return share;
    }

    /// An entry is heard on another port than before.
    void move(int place, SwitchPort port, Removal removal) {
        Share share = shareOf(port);
        if (share.count >= PORT_LIMIT) {
            removal.remove(leastUsed(share));
        }
        unlink(place);
        link(place, share);
    }

    /// Takes a free place, of which there must be one; [#NONE] when too many addresses have neighbouring
    /// hashes.
    ///
    /// @param port null for none
    int add(SwitchPort port, long mac, long high, long low, int state, long now) {
        int place = firstFree;
        if (!index.put(place, high, low)) {
            return NONE;
        }
        firstFree = newer[place];
        macs[place] = mac;
        heardNanos[place] = now;
        usedNanos[place] = now;
        untilNanos[place] = now;
        flags[place] = (byte) state;
        count++;
        link(place, shareOf(port));
        return place;
    }

    void remove(int place) {
        index.remove(place);
        unlink(place);
        shares[place] = null;
        newer[place] = firstFree;
        firstFree = place;
        count--;
    }

    private void link(int place, Share share) {
        shares[place] = share;
        older[place] = share.newest;
        newer[place] = NONE;
        if (share.newest == NONE) {
            share.oldest = place;
        } else {
            newer[share.newest] = place;
        }
        share.newest = place;
        share.count++;
    }

    private void unlink(int place) {
        Share share = shares[place];
        if (older[place] == NONE) {
            share.oldest = newer[place];
        } else {
            newer[older[place]] = newer[place];
        }
        if (newer[place] == NONE) {
            share.newest = older[place];
        } else {
            older[newer[place]] = older[place];
        }
        share.count--;
    }
}
