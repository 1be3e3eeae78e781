package vmlan.program.serve;

import java.util.List;

/// What leads to a segment that others look after: a LAN, or a network of macOS' own.
interface UplinkService extends NetworkService {
    /// What an uplink needs from its network.
    interface Owner {
        /// The segment cannot be reached any more, or can again.
        void linkChanged(boolean up);

        /// It may be another segment, or may have forgotten the guests.
        void renewLinks();

        /// The process shall end, to be started anew with rights.
        void reopen();
    }

    boolean isRunning();

    int mtu();

    /// What whoever starts a VM should know.
    ///
    /// @param warnings what is said besides
    List<String> notes(List<HostChanges.Warning> warnings);
}
