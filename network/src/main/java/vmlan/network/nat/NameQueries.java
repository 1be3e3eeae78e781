package vmlan.network.nat;

import java.nio.ByteBuffer;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.ip.IpPacket;
import vmlan.network.ip.Outbox;
import vmlan.packet.UdpHeader;

/// DNS over UDP at the gateway's addresses: the query goes to [NameServer] as a value, the answer leaves from the
/// address that was asked (RFC 2181 §4.1). How many queries a guest may have is the server's to say.
final class NameQueries {
    static final int PORT = 53;

    private final UdpHeader udp = new UdpHeader();
    private final NameServer names;
    private final Outbox out;
    private final GuestPackets packets;
    private long now;
    private long queries;

    /// @param names null where there is no server
    NameQueries(NameServer names, Outbox out, GuestPackets packets, long now) {
        this.names = names;
        this.out = out;
        this.packets = packets;
        this.now = now;
    }

    /// Whether a port of the gateway is the name server's.
    boolean has(int tcpOrUdpPort) {
        return tcpOrUdpPort == PORT && names != null;
    }

    /// The time of answers that come between frames.
    void at(long time) {
        now = time;
    }

    void query(SwitchPort from, long mac, IpPacket packet, long time) {
        at(time);
        if (!udp.aim(packet.buffer(), packet.payloadOffset(), packet.payloadLength())) {
            from.drop(DropReason.MALFORMED);
            return;
        }
        boolean isGood = udp.hasChecksum() ? udp.checksumIsRight(packet.pseudoHeader(udp.length())) : packet.isIpv4();
        if (!isGood) {
            from.drop(DropReason.CHECKSUM);
            return;
        }
        byte[] message = new byte[udp.payloadLength()];
        packet.buffer().get(udp.payloadOffset(), message);
        queries++;
        long ownHigh = packet.destinationHigh();
        long ownLow = packet.destinationLow();
        long guestHigh = packet.sourceHigh();
        long guestLow = packet.sourceLow();
        int guestPort = udp.sourcePort();
        names.query(
                from,
                message,
                false,
                time,
                answer -> answer(from, mac, ownHigh, ownLow, guestHigh, guestLow, guestPort, answer));
    }

    private void answer(
            SwitchPort to,
            long mac,
            long ownHigh,
            long ownLow,
            long guestHigh,
            long guestLow,
            int guestPort,
            byte[] answer) {
        if (!to.isConnected()) {
            return;
        }
        out.makeRoom();
        ByteBuffer message = ByteBuffer.wrap(answer);
        boolean sent = packets.sendDatagram(
                mac, ownHigh, ownLow, PORT, guestHigh, guestLow, guestPort, message, 0, answer.length, now);
        if (!sent) {
            to.drop(DropReason.QUEUE_FULL);
        }
    }

    void tick(long time) {
        at(time);
        if (names != null) {
            names.tick(time);
        }
    }

    long nanosToTick(long time) {
        return names == null ? Long.MAX_VALUE : names.nanosToTick(time);
    }

    long queries() {
        return queries;
    }
}
