package vmlan.host;

import vmlan.network.change.HostState;

/// Tells how the host is on its networks, as often as that may have changed.
public interface HostMonitor extends AutoCloseable {
    /// Told on the event loop.
    interface Listener {
        /// How it is now; also when nothing has changed.
        void looked(HostState state);

        /// It cannot be watched. A [PollingMonitor] goes on to try and tells [#looked] when it can be again; another
        /// tells nothing more.
        void failed(Exception cause);
    }

    /// The listener is told no more. The loop's thread.
    @Override
    void close();
}
