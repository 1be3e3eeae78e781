package vmlan.host;

import java.nio.ByteBuffer;
import vmlan.network.DropReason;

/// Takes what a device received, on the event loop. A batch is any number of [#received] and then one
/// [#batchEnd].
///
/// Trust: the bytes come from the LAN or the host; nothing but the length was checked, which is that of a frame
/// (`Frames.MIN_LENGTH` to `Frames.MAX_LENGTH`).
public interface FrameReceiver {
    /// One frame. The four bytes before `offset` hold `length`, big-endian. All of it may be changed and stays
    /// as it is until [#batchEnd] returns.
    ///
    /// @param fromHost whether this machine sends it; otherwise it comes from the LAN
    void received(ByteBuffer buffer, int offset, int length, boolean fromHost, long now);

    /// The frames of this batch are over; their buffer is used again after this returns.
    void batchEnd();

    /// Frames that were lost on the way in, or on the way out after the sending call returned true.
    void dropped(DropReason reason, long count);

    /// The device can be read no longer; the network goes on without it.
    void failed(Exception cause);
}
