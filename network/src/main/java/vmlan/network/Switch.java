package vmlan.network;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import vmlan.packet.EthernetHeader;
import vmlan.packet.MacAddress;

/// A learning switch: a frame goes to the port where its destination was last heard, or to all when that is
/// not known, never back to the port that it came from. Isolated ports exchange nothing with each other, and what a
/// segment of others brings for a station that nobody has here goes nowhere.
///
/// Frames are not copied: a sink gets the bytes where the sender's reader left them, any number of frames,
/// then one [FrameSink#flush]. A sink may call [#receive] from within its own `accept` or `flush`, as the
/// gateway does to answer. Such a frame waits until the one that it answers has reached everybody, so that
/// no port sees the answer first:
///
/// ```
/// receive(guest)                     one read of the guest's socket
///   ├─▶ gateway.accept ─▶ receive(gateway)   its answer, from its own buffer: waits
///   ├─▶ other.accept
///   └─▶ guest.accept                 the answer
/// flush ─▶ guest.flush, other.flush, gateway.flush, and what these give rise to
/// ```
public final class Switch {
    /// So many answers, and answers to answers, may one frame give rise to. The gateway has one, or as many
    /// as it has pings under way.
    private static final int MAX_ANSWERS = 256;
    /// So often may each port be flushed in one flush before new frames are refused.
    private static final int MAX_ROUNDS = 8;
    /// 01:80:c2:00:00:00 to :0f (IEEE 802.1Q-2018 table 8-1).
    private static final long RESERVED_GROUPS = 0x0180_c200_0000L;

    private final MacTable macs;
    /// Replaced and never changed, so that a sink may connect and disconnect ports while frames are
    /// flooded.
    private SwitchPort[] ports = {};
    /// A circular queue of the ports with frames since their last flush, each once.
    private SwitchPort[] dirty = new SwitchPort[8];

    private int firstDirty;
    private int dirtyCount;
    /// A circular queue of answers that wait.
    private final SwitchPort[] waitingFrom = new SwitchPort[MAX_ANSWERS];

    private final ByteBuffer[] waitingBuffer = new ByteBuffer[MAX_ANSWERS];
    private final int[] waitingOffset = new int[MAX_ANSWERS];
    private final int[] waitingLength = new int[MAX_ANSWERS];
    private final long[] waitingNow = new long[MAX_ANSWERS];
    private int firstWaiting;
    private int waitingCount;
    private boolean receiving;
    private boolean flushing;
    private boolean refusing;
    private long flushes;

    /// A switch without ports.
    ///
    /// @param macCapacity addresses to remember at most, 65536 or fewer
    /// @param macAgeNanos how long to remember one that is silent; IEEE 802.1Q-2018 table 8-6 has 300 s
    public Switch(int macCapacity, long macAgeNanos) {
        this(macCapacity, macAgeNanos, new SplittableRandom().nextLong());
    }

    /// A switch whose table is laid out by a seed, for tests that must be repeatable.
    ///
    /// @param hashSeed keeps guests from knowing which addresses collide
    public Switch(int macCapacity, long macAgeNanos, long hashSeed) {
        macs = new MacTable(macCapacity, macAgeNanos, hashSeed);
    }

    /// Adds a port.
    ///
    /// @param farEnd makes the sink, which needs the port to count on
    public SwitchPort connect(String name, boolean isolated, Function<SwitchPort, FrameSink> farEnd) {
        SwitchPort port = new SwitchPort(name, freeIndex(), isolated);
        port.connect(farEnd.apply(port));
        ports = Arrays.copyOf(ports, ports.length + 1);
        ports[ports.length - 1] = port;
        growDirty();
        return port;
    }

    private int freeIndex() {
        boolean[] taken = new boolean[ports.length + 1];
        for (SwitchPort port : ports) {
            if (port.index() < taken.length) {
                taken[port.index()] = true;
            }
        }
        int index = 0;
        while (taken[index]) {
            index++;
        }
        return index;
    }

    private void growDirty() {
        if (ports.length > dirty.length) {
            SwitchPort[] larger = new SwitchPort[2 * dirty.length];
            for (int i = 0; i < dirtyCount; i++) {
                larger[i] = dirty[(firstDirty + i) & (dirty.length - 1)];
            }
            dirty = larger;
            firstDirty = 0;
        }
    }

    /// Removes a port and what was learned on it. Its sink is not called again; frames that it has are its
    /// own affair.
    public void disconnect(SwitchPort port) {
        if (!port.isConnected()) {
            return;
        }
        port.disconnect();
        macs.forget(port);
        ports = Arrays.stream(ports).filter(other -> other != port).toArray(SwitchPort[]::new);
        int kept = 0;
        for (int i = 0; i < dirtyCount; i++) {
            SwitchPort queued = dirty[(firstDirty + i) & (dirty.length - 1)];
            if (queued != port) {
                dirty[(firstDirty + kept++) & (dirty.length - 1)] = queued;
            }
        }
        dirtyCount = kept;
    }

    /// The connected ports in the order in which they came.
    public List<SwitchPort> ports() {
        return List.of(ports);
    }

    /// Ties an address to a port, so that no other port can take it by using it as source; such frames are
    /// dropped as [DropReason#SPOOFED].
    ///
    /// @return whether there was room
    public boolean pin(SwitchPort port, MacAddress mac, long now) {
        return port.isConnected() && macs.pin(mac.bits(), port, now);
    }

    /// Undoes [#pin], for a port whose own address changes.
    public void unpin(SwitchPort port, MacAddress mac) {
        macs.unpin(mac.bits(), port);
    }

    /// Whether a station was last heard on a port other than this one.
    public boolean isBehindOther(SwitchPort port, long mac, long now) {
        SwitchPort where = macs.lookup(mac, now);
        return where != null && where != port;
    }

    /// Whether a station was last heard on this port.
    public boolean isBehind(SwitchPort port, long mac, long now) {
        return macs.lookup(mac, now) == port;
    }

    /// The stations behind all ports but one, at most so many: those that are pinned, then the others.
    public long[] stationsBehindOthers(SwitchPort port, int limit, long now) {
        long[] found = new long[limit];
        int count = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (SwitchPort other : ports) {
                count = other == port ? count : macs.stations(other, pass == 0, found, count, now);
            }
        }
        return Arrays.copyOf(found, count);
    }

    /// Goes up when a station comes, moves or goes, behind any port.
    public long stationChanges() {
        return macs.changes();
    }

    /// How many flushes have ended with every sink flushed: what a sender had in its buffer before is free
    /// again.
    public long flushes() {
        return flushes;
    }

    /// Takes a frame that came in by a port and passes it on.
    ///
    /// @param buffer big-endian; the four bytes before `offset` hold `length`, see [FrameSink#accept]
    public void receive(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        if (!from.isConnected()) {
            return;
        }
        if (length < Frames.MIN_LENGTH) {
            from.drop(DropReason.RUNT);
            return;
        }
        if (length > Frames.MAX_LENGTH) {
            from.drop(DropReason.TOO_LONG);
            return;
        }
        if (refusing || (receiving && waitingCount == MAX_ANSWERS)) {
            from.drop(DropReason.LOOP);
            return;
        }
        from.received(length);
        if (receiving) {
            int last = (firstWaiting + waitingCount++) % MAX_ANSWERS;
            waitingFrom[last] = from;
            waitingBuffer[last] = buffer;
            waitingOffset[last] = offset;
            waitingLength[last] = length;
            waitingNow[last] = now;
            return;
        }
        receiving = true;
        try {
            pass(from, buffer, offset, length, now);
            passWaiting();
        } finally {
            receiving = false;
        }
    }

    /// Passes on the answers to a frame, and the answers to these.
    private void passWaiting() {
        for (int passed = 0; waitingCount > 0; passed++) {
            int first = firstWaiting;
            firstWaiting = (firstWaiting + 1) % MAX_ANSWERS;
            waitingCount--;
            if (passed < MAX_ANSWERS) {
                pass(
                        waitingFrom[first],
                        waitingBuffer[first],
                        waitingOffset[first],
                        waitingLength[first],
                        waitingNow[first]);
            } else {
                waitingFrom[first].drop(DropReason.LOOP);
            }
        }
    }

    private void pass(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        long source = EthernetHeader.source(buffer, offset);
        long destination = EthernetHeader.destination(buffer, offset);
        if (MacAddress.isGroup(source)) {
            from.drop(DropReason.GROUP_SOURCE);
        } else if ((destination & ~0xfL) == RESERVED_GROUPS) {
            from.drop(DropReason.RESERVED_GROUP);
        } else if (!from.isConnected()) {
            return; // gone since it answered
        } else if (!macs.learn(source, from, ports.length, now)) {
            from.drop(DropReason.SPOOFED);
        } else {
            forward(from, destination, buffer, offset, length, now);
        }
    }

    private void forward(SwitchPort from, long destination, ByteBuffer buffer, int offset, int length, long now) {
        boolean isToGroup = MacAddress.isGroup(destination);
        SwitchPort to = isToGroup ? null : macs.lookup(destination, now);
        if (to == null && !isToGroup && from.leadsToSegment()) {
            from.drop(DropReason.NOT_HERE);
        } else if (to == null) {
            for (SwitchPort port : ports) {
                if (port != from && !(from.isolated() && port.isolated())) {
                    deliver(port, from, buffer, offset, length, now);
                }
            }
        } else if (to == from) {
            from.drop(DropReason.SAME_PORT);
        } else if (from.isolated() && to.isolated()) {
            from.drop(DropReason.ISOLATED);
        } else {
            deliver(to, from, buffer, offset, length, now);
        }
    }

    private void deliver(SwitchPort to, SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        if (!to.isConnected()) {
            return; // since the flood began
        }
        try {
            to.sink().accept(from, buffer, offset, length, now);
        } catch (RuntimeException e) {
            to.fault(e);
        }
        // after accept, because a flush within it must not count for this frame
        if (!to.isDirty() && to.isConnected()) {
            to.dirty(true);
            dirty[(firstDirty + dirtyCount++) & (dirty.length - 1)] = to;
        }
    }

    /// Ends a batch: every sink that got frames writes or copies what lies in others' buffers. Sinks may
    /// give rise to new frames while they do; these are flushed too, and refused as [DropReason#LOOP] when
    /// it does not come to an end. Within a flush, a further call returns at once.
    public void flush() {
        if (flushing) {
            return;
        }
        flushing = true;
        try {
            int budget = MAX_ROUNDS * ports.length;
            passWaiting(); // a sink flushes within accept, because its buffer is full of answers
            while (dirtyCount > 0) {
                refusing = budget-- <= 0;
                SwitchPort port = dirty[firstDirty];
                firstDirty = (firstDirty + 1) & (dirty.length - 1);
                dirtyCount--;
                port.dirty(false);
                flush(port);
            }
        } finally {
            flushing = false;
            refusing = false;
        }
        flushes++;
    }

    private static void flush(SwitchPort port) {
        try {
            port.sink().flush();
        } catch (RuntimeException e) {
            port.fault(e);
        }
    }
}
