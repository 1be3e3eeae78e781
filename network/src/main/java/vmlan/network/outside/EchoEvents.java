package vmlan.network.outside;

import java.nio.ByteBuffer;

/// What comes back to an [OutsideEcho]. Frames that a handler sends are flushed by the caller.
public interface EchoEvents {
    /// A reply came: data without the eight bytes of header, valid until this returns.
    void replied(long high, long low, int sequence, ByteBuffer buffer, int offset, int length, long now);

    /// The host was told that a request did not arrive.
    ///
    /// @param offenderHigh who says so, as [vmlan.packet.IpAddress]; the destination itself or a router
    /// @param mtu of the way, with [OutsideError#TOO_BIG], else 0
    void failed(
            OutsideError why,
            int mtu,
            long offenderHigh,
            long offenderLow,
            long high,
            long low,
            int sequence,
            long now);
}
