package vmlan.network.nat;

import vmlan.network.SwitchPort;
import vmlan.network.flow.Flow;

/// A client of a published UDP port: the other end by which a [UdpClientFlow] is found. The client stands where
/// flows have their guest.
final class UdpClient extends Flow {
    final UdpClientFlow flow;

    UdpClient(SwitchPort port, long high, long low, int udpPort, UdpClientFlow flow) {
        super(port, flow.mac(), high, low, udpPort, 0, 0, 0);
        this.flow = flow;
    }
}
