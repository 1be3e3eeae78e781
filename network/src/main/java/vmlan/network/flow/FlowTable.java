package vmlan.network.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import vmlan.network.SwitchPort;

/// Finds a flow by its five-tuple; one table for each protocol.
///
/// Trust: guests choose addresses and ports, so the hash has a secret key: nobody can make many flows meet in
/// one bucket. How many there may be is the owner's affair ([FlowLimits]); the table grows with them and does
/// not shrink.
public final class FlowTable<F extends Flow> {
    private static final int FIRST_SIZE = 64;

    private final long keyHigh;
    private final long keyLow;
    private Flow[] buckets = new Flow[FIRST_SIZE];
    private int count;

    public FlowTable(RandomGenerator random) {
        keyHigh = random.nextLong();
        keyLow = random.nextLong() | 1;
    }

    public int size() {
        return count;
    }

    /// @return null when there is none
    @SuppressWarnings("unchecked") // only flows of this kind were added
    public F find(long guestHigh, long guestLow, int guestPort, long remoteHigh, long remoteLow, int remotePort) {
        int hash = hash(guestHigh, guestLow, guestPort, remoteHigh, remoteLow, remotePort);
        for (Flow flow = buckets[hash & (buckets.length - 1)]; flow != null; flow = flow.nextInBucket) {
            if (flow.hash == hash && flow.is(guestHigh, guestLow, guestPort, remoteHigh, remoteLow, remotePort)) {
                return (F) flow;
            }
        }
        return null;
    }

    /// Adds a flow whose five-tuple is not there yet.
    ///
    /// @throws IllegalStateException when it is there, in this table or another
    public void add(F flow) {
        if (flow.listed) {
            throw new IllegalStateException("the flow is in a table already");
        }
        if (find(
                        flow.guestHigh(),
                        flow.guestLow(),
                        flow.guestPort(),
                        flow.remoteHigh(),
                        flow.remoteLow(),
                        flow.remotePort())
                != null) {
            throw new IllegalStateException("there is a flow of these addresses and ports already");
        }
        if (count >= buckets.length) {
            grow();
        }
        flow.hash = hash(
                flow.guestHigh(),
                flow.guestLow(),
                flow.guestPort(),
                flow.remoteHigh(),
                flow.remoteLow(),
                flow.remotePort());
        flow.listed = true;
        count++;
        put(buckets, flow);
    }

    /// @return whether it was there
    @SuppressWarnings("ReferenceEquality") // this very flow is meant
    public boolean remove(F flow) {
        if (!flow.listed) {
            return false;
        }
        int bucket = flow.hash & (buckets.length - 1);
        Flow before = null;
        for (Flow at = buckets[bucket]; at != null; before = at, at = at.nextInBucket) {
            if (at == flow) {
                if (before == null) {
                    buckets[bucket] = at.nextInBucket;
                } else {
                    before.nextInBucket = at.nextInBucket;
                }
                flow.nextInBucket = null;
                flow.listed = false;
                count--;
                return true;
            }
        }
        throw new IllegalStateException("the flow is in another table");
    }

    /// Every flow of a port, or of all with null; looks at the whole table, so only for when a port goes or
    /// somebody wants to see a list.
    @SuppressWarnings("unchecked")
    public List<F> of(SwitchPort port) {
        List<F> found = new ArrayList<>();
        for (Flow bucket : buckets) {
            for (Flow flow = bucket; flow != null; flow = flow.nextInBucket) {
                if (port == null || flow.port() == port) {
                    found.add((F) flow);
                }
            }
        }
        return found;
    }

    private void grow() {
        Flow[] larger = new Flow[2 * buckets.length];
        for (Flow bucket : buckets) {
            Flow flow = bucket;
            while (flow != null) {
                Flow next = flow.nextInBucket;
                put(larger, flow);
                flow = next;
            }
        }
        buckets = larger;
    }

    private static void put(Flow[] into, Flow flow) {
        int bucket = flow.hash & (into.length - 1);
        flow.nextInBucket = into[bucket];
        into[bucket] = flow;
    }

    /// Each word is mixed in by a product of 128 bits with a secret factor, both halves folded (the step of
    /// wyhash): fast, and without the key no collisions can be computed.
    private int hash(long guestHigh, long guestLow, int guestPort, long remoteHigh, long remoteLow, int remotePort) {
        long hash = mix(keyHigh ^ guestLow, keyLow ^ guestHigh);
        hash = mix(hash ^ remoteLow, keyLow + remoteHigh);
        hash = mix(hash ^ (((long) guestPort << 32) | remotePort), keyLow);
        return (int) (hash ^ (hash >>> 32));
    }

    private static long mix(long a, long b) {
        return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
    }
}
