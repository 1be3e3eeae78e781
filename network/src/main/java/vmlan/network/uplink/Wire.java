package vmlan.network.uplink;

import java.nio.ByteBuffer;
import java.util.List;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// The NIC behind an uplink, as the uplink sees it. Frames are copied before a call returns; what there is
/// no room for is dropped and counted, nothing blocks.
public interface Wire {
    /// Sends a frame onto the LAN.
    ///
    /// @return false when it was dropped
    boolean toLan(ByteBuffer buffer, int offset, int length);

    /// Hands a frame to the host's own network stack, as if the NIC had received it.
    ///
    /// @return false when it was dropped, also where the host cannot be reached
    boolean toHost(ByteBuffer buffer, int offset, int length);

    /// The batch is over: what was copied goes out.
    void flush();

    /// Says which frames are of use, so that the kernel keeps the others to itself: a host that downloads
    /// at full speed must not cost this process anything. A hint: the uplink checks every frame that comes
    /// all the same.
    void want(Wanted wanted);

    /// Which frames an uplink can use. Those to a group address always are, as are those of the LAN to a
    /// MAC other than the NIC's own.
    ///
    /// @param ownMac the NIC's own
    /// @param translated whether guests share the NIC's MAC: then frames to it with one of the IP addresses
    ///     are of use, otherwise none to it. Three more are, whatever the lists say: ARP with target
    ///     0.0.0.0, which answers a probe; DHCP replies (UDP port 67 to 68), to an address that is not
    ///     known yet; IP packets to a group or 255.255.255.255, which access points may send as unicast
    /// @param guestMacs stations behind the network's other ports: what the host sends to them is of use.
    ///     Sorted, at most [WantedFrames#MAX_STATIONS]
    /// @param ipv4 the guests' addresses, for `translated`; at most 4096 with those of `ipv6`
    /// @param ipv6 likewise
    record Wanted(
            long ownMac, boolean translated, List<Long> guestMacs, List<Ipv4Address> ipv4, List<Ipv6Address> ipv6) {
        public Wanted {
            guestMacs = List.copyOf(guestMacs);
            ipv4 = List.copyOf(ipv4);
            ipv6 = List.copyOf(ipv6);
        }
    }
}
