package vmlan.network.nat;

import java.nio.ByteBuffer;
import vmlan.network.SwitchPort;
import vmlan.network.flow.Flow;
import vmlan.network.outside.OutsideDatagrams;

/// A guest's UDP address that is mapped to something outside. Three kinds: [UdpMapping], [UdpHostFlow],
/// [UdpClientFlow].
abstract class UdpFlow extends Flow {
    /// Where the guest was last heard.
    long guestMac;
    /// [UdpFlows]' list of this port's flows.
    UdpFlow older;

    UdpFlow newer;
    /// Another flow whose socket has datagrams to send, see [UdpFlows#flush].
    UdpFlow nextToFlush;

    boolean isToFlush;
    boolean ended;

    /// The five-tuple's first port has the switch port's index in its upper half: each port of the switch has
    /// addresses of its own here, so that no guest takes or blocks those of another by sending under them.
    UdpFlow(
            SwitchPort port,
            long mac,
            long guestHigh,
            long guestLow,
            int guestUdpPort,
            long remoteHigh,
            long remoteLow,
            int remoteUdpPort) {
        super(port, mac, guestHigh, guestLow, key(port, guestUdpPort), remoteHigh, remoteLow, remoteUdpPort);
        guestMac = mac;
    }

    int guestUdpPort() {
        return guestPort() & 0xffff;
    }

    /// Where its datagrams leave, or null.
    abstract OutsideDatagrams socket();

    /// How long it may be idle.
    abstract long idleNanos();

    /// A datagram of the guest, its lengths and checksum seen to be good.
    ///
    /// @param offset of the data
    /// @return false when it was dropped for want of room
    abstract boolean fromGuest(
            long high,
            long low,
            int udpPort,
            ByteBuffer buffer,
            int offset,
            int length,
            boolean dontFragment,
            long now);

    /// The guest says that nobody listens where a datagram of this flow went.
    abstract void refusedByGuest(long now);

    /// It is in no table any more.
    abstract void close();
}
