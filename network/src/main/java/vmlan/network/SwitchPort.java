package vmlan.network;

import java.util.Optional;

/// A port of the switch: its name, its far end and its counters, which count frames without QEMU's length
/// in front.
public final class SwitchPort {
    private static final DropReason[] REASONS = DropReason.values();

    private final String name;
    private final int index;
    private boolean isolated;
    private boolean leadsToSegment;
    private final long[] drops = new long[REASONS.length];
    private FrameSink sink;
    private boolean connected;
    private boolean dirty;
    private long receivedFrames;
    private long receivedBytes;
    private long transmittedFrames;
    private long transmittedBytes;
    private RuntimeException fault;

    /// [MacTable]'s list of this port's entries.
    int oldestEntry = MacTable.NONE;

    int newestEntry = MacTable.NONE;
    int entryCount;

    SwitchPort(String name, int index, boolean isolated) {
        this.name = name;
        this.index = index;
        this.isolated = isolated;
    }

    public String name() {
        return name;
    }

    /// A small number that no other connected port has; reused when the port is gone. For tables by port
    /// that must not allocate.
    public int index() {
        return index;
    }

    public boolean isolated() {
        return isolated;
    }

    /// From the next frame on.
    public void isolate(boolean isolate) {
        isolated = isolate;
    }

    /// Says that a whole segment of others is behind it, such as a LAN: what comes in by it for a station that is not
    /// known here is for one of theirs, and is not flooded (IEEE 802.1Q-2018 §8.8.2 has filtering of unregistered
    /// addresses as a port's choice).
    public void leadToSegment() {
        leadsToSegment = true;
    }

    boolean leadsToSegment() {
        return leadsToSegment;
    }

    /// Counts frames that the far end has taken. The sink calls it, when it has written them.
    public void transmitted(long frames, long bytes) {
        transmittedFrames += frames;
        transmittedBytes += bytes;
    }

    public void drop(DropReason reason) {
        drop(reason, 1);
    }

    @SuppressWarnings("EnumOrdinal") // a counter per reason, found without hashing
    public void drop(DropReason reason, long count) {
        drops[reason.ordinal()] += count;
    }

    /// Frames that came from the far end and had a good length.
    public long receivedFrames() {
        return receivedFrames;
    }

    public long receivedBytes() {
        return receivedBytes;
    }

    public long transmittedFrames() {
        return transmittedFrames;
    }

    public long transmittedBytes() {
        return transmittedBytes;
    }

    @SuppressWarnings("EnumOrdinal") // as in drop
    public long drops(DropReason reason) {
        return drops[reason.ordinal()];
    }

    /// The latest exception out of the far end's code, for the log: the network goes on without that frame.
    public Optional<RuntimeException> fault() {
        return Optional.ofNullable(fault);
    }

    void fault(RuntimeException cause) {
        fault = cause;
        drop(DropReason.FAULT);
    }

    void received(int length) {
        receivedFrames++;
        receivedBytes += length;
    }

    FrameSink sink() {
        return sink;
    }

    void connect(FrameSink farEnd) {
        sink = farEnd;
        connected = true;
    }

    void disconnect() {
        connected = false;
    }

    /// Whether the switch still has this port.
    public boolean isConnected() {
        return connected;
    }

    boolean isDirty() {
        return dirty;
    }

    void dirty(boolean hasFrames) {
        dirty = hasFrames;
    }

    @Override
    public String toString() {
        return name;
    }
}
