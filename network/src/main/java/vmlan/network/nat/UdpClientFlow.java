package vmlan.network.nat;

import java.nio.ByteBuffer;
import vmlan.network.SwitchPort;
import vmlan.network.outside.OutsideDatagrams;
import vmlan.packet.IpAddress;

/// Between one client of a published port and the guest, which sees a port of the gateway.
final class UdpClientFlow extends UdpFlow {
    private final UdpNat nat;
    private final UdpPublication publication;
    UdpClient client;
    private boolean answered;

    UdpClientFlow(
            UdpNat nat,
            UdpPublication publication,
            SwitchPort port,
            long mac,
            IpAddress guest,
            int guestUdpPort,
            IpAddress own,
            int ownPort) {
        super(port, mac, guest.high(), guest.low(), guestUdpPort, own.high(), own.low(), ownPort);
        this.nat = nat;
        this.publication = publication;
    }

    @Override
    OutsideDatagrams socket() {
        return publication.socket();
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
        answered = true;
        nat.clientFlows.used(this, now);
        nat.clientFlows.toFlush(this);
        return socket().send(client.guestHigh(), client.guestLow(), client.guestPort(), buffer, offset, length, false);
    }

    @Override
    void refusedByGuest(long now) {
        publication.refused(this, answered, now);
    }

    @Override
    void close() {
        publication.ended(this);
    }
}
