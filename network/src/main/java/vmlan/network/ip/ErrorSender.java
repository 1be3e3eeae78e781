package vmlan.network.ip;

import vmlan.network.SwitchPort;
import vmlan.network.outside.OutsideError;

/// Tells a guest by ICMP why its packet went nowhere.
public interface ErrorSender {
    /// An error about a packet the guest sent some time ago, of which only addresses, protocol and the first
    /// eight bytes of the payload are known.
    ///
    /// @param mtu of the way, with [OutsideError#TOO_BIG], else 0
    /// @param sourceHigh the guest's address, and `destinationHigh` the remote's, as [vmlan.packet.IpAddress]
    /// @param first8 ports and sequence number, or ports, length and checksum
    void unreachable(
            SwitchPort to,
            long toMac,
            OutsideError why,
            int mtu,
            int protocol,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            long first8,
            long now);
}
