package vmlan.network.nat;

import java.nio.ByteBuffer;
import vmlan.network.SwitchPort;
import vmlan.network.flow.FlowTable;
import vmlan.network.outside.DatagramEvents;
import vmlan.network.outside.OutsideDatagrams;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;

/// A UDP port of the host that is a guest's. To be told what comes in at the host's socket, as that socket's
/// [DatagramEvents]; what the guest answers leaves through the socket, to the client that it is for.
///
/// ```
/// client ─▶ host's socket ─▶ [#received] ─▶ gateway:16384… > guest:port
/// client ◀─ host's socket ◀─ one [UdpClientFlow] for each client ◀─ guest
/// ```
///
/// Trust: clients are whoever reaches the host's socket. They share the guest's [NatLimits#udpFlowsPerPort],
/// apart from the flows that the guest itself began; a new client takes the place of the one that was silent
/// for longest.
public final class UdpPublication implements DatagramEvents {
    private final UdpNat nat;
    private final int udpPort;
    private final UdpRefusal refusal;
    private final FlowTable<UdpClient> clients;
    private OutsideDatagrams socket;
    private SwitchPort port;
    private long mac;
    /// The guest's addresses; the first is tried first, the second when it refuses.
    private IpAddress first;

    private IpAddress second;

    UdpPublication(UdpNat nat, int udpPort, UdpRefusal refusal, FlowTable<UdpClient> clients) {
        this.nat = nat;
        this.udpPort = udpPort;
        this.refusal = refusal;
        this.clients = clients;
    }

    /// The host's socket, which was opened with this as its events. To be called before anything comes in.
    public void attach(OutsideDatagrams hostSocket) {
        socket = hostSocket;
    }

    /// Where the guest is now. Until the first call, and with a port of null, what comes in is dropped.
    ///
    /// @param address that is tried first
    /// @param other of the other family, or null
    public void aim(SwitchPort guestPort, long guestMac, IpAddress address, IpAddress other) {
        boolean same = guestPort == port
                && guestMac == mac
                && (address.equals(first) || address.equals(second))
                && (other == null || other.equals(first) || other.equals(second));
        if (same) {
            return; // also when it was found that the second answers
        }
        endFlows();
        port = guestPort;
        mac = guestMac;
        first = address;
        second = other;
    }

    /// The guest has no address, or is gone.
    public void aimAtNobody() {
        endFlows();
        port = null;
    }

    /// Not published any more. The socket is closed, too.
    public void close() {
        aimAtNobody();
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }

    private void endFlows() {
        if (clients.size() > 0) {
            clients.of(null).forEach(client -> nat.clientFlows.end(client.flow));
        }
    }

    @Override
    public void received(long high, long low, int clientPort, ByteBuffer buffer, int offset, int length, long now) {
        if (port == null || socket == null || !port.isConnected()) {
            nat.filtered();
            return;
        }
        UdpClient client = clients.find(high, low, clientPort, 0, 0, 0);
        UdpClientFlow flow = client == null ? open(high, low, clientPort, now) : client.flow;
        if (flow != null) {
            nat.clientFlows.used(flow, now);
            nat.toGuest(flow, flow.remoteHigh(), flow.remoteLow(), flow.remotePort(), buffer, offset, length, now);
        }
    }

    private UdpClientFlow open(long high, long low, int clientPort, long now) {
        if (!nat.clientFlows.makeRoom(port)) {
            return null;
        }
        UdpClientFlow flow = nat.clientFlow(this, port, mac, first, udpPort);
        if (flow == null) {
            nat.clientFlows.release(port);
            return null;
        }
        flow.client = new UdpClient(port, high, low, clientPort, flow);
        clients.add(flow.client);
        nat.clientFlows.add(flow, now);
        return flow;
    }

    /// The host's socket was told that a reply did not reach its client; the guest is not: it has answered
    /// what it was asked.
    @Override
    public void failed(OutsideError why, int mtu, long high, long low, int clientPort, long now) {}

    OutsideDatagrams socket() {
        return socket;
    }

    void ended(UdpClientFlow flow) {
        clients.remove(flow.client);
    }

    /// Nobody listens at the guest's first address: the client's next datagram goes to the second.
    void refused(UdpClientFlow flow, boolean answered, long now) {
        if (!answered && second != null && first.high() == flow.guestHigh() && first.low() == flow.guestLow()) {
            IpAddress tried = first;
            first = second;
            second = tried;
            endFlows();
        }
        refusal.refused(flow.client.guestHigh(), flow.client.guestLow(), flow.client.guestPort(), now);
    }

    void forget(SwitchPort gone) {
        if (port == gone) {
            aimAtNobody();
        }
    }
}
