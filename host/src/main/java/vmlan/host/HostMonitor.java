package vmlan.host;

import vmlan.network.change.HostState;

/// Tells how the host is on its networks, as often as that may have changed.
public interface HostMonitor extends AutoCloseable {
    /// Told on the event loop.
    interface Listener {
        /// How it is now; also when nothing has changed.
        void looked(HostState state);

        /// It can be watched no longer.
        void failed(Exception cause);
    }

    /// The listener is told no more. The loop's thread.
    @Override
    void close();
}
