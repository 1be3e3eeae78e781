package vmlan.network.tcp;

import vmlan.network.outside.OutsideError;

/// What becomes of [TcpStack#connect]. One of the two is called, once.
public interface ConnectEvents {
    /// The guest has accepted. Within this call, the client's stream is to be attached.
    void accepted(TcpAttachment attachment, long now);

    /// The guest did not: [OutsideError#REFUSED] when it said no, [OutsideError#EXHAUSTED] when there is no
    /// room for another flow.
    void failed(OutsideError why, long now);
}
