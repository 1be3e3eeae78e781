package vmlan.network.uplink;

import java.nio.ByteBuffer;
import java.util.function.Function;
import vmlan.network.FrameSink;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;

/// The port of the switch behind which a segment is that carries the frames of any station and has the host on it: a
/// network of macOS' vmnet, whether Apple gives its addresses or a LAN does.
///
/// ```
///  guest ─┐            ┌──── this port ────┐
///  guest ─┼─ Switch ──▶│ learn ─▶ far end ─┼─▶ the host, others of the segment
///         └─────────◀──┼─────── far end ◀──┼──
///                      └───────────────────┘
/// ```
///
/// There is nothing to translate and no second way to the host, as [Uplink] has them for a NIC of Linux. What is left
/// is
/// to learn which addresses the guests show, since others give them, and to keep what is between strangers from the
/// guests.
///
/// Trust: frames of guests and of the segment are hostile. Neither side can take a MAC that is pinned to a port of the
/// other; a guest's claims fill its own share of [AddressTable] only.
public final class SegmentUplink implements FrameSink {
    private final SwitchPort port;
    private final AddressTable addresses;
    private final AddressLearner learner;
    private FrameSink farEnd;

    /// Connects itself to the switch.
    ///
    /// @param addresses may be read by others between two calls
    /// @param farEnd makes what takes the frames, and counts them at the port
    public SegmentUplink(Switch network, AddressTable addresses, Function<SwitchPort, FrameSink> farEnd) {
        this.addresses = addresses;
        learner = new AddressLearner(addresses);
        port = network.connect("uplink", false, self -> this);
        port.leadToSegment();
        this.farEnd = farEnd.apply(port);
    }

    public SwitchPort port() {
        return port;
    }

    @Override
    public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        // what speaks for an address of the host's own is the host's affair: it defends it itself
        learner.learn(from, buffer, offset, length, now);
        farEnd.accept(from, buffer, offset, length, now);
    }

    @Override
    public void flush() {
        farEnd.flush();
    }

    /// What is due.
    public void tick(long now) {
        addresses.tick(now);
    }

    /// How long nothing will be due; 0 when something is.
    public long nanosToTick(long now) {
        return addresses.nanosToTick(now);
    }
}
