package vmlan.network.tcp;

import vmlan.network.SwitchPort;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;
import vmlan.network.outside.UnansweredEvents;

/// Who opens the other side of a guest's connection, and says whether it may be opened at all.
public interface StreamOpener {
    /// Why the destination is not to be dialled, or null. [OutsideError#REFUSED] is answered with a reset,
    /// anything else with an ICMP error.
    OutsideError refusal(SwitchPort from, long high, long low, int tcpPort);

    /// Begins to open. The outcome comes to `events`, as [vmlan.network.outside.Outside#connect] has it.
    OutsideStream open(SwitchPort from, long high, long low, int tcpPort, StreamEvents events);

    /// As [vmlan.network.outside.Outside#findUnanswered].
    default void findUnanswered(UnansweredEvents events) {}
}
