package vmlan.network.nat;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.change.HostChange;
import vmlan.network.ip.IcmpErrors;
import vmlan.network.ip.IpPacket;
import vmlan.network.ip.Outbox;
import vmlan.network.outside.Outside;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;
import vmlan.network.outside.UnansweredEvents;
import vmlan.network.tcp.ConnectEvents;
import vmlan.network.tcp.StreamOpener;
import vmlan.network.tcp.TcpSettings;
import vmlan.network.tcp.TcpStack;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpAddress;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;

/// The door to the outside: what guests send elsewhere, and what they send to the gateway that is for a service
/// behind it. The gateway has checked the IP header, source and hop limit.
public final class Nat implements StreamOpener {
    private static final int PORTS_LENGTH = 4;

    private final IcmpHeader icmp = new IcmpHeader();
    private final NatSettings settings;
    private final IcmpErrors errors;
    private final Outside outside;
    private final NameServer names;
    private final HostPorts hostPorts = new HostPorts();
    private final GuestForwards forwards = new GuestForwards();
    private final Reachability reachability;
    private final Reassembly fragments;
    private final GuestPackets packets;
    private final TcpStack tcp;
    private final UdpNat udp;
    private final EchoNat echo4;
    private final EchoNat echo6;
    private final NameQueries queries;
    private final GuestErrors guestErrors;
    private long refused;
    private long otherProtocols;
    private long now;

    /// @param names null where nobody answers names
    public Nat(
            NatSettings settings,
            Outbox out,
            IcmpErrors errors,
            Outside outside,
            NameServer names,
            RandomGenerator random,
            long now) {
        this.settings = settings;
        this.errors = errors;
        this.outside = outside;
        this.names = names;
        this.now = now;
        NatLimits limits = settings.limits();
        packets = new GuestPackets(out, settings.mtu(), random);
        reachability = new Reachability(settings);
        fragments = new Reassembly(limits, errors);
        TcpSettings tcpSettings = new TcpSettings(
                settings.mtu(),
                limits.tcpFlowsPerPort(),
                limits.tcpFlowsInAll(),
                limits.tcpBytesPerFlow(),
                limits.tcpBytesPerPort(),
                limits.tcpBytesInAll());
        tcp = new TcpStack(tcpSettings, out, errors, this, random);
        udp = new UdpNat(settings, out, errors, outside, hostPorts, packets, random, now);
        echo4 = new EchoNat(true, limits, out, errors, outside, packets, now);
        echo6 = new EchoNat(false, limits, out, errors, outside, packets, now);
        queries = new NameQueries(names, out, packets, now);
        guestErrors = new GuestErrors(udp, tcp);
    }

    /// The ports of the host's loopback that guests reach at the gateway. May be changed at any time.
    public HostPorts hostPorts() {
        return hostPorts;
    }

    /// What else guests reach at the gateway's addresses.
    public GuestForwards forwards() {
        return forwards;
    }

    /// Where fragments go first.
    public Reassembly fragments() {
        return fragments;
    }

    /// A whole packet for elsewhere. It is carried, or refused by ICMP.
    public void accept(SwitchPort from, long mac, IpPacket packet, long time) {
        at(time);
        int protocol = packet.protocol();
        if (protocol == IpProtocol.TCP) {
            tcp.accept(from, mac, packet, time); // which asks for refusals when a connection begins
            return;
        }
        OutsideError refusal = reachability.refusal(packet.destinationHigh(), packet.destinationLow());
        if (refusal != null) {
            refused++;
            from.drop(DropReason.NO_ROUTE);
            errors.send(from, mac, packet, refusal, 0, time);
        } else if (protocol == IpProtocol.UDP) {
            udp.toOutside(from, mac, packet, time);
        } else if (isIcmp(packet)) {
            icmp(from, mac, packet, time);
        } else {
            other(from, mac, packet, time);
        }
    }

    private static boolean isIcmp(IpPacket packet) {
        return packet.protocol() == (packet.isIpv4() ? IpProtocol.ICMP : IpProtocol.ICMPV6);
    }

    private void icmp(SwitchPort from, long mac, IpPacket packet, long time) {
        if (!aimIcmp(from, packet)) {
            return;
        }
        if (icmp.type() == (packet.isIpv4() ? IcmpHeader.ECHO : IcmpHeader.V6_ECHO)) {
            (packet.isIpv4() ? echo4 : echo6).request(from, mac, packet, icmp, time);
        } else if (!isError(packet) || !guestErrors.accept(from, packet, icmp, time)) {
            from.drop(DropReason.UNANSWERED);
        }
    }

    private boolean aimIcmp(SwitchPort from, IpPacket packet) {
        if (!icmp.aim(packet.buffer(), packet.payloadOffset(), packet.payloadLength())) {
            from.drop(DropReason.MALFORMED);
            return false;
        }
        if (!icmp.checksumIsRight(packet.isIpv4() ? 0 : packet.pseudoHeader(packet.payloadLength()))) {
            from.drop(DropReason.CHECKSUM);
            return false;
        }
        return true;
    }

    private boolean isError(IpPacket packet) {
        return packet.isIpv4() ? IcmpHeader.isError(icmp.type()) : icmp.type() < 128;
    }

    private void other(SwitchPort from, long mac, IpPacket packet, long time) {
        otherProtocols++;
        from.drop(DropReason.UNANSWERED);
        if (packet.protocol() == IpProtocol.NONE) {
            return;
        }
        if (packet.isIpv4()) {
            errors.send(from, mac, packet, IcmpHeader.UNREACHABLE, IcmpHeader.PROTOCOL_UNREACHABLE, 0, time);
        } else {
            // RFC 8200 §4, though we are no destination: for the guest, we stand for all of them
            errors.send(
                    from,
                    mac,
                    packet,
                    IcmpHeader.V6_PARAMETER_PROBLEM,
                    IcmpHeader.UNKNOWN_NEXT_HEADER,
                    packet.protocolPointer(),
                    time);
        }
    }

    /// A whole packet to one of the gateway's own addresses.
    ///
    /// @return false when it is none of ours
    public boolean acceptLocal(SwitchPort from, long mac, IpPacket packet, long time) {
        at(time);
        int protocol = packet.protocol();
        if (isIcmp(packet)) {
            return localError(from, packet, time);
        }
        boolean hasPorts = protocol == IpProtocol.TCP || protocol == IpProtocol.UDP;
        if (!hasPorts || packet.payloadLength() < PORTS_LENGTH) {
            return false;
        }
        int ports = packet.buffer().getInt(packet.payloadOffset());
        if (!isOurs(
                from,
                protocol,
                packet.sourceHigh(),
                packet.sourceLow(),
                packet.destinationHigh(),
                packet.destinationLow(),
                ports)) {
            return false;
        }
        if (protocol == IpProtocol.TCP) {
            tcp.accept(from, mac, packet, time);
        } else if (queries.has(ports & 0xffff)) {
            queries.query(from, mac, packet, time);
        } else {
            udp.toGateway(from, mac, packet, time);
        }
        return true;
    }

    private boolean localError(SwitchPort from, IpPacket packet, long time) {
        return icmp.aim(packet.buffer(), packet.payloadOffset(), packet.payloadLength())
                && isError(packet)
                && icmp.checksumIsRight(packet.isIpv4() ? 0 : packet.pseudoHeader(packet.payloadLength()))
                && guestErrors.accept(from, packet, icmp, time);
    }

    /// @param ports source and destination, as they stand in the packet
    private boolean isOurs(SwitchPort from, int protocol, long high, long low, long ownHigh, long ownLow, int ports) {
        int guestPort = ports >>> 16;
        int ownPort = ports & 0xffff;
        if (queries.has(ownPort)) {
            return true;
        }
        return protocol == IpProtocol.TCP
                ? isOpen(ownHigh, ownLow, ownPort) || tcp.knows(from, high, low, guestPort, ownHigh, ownLow, ownPort)
                : udp.isOurs(from, high, low, guestPort, ownHigh, ownLow, ownPort);
    }

    /// Whether a connection to one of the gateway's addresses leads to something of the host's.
    private boolean isOpen(long ownHigh, long ownLow, int tcpPort) {
        return forwards.find(ownHigh, ownLow, tcpPort) != null
                || (settings.isGateway(ownHigh, ownLow) && hostPorts.allows(false, tcpPort));
    }

    /// Whether a fragment to one of the gateway's own addresses belongs to something that [#acceptLocal] takes:
    /// the first one shows it by its ports, the others by the first. One that comes before its first is
    /// nobody's here.
    public boolean claims(SwitchPort from, Ipv4Header fragment) {
        if (fragment.isLaterFragment()) {
            return fragments.isUnderWay(from, fragment);
        }
        return claimsFirst(
                from,
                fragment.protocol(),
                0,
                IpAddress.mapped(fragment.source()),
                0,
                IpAddress.mapped(fragment.destination()),
                fragment.buffer(),
                fragment.payloadOffset(),
                fragment.payloadLength());
    }

    public boolean claims(SwitchPort from, Ipv6Header fragment) {
        if (fragment.isLaterFragment()) {
            return fragments.isUnderWay(from, fragment);
        }
        return claimsFirst(
                from,
                fragment.protocol(),
                fragment.sourceHigh(),
                fragment.sourceLow(),
                fragment.destinationHigh(),
                fragment.destinationLow(),
                fragment.buffer(),
                fragment.payloadOffset(),
                fragment.payloadLength());
    }

    private boolean claimsFirst(
            SwitchPort from,
            int protocol,
            long high,
            long low,
            long ownHigh,
            long ownLow,
            ByteBuffer buffer,
            int payload,
            int length) {
        return (protocol == IpProtocol.TCP || protocol == IpProtocol.UDP)
                && length >= PORTS_LENGTH
                && isOurs(from, protocol, high, low, ownHigh, ownLow, buffer.getInt(payload));
    }

    @Override
    public OutsideError refusal(SwitchPort from, long high, long low, int tcpPort) {
        if (settings.isOwn(high, low)) {
            return queries.has(tcpPort) || isOpen(high, low, tcpPort) ? null : OutsideError.REFUSED;
        }
        OutsideError refusal = reachability.refusal(high, low);
        return refusal == null && tcpPort == 0 ? OutsideError.REFUSED : refusal; // no port that anybody has
    }

    @Override
    public OutsideStream open(SwitchPort from, long high, long low, int tcpPort, StreamEvents events) {
        if (!settings.isOwn(high, low)) {
            return outside.connect(high, low, tcpPort, events);
        }
        GuestForwards.Target forward = forwards.find(high, low, tcpPort);
        if (forward != null) {
            return forward.open(events);
        }
        return queries.has(tcpPort) ? names.stream(from, events) : new HostStream(outside, tcpPort, events);
    }

    @Override
    public void findUnanswered(UnansweredEvents events) {
        outside.findUnanswered(events);
    }

    /// Connects to a guest's TCP port for a client of the host, from a port of the gateway's. See
    /// [TcpStack#connect].
    ///
    /// @param sourceHigh one of the gateway's own addresses, of the guest address' family and scope
    public void connect(
            SwitchPort port,
            long guestMac,
            long sourceHigh,
            long sourceLow,
            long guestHigh,
            long guestLow,
            int guestPort,
            ConnectEvents events,
            long time) {
        at(time);
        tcp.connect(port, guestMac, sourceHigh, sourceLow, guestHigh, guestLow, guestPort, events, time);
    }

    /// Makes a guest's UDP port one of the host's. The caller opens the host's socket with the publication as
    /// its events, attaches it, and says where the guest is.
    ///
    /// @param refusal hears when the guest refuses what a client has sent
    public UdpPublication publish(int guestUdpPort, UdpRefusal refusal) {
        return udp.publish(guestUdpPort, refusal);
    }

    /// Ends a publication, with its socket.
    public void withdraw(UdpPublication publication) {
        udp.withdraw(publication);
    }

    /// Answers an echo to the gateway that is longer than the network's MTU.
    ///
    /// @param request aimed at it
    /// @return false when there was no room
    public boolean echo(long mac, IpPacket packet, IcmpHeader request, long time) {
        return packets.sendReply(
                mac,
                packet.destinationHigh(),
                packet.destinationLow(),
                packet.sourceHigh(),
                packet.sourceLow(),
                request.identifier(),
                request.sequence(),
                packet.buffer(),
                request.offset() + IcmpHeader.LENGTH,
                request.length() - IcmpHeader.LENGTH,
                time);
    }

    /// The host's addresses or ways out are others, or it was asleep.
    ///
    /// What is bound to an address that is lost is reset; connects that wait begin anew; of other connections it is
    /// found out soon whether their far ends are still there. Datagrams and echoes need nothing: their sockets
    /// are bound to no address, and each goes the way that there is.
    ///
    /// @return how many connections were reset
    public int hostChanged(HostChange change, long time) {
        at(time);
        int reset = tcp.hostLost(change.lost(), time);
        boolean ipv4 = change.concerns(true);
        boolean ipv6 = change.concerns(false);
        tcp.redial((high, low) -> !settings.isOwn(high, low) && (IpAddress.isIpv4(high, low) ? ipv4 : ipv6), time);
        if (change.makesDoubtful()) {
            tcp.doubt(time);
        }
        echo4.hostChanged(time);
        echo6.hostChanged(time);
        flush();
        return reset;
    }

    /// A port of the switch is gone, and all that it had.
    public void forget(SwitchPort port, long time) {
        at(time);
        fragments.forget(port);
        tcp.forget(port, time);
        udp.forget(port);
        echo4.forget(port);
        echo6.forget(port);
    }

    private void at(long time) {
        now = time;
        queries.at(time);
    }

    /// The end of a batch: what was collected goes to the host's sockets.
    public void flush() {
        tcp.flush(now);
        udp.flush();
    }

    /// To be called when [#nanosToTick] has passed, and after the host's sockets had something to say.
    public void tick(long time) {
        at(time);
        fragments.tick(time);
        queries.tick(time);
        tcp.tick(time);
        udp.tick(time);
        echo4.tick(time);
        echo6.tick(time);
        flush();
    }

    public long nanosToTick(long time) {
        long nanos = Math.min(fragments.nanosToTick(time), queries.nanosToTick(time));
        nanos = Math.min(nanos, Math.min(tcp.nanosToTick(time), udp.nanosToTick(time)));
        return Math.min(nanos, Math.min(echo4.nanosToTick(time), echo6.nanosToTick(time)));
    }

    public NatCounters counters() {
        return new NatCounters(
                tcp.counters(),
                udp.counters(),
                echo4.isAllowed(),
                echo6.isAllowed(),
                echo4.waiting() + echo6.waiting(),
                echo4.requests() + echo6.requests(),
                echo4.replies() + echo6.replies(),
                echo4.failures() + echo6.failures(),
                echo4.evicted() + echo6.evicted(),
                queries.queries(),
                refused,
                otherProtocols,
                fragments.underWay(),
                fragments.reassembled(),
                fragments.evicted(),
                fragments.timedOut(),
                fragments.contradictions());
    }
}
