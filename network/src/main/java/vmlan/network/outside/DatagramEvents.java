package vmlan.network.outside;

import java.nio.ByteBuffer;

/// What comes back to an [OutsideDatagrams]. Frames that a handler sends are flushed by the caller.
public interface DatagramEvents {
    /// A datagram came. The bytes are valid until this returns.
    void received(long high, long low, int udpPort, ByteBuffer buffer, int offset, int length, long now);

    /// The host was told that a datagram to this address did not arrive.
    ///
    /// @param mtu of the way, with [OutsideError#TOO_BIG], else 0
    void failed(OutsideError why, int mtu, long high, long low, int udpPort, long now);
}
