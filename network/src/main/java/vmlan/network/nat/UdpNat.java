package vmlan.network.nat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.flow.FlowTable;
import vmlan.network.ip.IcmpErrors;
import vmlan.network.ip.IpPacket;
import vmlan.network.ip.Outbox;
import vmlan.network.outside.Outside;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;
import vmlan.packet.IpProtocol;
import vmlan.packet.UdpHeader;

/// UDP between the guests and the host's sockets. Read RFC 4787 first.
///
/// ```
///  guest:port ─▶ anywhere        [UdpMapping]     a socket of the host's for each guest:port
///  guest:port ─▶ gateway:opened  [UdpHostFlow]    a socket for each, to the host's loopback
///  guest:port ◀─ gateway:16384…  [UdpClientFlow]  one for each client of a published port, by its one socket
/// ```
///
/// Trust: guests choose addresses, ports and rates. Each flow costs a socket; [UdpFlows] bounds them. What comes
/// from outside reaches a guest only from where it has sent to.
final class UdpNat {
    /// The gateway's ports for clients of the host. Below Linux's ephemeral ones (32768, ip-sysctl
    /// ip_local_port_range), which the host's own stack uses where it shares the gateway's addresses.
    static final int FIRST_PORT = 16_384;

    private static final int PORTS = 16_384;

    private final UdpHeader udp = new UdpHeader();
    private final NatSettings settings;
    private final Outbox out;
    private final IcmpErrors errors;
    private final Outside outside;
    private final HostPorts hostPorts;
    private final GuestPackets packets;
    private final RandomGenerator random;
    final UdpFlows flows;
    final UdpFlows clientFlows;
    private final List<UdpPublication> publications = new ArrayList<>();
    private long fromGuests;
    private long toGuests;
    private long filtered;
    private long errorsTold;
    private long refusals;

    UdpNat(
            NatSettings settings,
            Outbox out,
            IcmpErrors errors,
            Outside outside,
            HostPorts hostPorts,
            GuestPackets packets,
            RandomGenerator random,
            long now) {
        this.settings = settings;
        this.out = out;
        this.errors = errors;
        this.outside = outside;
        this.hostPorts = hostPorts;
        this.packets = packets;
        this.random = random;
        flows = new UdpFlows(settings.limits(), random, now);
        clientFlows = new UdpFlows(settings.limits(), random, now);
    }

    /// A datagram for somewhere that may be reached.
    void toOutside(SwitchPort from, long mac, IpPacket packet, long now) {
        if (!isGood(from, packet)) {
            return;
        }
        if (udp.destinationPort() == 0) {
            from.drop(DropReason.MALFORMED); // RFC 8085 §5.1: no port that anybody has
            return;
        }
        UdpFlow flow = flows.find(from, packet.sourceHigh(), packet.sourceLow(), udp.sourcePort(), 0, 0, 0);
        if (flow == null) {
            flow = open(from, mac, packet, now);
        }
        if (flow != null) {
            pass(flow, from, mac, packet, now);
        }
    }

    private boolean isGood(SwitchPort from, IpPacket packet) {
        if (!udp.aim(packet.buffer(), packet.payloadOffset(), packet.payloadLength())) {
            from.drop(DropReason.MALFORMED);
            return false;
        }
        return checksumIsGood(from, packet);
    }

    private boolean checksumIsGood(SwitchPort from, IpPacket packet) {
        // without one: allowed over IPv4 (RFC 768), not over IPv6 (RFC 8200 §8.1)
        boolean isGood = udp.hasChecksum() ? udp.checksumIsRight(packet.pseudoHeader(udp.length())) : packet.isIpv4();
        if (!isGood) {
            from.drop(DropReason.CHECKSUM);
        }
        return isGood;
    }

    private UdpFlow open(SwitchPort from, long mac, IpPacket packet, long now) {
        if (!flows.makeRoom(from)) {
            from.drop(DropReason.TABLE_FULL);
            return null;
        }
        UdpMapping mapping =
                new UdpMapping(this, from, mac, packet.sourceHigh(), packet.sourceLow(), udp.sourcePort(), now);
        var socket = outside.datagrams(packet.isIpv4(), mapping);
        if (socket == null) {
            return exhausted(from, mac, packet, now);
        }
        mapping.open(socket);
        flows.add(mapping, now);
        return mapping;
    }

    private UdpFlow exhausted(SwitchPort from, long mac, IpPacket packet, long now) {
        flows.release(from);
        from.drop(DropReason.TABLE_FULL);
        errors.send(from, mac, packet, OutsideError.EXHAUSTED, 0, now);
        return null;
    }

    private void pass(UdpFlow flow, SwitchPort from, long mac, IpPacket packet, long now) {
        flow.guestMac = mac;
        fromGuests++;
        if (!flow.fromGuest(
                packet.destinationHigh(),
                packet.destinationLow(),
                udp.destinationPort(),
                packet.buffer(),
                udp.payloadOffset(),
                udp.payloadLength(),
                packet.dontFragment(),
                now)) {
            from.drop(DropReason.QUEUE_FULL);
        }
    }

    /// Whether a datagram to one of the gateway's addresses is the NAT's. The ports may be all that is known.
    boolean isOurs(SwitchPort from, long high, long low, int udpPort, long ownHigh, long ownLow, int ownPort) {
        return (settings.isGateway(ownHigh, ownLow) && hostPorts.allows(true, ownPort))
                || gatewayFlow(from, high, low, udpPort, ownHigh, ownLow, ownPort) != null;
    }

    private UdpFlow gatewayFlow(
            SwitchPort from, long high, long low, int udpPort, long ownHigh, long ownLow, int ownPort) {
        UdpFlow flow = clientFlows.find(from, high, low, udpPort, ownHigh, ownLow, ownPort);
        return flow != null ? flow : flows.find(from, high, low, udpPort, ownHigh, ownLow, ownPort);
    }

    /// A datagram to one of the gateway's addresses that [#isOurs].
    void toGateway(SwitchPort from, long mac, IpPacket packet, long now) {
        if (!isGood(from, packet)) {
            return;
        }
        UdpFlow flow = gatewayFlow(
                from,
                packet.sourceHigh(),
                packet.sourceLow(),
                udp.sourcePort(),
                packet.destinationHigh(),
                packet.destinationLow(),
                udp.destinationPort());
        if (flow == null) {
            flow = openToHost(from, mac, packet, now);
        }
        if (flow != null) {
            pass(flow, from, mac, packet, now);
        }
    }

    private UdpFlow openToHost(SwitchPort from, long mac, IpPacket packet, long now) {
        if (!flows.makeRoom(from)) {
            from.drop(DropReason.TABLE_FULL);
            return null;
        }
        UdpHostFlow flow = new UdpHostFlow(
                this,
                outside,
                from,
                mac,
                packet.sourceHigh(),
                packet.sourceLow(),
                udp.sourcePort(),
                packet.destinationHigh(),
                packet.destinationLow(),
                udp.destinationPort());
        if (!flow.open()) {
            return exhausted(from, mac, packet, now);
        }
        flows.add(flow, now);
        return flow;
    }

    UdpPublication publish(int guestUdpPort, UdpRefusal refusal) {
        UdpPublication publication = new UdpPublication(this, guestUdpPort, refusal, new FlowTable<>(random));
        publications.add(publication);
        return publication;
    }

    void withdraw(UdpPublication publication) {
        publications.remove(publication);
        publication.close();
    }

    /// A flow from a free port of the gateway, or null. A few tries are enough: a guest's port has
    /// [NatLimits#udpFlowsPerPort] of 16384 at most.
    UdpClientFlow clientFlow(UdpPublication publication, SwitchPort port, long mac, IpAddress guest, int guestUdpPort) {
        IpAddress own = settings.ownFor(guest.high(), guest.low());
        for (int tries = 0; tries < 16; tries++) {
            int ownPort = FIRST_PORT + random.nextInt(PORTS);
            if (gatewayFlow(port, guest.high(), guest.low(), guestUdpPort, own.high(), own.low(), ownPort) == null) {
                return new UdpClientFlow(this, publication, port, mac, guest, guestUdpPort, own, ownPort);
            }
        }
        return null;
    }

    /// Something for the guest of a flow.
    void toGuest(
            UdpFlow flow,
            long fromHigh,
            long fromLow,
            int fromPort,
            ByteBuffer buffer,
            int offset,
            int length,
            long now) {
        out.makeRoom();
        toGuests++;
        boolean sent = packets.sendDatagram(
                flow.guestMac,
                fromHigh,
                fromLow,
                fromPort,
                flow.guestHigh(),
                flow.guestLow(),
                flow.guestUdpPort(),
                buffer,
                offset,
                length,
                now);
        if (!sent) {
            flow.port().drop(DropReason.QUEUE_FULL);
        }
    }

    /// A datagram of the guest did not arrive. Of it, ports are known; length and checksum are zero where it
    /// is quoted, which is enough to find the socket that has sent it (RFC 1122 §4.1.3.3).
    void failed(UdpFlow flow, OutsideError why, int mtu, long high, long low, int udpPort, long now) {
        out.makeRoom();
        errorsTold++;
        long first8 = ((long) flow.guestUdpPort() << 48) | ((long) udpPort << 32) | ((long) UdpHeader.LENGTH << 16);
        errors.unreachable(
                flow.port(),
                flow.guestMac,
                why,
                mtu,
                IpProtocol.UDP,
                flow.guestHigh(),
                flow.guestLow(),
                high,
                low,
                first8,
                now);
    }

    /// The guest says "port unreachable" about a datagram that it got.
    ///
    /// @return whether it was one of ours
    boolean refusedByGuest(
            SwitchPort from,
            long high,
            long low,
            int udpPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            long now) {
        UdpFlow flow = gatewayFlow(from, high, low, udpPort, remoteHigh, remoteLow, remotePort);
        if (flow == null) {
            flow = flows.find(from, high, low, udpPort, 0, 0, 0);
        }
        if (flow == null) {
            return false;
        }
        refusals++;
        flow.refusedByGuest(now);
        return true;
    }

    /// Something came from where nobody had sent to.
    void filtered() {
        filtered++;
    }

    void flush() {
        flows.flush();
        clientFlows.flush();
    }

    void tick(long now) {
        flows.tick(now);
        clientFlows.tick(now);
    }

    long nanosToTick(long now) {
        return Math.min(flows.nanosToTick(now), clientFlows.nanosToTick(now));
    }

    void forget(SwitchPort port) {
        flows.forget(port);
        clientFlows.forget(port);
        publications.forEach(publication -> publication.forget(port));
    }

    UdpCounters counters() {
        return new UdpCounters(
                flows.count(),
                clientFlows.count(),
                flows.opened(),
                clientFlows.opened(),
                flows.evicted() + clientFlows.evicted(),
                flows.refused() + clientFlows.refused(),
                flows.timedOut() + clientFlows.timedOut(),
                filtered,
                errorsTold,
                refusals,
                fromGuests,
                toGuests);
    }
}
