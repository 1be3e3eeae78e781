package vmlan.network.outside;

import java.nio.ByteBuffer;

/// A TCP connection, or another stream, of the host's, on whose other side stands a guest's connection.
///
/// Readiness is told as long as it lasts (level-triggered) and only where [#watch] asks for it. After
/// [#close] or [#reset] nothing is told any more.
public interface OutsideStream {
    /// The far end has sent all that it will.
    int END = -1;
    /// Reset, or broken in another way: nothing more comes or goes.
    int BROKEN = -2;

    /// Reads what is there now, between the buffer's position and limit.
    ///
    /// @return how many bytes, 0 for none now, [#END] or [#BROKEN]
    int read(ByteBuffer buffer);

    /// Writes what there is room for now, between the buffer's position and limit.
    ///
    /// @return how many bytes, or [#BROKEN]
    int write(ByteBuffer buffer);

    /// What [StreamEvents] is to be told; nothing at first.
    void watch(boolean readable, boolean writable);

    /// Nothing more will be written; what was written still goes out.
    void shutdownOutput();

    /// Ends it in order, for both directions.
    void close();

    /// Where it begins and ends, for looking through all streams after a change of the host; null while it connects,
    /// and for what is no TCP connection.
    default StreamEnds endpoints() {
        return null;
    }

    /// How soon it is found out that the far end of a silent connection is gone.
    ///
    /// @param soon within half a minute; else after hours, as is usual
    default void keepAlive(boolean soon) {}

    /// Ends it so that the far end sees that it was cut off (RFC 9293 §3.10.5, ABORT).
    void reset();
}
