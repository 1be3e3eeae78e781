package vmlan.network.outside;

import java.nio.ByteBuffer;

/// Echoes (RFC 792, RFC 4443 §4) of one family. The host chooses the identifier; the sequence number tells
/// who is answered.
public interface OutsideEcho {
    /// Sends a request.
    ///
    /// @param hopLimit that it may use
    /// @return null when it was sent, or why not
    OutsideError send(long high, long low, int sequence, int hopLimit, ByteBuffer buffer, int offset, int length);

    void close();
}
