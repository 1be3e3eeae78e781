package vmlan.network;

import java.nio.ByteBuffer;

/// What stands behind a port of the switch and takes the frames that leave by it: a guest's socket, the
/// gateway, later a NIC. A batch is any number of [#accept] calls and then one [#flush].
///
/// Trust: the bytes come from a guest; the switch has only checked that the length is within
/// [Frames#MIN_LENGTH] and [Frames#MAX_LENGTH].
public interface FrameSink {
    /// Takes one frame: the bytes `offset` to `offset + length` of `buffer`. They stay as they are until
    /// [#flush] of the same batch returns, so a sink may write them from where they lie. The four bytes
    /// before `offset` hold `length`, big-endian, as QEMU's stream framing wants it (QEMU net/stream.c):
    /// frames that lie behind one another in `buffer` can go out as one write.
    ///
    /// A sink that has no room drops the frame and counts it on its own port; it never blocks.
    ///
    /// @param from the port by which the frame came in
    /// @param now nanoseconds since 1970 that never go backwards within a process
    void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now);

    /// The batch is over: everything that lies in somebody else's buffer is written or copied before this
    /// returns.
    void flush();
}
