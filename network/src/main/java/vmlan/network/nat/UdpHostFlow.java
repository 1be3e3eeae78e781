package vmlan.network.nat;

import java.nio.ByteBuffer;
import vmlan.network.SwitchPort;
import vmlan.network.outside.DatagramEvents;
import vmlan.network.outside.Outside;
import vmlan.network.outside.OutsideDatagrams;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;

/// From a guest's address to a port of the host's loopback that was opened, which the guest sees at the
/// gateway's address. 127.0.0.1 is tried first; when nobody is there, ::1 gets what comes next.
final class UdpHostFlow extends UdpFlow implements DatagramEvents {
    private final UdpNat nat;
    private final Outside outside;
    private OutsideDatagrams socket;
    private boolean ipv4 = true;
    private boolean answered;

    UdpHostFlow(
            UdpNat nat,
            Outside outside,
            SwitchPort port,
            long mac,
            long guestHigh,
            long guestLow,
            int guestPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        super(port, mac, guestHigh, guestLow, guestPort, remoteHigh, remoteLow, remotePort);
        this.nat = nat;
        this.outside = outside;
    }

    /// @return false when the host has no socket now
    boolean open() {
        socket = outside.datagrams(ipv4, this);
        return socket != null;
    }

    private long loopback() {
        return ipv4 ? IpAddress.mapped(HostStream.LOOPBACK) : 1;
    }

    @Override
    OutsideDatagrams socket() {
        return socket;
    }

    @Override
    long idleNanos() {
        return answered ? UdpMapping.ESTABLISHED_NANOS : UdpMapping.UNANSWERED_NANOS;
    }

    @Override
    boolean fromGuest(
            long high,
            long low,
            int udpPort,
            ByteBuffer buffer,
            int offset,
            int length,
            boolean dontFragment,
            long now) {
        if (socket == null && !open()) {
            return false;
        }
        nat.flows.used(this, now);
        nat.flows.toFlush(this);
        // the loopback's MTU is the longest packet's length, so there is nothing to tell the guest
        return socket.send(0, loopback(), udpPort, buffer, offset, length, false);
    }

    @Override
    public void received(long high, long low, int udpPort, ByteBuffer buffer, int offset, int length, long now) {
        if (ended) {
            return;
        }
        if (high != 0 || low != loopback() || udpPort != remotePort()) {
            nat.filtered();
            return;
        }
        answered = true;
        nat.toGuest(this, remoteHigh(), remoteLow(), udpPort, buffer, offset, length, now);
    }

    @Override
    public void failed(OutsideError why, int mtu, long high, long low, int udpPort, long now) {
        if (ended || high != 0 || low != loopback() || udpPort != remotePort()) {
            return;
        }
        if (why == OutsideError.REFUSED && ipv4 && !answered) {
            close();
            ipv4 = false;
            return;
        }
        nat.failed(this, why, mtu, remoteHigh(), remoteLow(), udpPort, now);
        if (why == OutsideError.REFUSED && !answered) {
            close();
            ipv4 = true; // somebody may listen later
        }
    }

    @Override
    void refusedByGuest(long now) {}

    @Override
    void close() {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
