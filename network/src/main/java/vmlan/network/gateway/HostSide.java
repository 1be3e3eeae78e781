package vmlan.network.gateway;

import java.nio.ByteBuffer;

/// The host's own network stack behind the gateway's port: an interface of the host that has the gateway's
/// MAC and addresses, such as a tap. What it sends goes to [Gateway#fromHost].
///
/// Like a [vmlan.network.FrameSink] it gets any number of frames, then one [#flush]; it never blocks.
public interface HostSide {
    /// Takes one frame: the bytes `offset` to `offset + length` of `buffer`, which stay as they are until
    /// [#flush] of the same batch returns. They come from a guest and are unchecked but for what decides
    /// that the host may have them.
    ///
    /// @return false when there was no room; the gateway counts it
    boolean accept(ByteBuffer buffer, int offset, int length);

    /// The batch is over: what lies in others' buffers is written or copied before this returns.
    void flush();
}
