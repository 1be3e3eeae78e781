package vmlan.network.outside;

import java.nio.ByteBuffer;

/// A UDP socket of the host's with a port of its own, open to everybody.
public interface OutsideDatagrams {
    /// Sends a datagram; it may be on its way only after [#flush]. The bytes are copied or sent before this
    /// returns.
    ///
    /// @return false when it was dropped for want of room
    boolean send(long high, long low, int udpPort, ByteBuffer buffer, int offset, int length, boolean dontFragment);

    /// Sends what was collected.
    void flush();

    void close();
}
