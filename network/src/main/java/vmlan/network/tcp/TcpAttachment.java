package vmlan.network.tcp;

import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;

/// A connection that a guest has accepted, and that waits for its other side.
public interface TcpAttachment {
    /// Joins the two. From then on the stream is the connection's: it is read, watched and closed by it.
    ///
    /// @return what is to be told about the stream
    StreamEvents attach(OutsideStream stream);
}
