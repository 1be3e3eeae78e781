package vmlan.network.tcp;

import java.util.random.RandomGenerator;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.ip.ErrorSender;
import vmlan.network.ip.IpPacket;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.packet.IpProtocol;
import vmlan.packet.TcpHeader;
import vmlan.packet.TcpOptions;

/// How connections begin. A guest's SYN is answered only when the other side is connected, so that a guest
/// learns the truth about it; the other way round a client of the host waits until the guest has accepted.
final class Handshake {
    /// Linux tries for 127 s by default (tcp_syn_retries = 6); this is for what does not.
    private static final long DIAL = 130 * RoundTrip.SECOND;
    /// A guest is near: it answers soon, or is not there.
    private static final long CONNECT = 10 * RoundTrip.SECOND;
    /// Below Linux's ephemeral ports, which the host's own stack uses when it shares the gateway's address.
    private static final int FIRST_PORT = 16384;

    private static final int PORTS = 16384;
    /// Random ports that are tried before it counts as none free.
    private static final int PORT_TRIES = 64;
    /// Linux, include/net/tcp.h, TCP_MIN_MSS: less makes a segment mostly header.
    private static final int MIN_MSS = 88;
    /// RFC 9293 §3.7.1, MUST-15, when the guest does not say.
    private static final int DEFAULT_MSS_IPV4 = 536;

    private static final int DEFAULT_MSS_IPV6 = 1220;
    private static final int MAX_SHIFT = 14;
    /// RFC 9293 §3.4.1 wants a new connection's numbers beyond an old one's, which counted on by window.
    private static final int BEYOND_OLD = 1 << 20;

    private final TcpOptions options = new TcpOptions();
    private final Flows flows;
    private final SegmentWriter writer;
    private final ReceiveWindow windows;
    private final InitialSequence sequences;
    private final StreamOpener opener;
    private final ErrorSender errors;
    private final HostSide host;
    private final Timers timers;
    private final RandomGenerator random;

    Handshake(
            Flows flows,
            SegmentWriter writer,
            ReceiveWindow windows,
            StreamOpener opener,
            ErrorSender errors,
            HostSide host,
            Timers timers,
            RandomGenerator random) {
        this.flows = flows;
        this.writer = writer;
        this.windows = windows;
        this.opener = opener;
        this.errors = errors;
        this.host = host;
        this.timers = timers;
        this.random = random;
        sequences = new InitialSequence(random);
    }

    // ── a guest connects ──

    /// A segment that belongs to no connection (RFC 9293 §3.10.7.2).
    ///
    /// @param old the connection of the same addresses and ports that has made room for this one, or null
    void accept(SwitchPort from, long sourceMac, IpPacket packet, TcpHeader tcp, TcpFlow old, long now) {
        int kind = tcp.flags() & (TcpHeader.SYN | TcpHeader.ACK | TcpHeader.RST | TcpHeader.FIN);
        if (kind != TcpHeader.SYN) {
            if (tcp.has(TcpHeader.SYN) && tcp.has(TcpHeader.FIN)) {
                from.drop(DropReason.MALFORMED); // no stack sends it, and who does wants to learn something
            } else {
                writer.refuse(sourceMac, packet, tcp, now);
            }
            return;
        }
        OutsideError why =
                opener.refusal(from, packet.destinationHigh(), packet.destinationLow(), tcp.destinationPort());
        if (why != null) {
            flows.tally.refused++;
            if (why == OutsideError.REFUSED) {
                writer.refuse(sourceMac, packet, tcp, now);
            } else {
                errors.unreachable(
                        from,
                        sourceMac,
                        why,
                        0,
                        IpProtocol.TCP,
                        packet.sourceHigh(),
                        packet.sourceLow(),
                        packet.destinationHigh(),
                        packet.destinationLow(),
                        first8(tcp.sourcePort(), tcp.destinationPort(), tcp.sequence()),
                        now);
            }
            return;
        }
        if (!flows.limits.take(from)) {
            flows.tally.limited++;
            from.drop(DropReason.TABLE_FULL);
            return;
        }
        TcpFlow flow = new TcpFlow(
                host,
                flows.pool,
                from,
                sourceMac,
                packet.sourceHigh(),
                packet.sourceLow(),
                tcp.sourcePort(),
                packet.destinationHigh(),
                packet.destinationLow(),
                tcp.destinationPort());
        if (old != null) {
            flow.reused = true;
            flow.beyond = old.max + BEYOND_OLD;
        }
        flows.add(flow);
        dial(flow, tcp, now);
    }

    private void dial(TcpFlow flow, TcpHeader tcp, long now) {
        flows.tally.dialling++;
        syn(flow, tcp, now);
        flow.giveUpAt = now + DIAL;
        timers.schedule(flow);
        open(flow, now);
    }

    /// Dials once more, in the time that is left: the way that the first attempt took is gone.
    void redial(TcpFlow flow, long now) {
        OutsideStream stream = flow.stream;
        flow.stream = null;
        if (stream != null) {
            stream.reset();
        }
        open(flow, now);
    }

    private void open(TcpFlow flow, long now) {
        OutsideStream stream = opener.open(flow.port(), flow.remoteHigh(), flow.remoteLow(), flow.remotePort(), flow);
        if (flow.isClosed()) {
            return; // it failed already
        }
        if (stream == null) {
            refuse(flow, OutsideError.EXHAUSTED, now);
        } else {
            flow.stream = stream;
        }
    }

    /// What a SYN, or a SYN with an acknowledgement, says.
    private void syn(TcpFlow flow, TcpHeader tcp, long now) {
        tcp.options(options);
        flow.irs = tcp.sequence();
        flow.receiveNext = tcp.sequence() + 1;
        flow.receiveEdge = flow.receiveNext;
        flow.window = tcp.window();
        flow.largestWindow = flow.window;
        flow.windowSequence = tcp.sequence();
        int said = options.mss() > 0 ? options.mss() : flow.ipv4 ? DEFAULT_MSS_IPV4 : DEFAULT_MSS_IPV6;
        flow.mss = Math.clamp(said, MIN_MSS, writer.mss(flow.ipv4));
        flow.segmentSize = Math.min(flow.mss, DEFAULT_MSS_IPV4);
        boolean scales = options.windowScale() >= 0;
        flow.sendShift = scales ? Math.min(options.windowScale(), MAX_SHIFT) : 0;
        flow.receiveShift = scales ? windows.shift() : 0;
        flow.sack = options.sackPermitted();
        flow.timestamps = options.hasTimestamps();
        flow.recentTimestamp = options.timestamp();
        flow.recentTimestampAt = now;
        flow.lastHeard = now;
        flow.lastMoved = now;
    }

    /// A segment while the other side is dialled: the flow is still in LISTEN, in the RFC's eyes.
    void whileDialling(TcpFlow flow, IpPacket packet, TcpHeader tcp, long now) {
        if (tcp.has(TcpHeader.RST)) {
            if (tcp.sequence() == flow.irs || tcp.sequence() == flow.irs + 1) {
                flows.tally.failed++;
                host.drop(flow, now);
            }
        } else if (tcp.has(TcpHeader.ACK)) {
            writer.refuse(flow.mac(), packet, tcp, now);
        } else if (tcp.has(TcpHeader.SYN)) {
            flows.tally.synRetransmits++;
            syn(flow, tcp, now); // of an attempt that may be new
        }
    }

    /// The other side is connected: now the guest's SYN is answered.
    void answer(TcpFlow flow, long now) {
        flows.tally.dialling--;
        flow.state = State.SYN_RECEIVED;
        flow.giveUpAt = TcpFlow.NEVER;
        begin(flow, now);
        time(flow, now);
        writer.sendSyn(flow, true, now);
        timers.schedule(flow);
    }

    private void begin(TcpFlow flow, long now) {
        int next = sequences.next(flow, now);
        int iss = flow.reused && next - flow.beyond < 0 ? flow.beyond : next;
        flow.timestampOffset = sequences.timestampOffset(flow);
        flow.iss = iss;
        flow.una = iss;
        flow.nxt = iss + 1;
        flow.max = iss + 1;
        flow.recoveryPoint = iss;
        flow.windowAcknowledgement = iss;
    }

    private static void time(TcpFlow flow, long now) {
        flow.timing = true;
        flow.timedSequence = flow.iss + 1;
        flow.timedAt = now;
        flow.lastSent = now;
        flow.retransmitAt = now + flow.roundTrip.timeout();
    }

    /// The other side could not be reached.
    void refuse(TcpFlow flow, OutsideError why, long now) {
        flows.tally.failed++;
        if (why == OutsideError.REFUSED) {
            writer.refuse(flow, now);
        } else {
            errors.unreachable(
                    flow.port(),
                    flow.mac(),
                    why,
                    0,
                    IpProtocol.TCP,
                    flow.guestHigh(),
                    flow.guestLow(),
                    flow.remoteHigh(),
                    flow.remoteLow(),
                    first8(flow.guestTcpPort(), flow.remotePort(), flow.irs),
                    now);
        }
        host.drop(flow, now);
    }

    private static long first8(int sourcePort, int destinationPort, int sequence) {
        return ((long) sourcePort << 48) | ((long) destinationPort << 32) | (sequence & 0xffff_ffffL);
    }

    /// A new SYN where the old connection only waits for its end (RFC 9293 §3.6.1, RFC 6191 §2): it must be
    /// newer, by its timestamp or its number.
    ///
    /// @return whether the old one has made room
    boolean reuses(TcpFlow flow, TcpHeader tcp) {
        boolean isSyn =
                (tcp.flags() & (TcpHeader.SYN | TcpHeader.ACK | TcpHeader.RST | TcpHeader.FIN)) == TcpHeader.SYN;
        if (!isSyn || !flow.inTimeWaits) {
            return false;
        }
        tcp.options(options);
        boolean newerTime =
                flow.timestamps && options.hasTimestamps() && options.timestamp() - flow.recentTimestamp > 0;
        return newerTime || tcp.sequence() - flow.receiveNext > 0;
    }

    // ── a connection to a guest ──

    void connect(
            SwitchPort port,
            long guestMac,
            long sourceHigh,
            long sourceLow,
            long guestHigh,
            long guestLow,
            int guestPort,
            ConnectEvents events,
            long now) {
        int source = freePort(port, sourceHigh, sourceLow, guestHigh, guestLow, guestPort);
        if (source < 0 || !flows.limits.take(port)) {
            flows.tally.limited++;
            events.failed(OutsideError.EXHAUSTED, now);
            return;
        }
        TcpFlow flow = new TcpFlow(
                host, flows.pool, port, guestMac, guestHigh, guestLow, guestPort, sourceHigh, sourceLow, source);
        flow.state = State.SYN_SENT;
        flow.waiting = events;
        flow.mss = writer.mss(flow.ipv4);
        flow.receiveShift = windows.shift();
        flow.sack = true;
        flow.timestamps = true;
        flows.add(flow);
        begin(flow, now);
        flow.giveUpAt = now + CONNECT;
        time(flow, now);
        writer.sendSyn(flow, false, now);
        timers.schedule(flow);
    }

    /// @return -1 when none was found
    private int freePort(
            SwitchPort port, long sourceHigh, long sourceLow, long guestHigh, long guestLow, int guestPort) {
        for (int i = 0; i < PORT_TRIES; i++) {
            int tcpPort = FIRST_PORT + random.nextInt(PORTS);
            if (flows.find(port, guestHigh, guestLow, guestPort, sourceHigh, sourceLow, tcpPort) == null) {
                return tcpPort;
            }
        }
        return -1;
    }

    /// RFC 9293 §3.10.7.3.
    void whileSynSent(TcpFlow flow, IpPacket packet, TcpHeader tcp, long now) {
        boolean acknowledges = tcp.has(TcpHeader.ACK);
        if (acknowledges && tcp.acknowledgement() != flow.iss + 1) {
            writer.refuse(flow.mac(), packet, tcp, now);
        } else if (tcp.has(TcpHeader.RST)) {
            if (acknowledges) {
                fail(flow, OutsideError.REFUSED, now);
            }
        } else if (tcp.has(TcpHeader.SYN)) {
            syn(flow, tcp, now);
            windows.first(flow); // our SYN has said so
            if (acknowledges) {
                established(flow, tcp.window(), tcp.sequence(), now);
                if (!flow.isClosed()) {
                    flow.acknowledge = true;
                    flow.acknowledgeNow = true;
                    flows.touch(flow);
                }
            } else {
                // both have sent a SYN (RFC 9293 §3.5, figure 7)
                flow.state = State.SYN_RECEIVED;
                writer.sendSyn(flow, true, now);
            }
        }
    }

    /// Both ends know each other.
    void established(TcpFlow flow, int window, int sequence, long now) {
        boolean lost = flow.roundTrip.backoff() > 0;
        flow.state = State.ESTABLISHED;
        flow.giveUpAt = TcpFlow.NEVER;
        flow.retransmitAt = TcpFlow.NEVER;
        flow.una = flow.iss + 1;
        flow.nxt = flow.una;
        flow.max = flow.una;
        flow.recoveryPoint = flow.una;
        flow.window = window;
        flow.largestWindow = Math.max(flow.largestWindow, window);
        flow.windowSequence = sequence;
        flow.windowAcknowledgement = flow.una;
        if (flow.timing) {
            flow.timing = false;
            flow.roundTrip.sample(now - flow.timedAt);
        }
        if (lost) {
            flow.roundTrip.synWasLost();
        }
        // RFC 5681 §3.1: one segment when the SYN was lost
        flow.congestionWindow = lost ? flow.mss : Congestion.initialWindow(flow.mss);
        flow.lastHeard = now;
        flow.lastMoved = now;
        flows.touch(flow);
        if (flow.waiting == null) {
            flows.tally.opened++;
        } else {
            ConnectEvents events = flow.waiting;
            flow.waiting = null;
            flows.tally.accepted++;
            events.accepted(flow, now);
        }
    }

    /// The guest does not take the connection.
    void fail(TcpFlow flow, OutsideError why, long now) {
        ConnectEvents events = flow.waiting;
        flow.waiting = null;
        flows.tally.failed++;
        host.drop(flow, now);
        if (events != null) {
            events.failed(why, now);
        }
    }
}
