package vmlan.network.outside;

/// What happens to an [OutsideStream]. Frames that a handler sends are flushed by the caller.
public interface StreamEvents {
    /// Connected; told once, to whom has called [Outside#connect].
    void connected(long now);

    /// Not connected, and never will be. The stream is closed.
    void failed(OutsideError why, long now);

    /// There is something to read: bytes, the end, or the news that it is broken.
    void readable(long now);

    /// There is room to write.
    void writable(long now);
}
