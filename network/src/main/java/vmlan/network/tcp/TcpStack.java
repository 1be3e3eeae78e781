package vmlan.network.tcp;

import java.util.Set;
import java.util.function.ObjLongConsumer;
import java.util.random.RandomGenerator;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.ip.ErrorSender;
import vmlan.network.ip.IpPacket;
import vmlan.network.ip.Outbox;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;
import vmlan.packet.TcpHeader;

/// The door of TCP towards the guests: an endpoint of RFC 9293 that stands for every remote, with a stream of the
/// host's behind each connection.
///
/// ```
///           accept ─▶ Handshake │ Input ─▶ Receiver ─▶ ByteRing ─▶ flush: OutsideStream.write
///  guest                                    │ acknowledges
///           Outbox ◀─ SegmentWriter ◀─ Sender ◀─ ByteRing ◀─ readable: OutsideStream.read
///                                       │ Congestion, Scoreboard, RoundTrip
///           tick ───▶ Timers
/// ```
///
/// Theory of operation. A *batch* is what one read of a guest's socket brought. Within it every segment is
/// taken in by [#accept], which copies data into the flow's ring and marks the flow as touched; only what the
/// RFCs want at once (duplicate acknowledgements, challenges, resets) is sent from there. [#flush] then does what
/// is left for each touched flow once: one write to the host, reading and sending what acknowledgements made
/// room for, one acknowledgement with the window as it is then. So the cost of a system call and of an
/// acknowledgement is shared by a batch.
///
/// Flow control goes from end to end: the window closes as the ring of a slow host stream fills, and a stream is
/// not read while the ring of a slow guest is full. Memory is in chunks of a shared pool ([ChunkPool]); what
/// was acknowledged is never lost, what finds no memory is not acknowledged.
///
/// Read first: RFC 9293 §3.10 (events), §3.8 (data); RFC 5681, 6582, 6675 (loss); RFC 6298 (timer);
/// RFC 7323 (scaling, timestamps); RFC 2018 (SACK); RFC 5961 and 5927 (what may be forged); RFC 6528.
/// Urgent data stays in line and its pointer is ignored (RFC 6093 §5). Not here: ECN, TCP Fast Open, MPTCP.
///
/// Trust: segments come from guests. A flow belongs to the port and MAC address of its SYN.
public final class TcpStack {
    /// What Linux believes at least (net.ipv4.route.min_pmtu): with less, segments are mostly header.
    private static final int MIN_MTU_IPV4 = 552;
    /// RFC 8200 §5.
    private static final int MIN_MTU_IPV6 = 1280;

    private final TcpHeader tcp = new TcpHeader();
    private final Outbox out;
    private final Flows flows;
    private final Handshake handshake;
    private final Input input;
    private final HostSide host;
    private final StreamReview review;
    private final ObjLongConsumer<TcpFlow> fire;
    private long chunksGiven;

    public TcpStack(TcpSettings settings, Outbox out, ErrorSender errors, StreamOpener opener, RandomGenerator random) {
        this.out = out;
        flows = new Flows(settings, random);
        ReceiveWindow windows = new ReceiveWindow(flows.pool, settings.bytesPerFlow());
        SegmentWriter writer = new SegmentWriter(out, windows, settings.mtu());
        Congestion congestion = new Congestion(windows.capacity(), flows.tally);
        Sender sender = new Sender(flows, writer, congestion);
        Receiver receiver = new Receiver(flows, writer, windows);
        Timers timers = new Timers(flows, writer, sender);
        host = new HostSide(flows, out, writer, sender, receiver, timers, windows.capacity());
        handshake = new Handshake(flows, writer, windows, opener, errors, host, timers, random);
        input = new Input(flows, writer, sender, receiver, handshake, host, timers);
        host.join(handshake);
        timers.join(host, handshake);
        review = new StreamReview(flows, out, host, handshake, opener);
        fire = (flow, now) -> {
            out.makeRoom();
            timers.fire(flow, now);
        };
    }

    /// A segment from a guest: to elsewhere, or to the gateway where the caller found that it is the NAT's.
    ///
    /// @param packet whole, its IP header checked; TCP's header and checksum are checked here
    public void accept(SwitchPort from, long sourceMac, IpPacket packet, long now) {
        if (!tcp.aim(packet.buffer(), packet.payloadOffset(), packet.payloadLength())) {
            from.drop(DropReason.MALFORMED);
            return;
        }
        if (!tcp.checksumIsRight(packet.pseudoHeader(packet.payloadLength()))) {
            from.drop(DropReason.CHECKSUM);
            return;
        }
        TcpFlow flow = flows.find(
                from,
                packet.sourceHigh(),
                packet.sourceLow(),
                tcp.sourcePort(),
                packet.destinationHigh(),
                packet.destinationLow(),
                tcp.destinationPort());
        if (flow == null) {
            handshake.accept(from, sourceMac, packet, tcp, null, now);
        } else if (flow.mac() != sourceMac) {
            from.drop(DropReason.SPOOFED);
        } else if (flow.state == State.DIALLING) {
            handshake.whileDialling(flow, packet, tcp, now);
        } else if (flow.state == State.SYN_SENT) {
            handshake.whileSynSent(flow, packet, tcp, now);
        } else if (flow.state == State.TIME_WAIT && handshake.reuses(flow, tcp)) {
            flows.remove(flow);
            handshake.accept(from, sourceMac, packet, tcp, flow, now);
        } else {
            input.accept(flow, tcp, packet.buffer(), now);
        }
    }

    /// Whether a port has a flow of this five-tuple, so that the gateway knows that a segment to its own address
    /// is not the host's.
    public boolean knows(
            SwitchPort from,
            long guestHigh,
            long guestLow,
            int guestPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        return flows.find(from, guestHigh, guestLow, guestPort, remoteHigh, remoteLow, remotePort) != null;
    }

    /// An ICMP error from a guest about a segment that was sent to it: the addresses, ports and sequence
    /// number are those of that segment. It counts only for a segment that is under way (RFC 5927 §4.1).
    ///
    /// @param mtu with [OutsideError#TOO_BIG], else 0
    public void error(
            SwitchPort from,
            OutsideError why,
            int mtu,
            long guestHigh,
            long guestLow,
            int guestPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int sequence,
            long now) {
        TcpFlow flow = flows.find(from, guestHigh, guestLow, guestPort, remoteHigh, remoteLow, remotePort);
        if (flow == null) {
            return;
        }
        boolean isUnderWay = sequence - flow.una >= 0 && sequence - flow.max < 0;
        if (!isUnderWay) {
            return;
        }
        if (why == OutsideError.TOO_BIG) {
            narrow(flow, mtu);
        } else if (flow.state == State.SYN_SENT) {
            handshake.fail(flow, why, now);
        }
        // a connection that is there survives all else (RFC 5927 §5.2)
    }

    /// RFC 1191 §6.3, RFC 8201 §5.2: shorter segments from now on, and what is under way again.
    private void narrow(TcpFlow flow, int mtu) {
        int least = flow.ipv4 ? MIN_MTU_IPV4 : MIN_MTU_IPV6;
        int headers = (flow.ipv4 ? Ipv4Header.LENGTH : Ipv6Header.LENGTH) + TcpHeader.LENGTH;
        int mss = Math.max(least, mtu) - headers;
        if (mss < flow.mss && flow.state.sends()) {
            flow.mss = mss;
            flow.nxt = flow.una;
            flow.timing = false;
            flow.recovering = false;
            flow.recoveryPoint = flow.max;
            flows.touch(flow);
        }
    }

    /// The end of a batch: writes to the host what came, sends what may be sent, acknowledges.
    public void flush(long now) {
        for (TcpFlow flow = flows.pollTouched(); flow != null; flow = flows.pollTouched()) {
            host.work(flow, now);
        }
    }

    /// Does what is due, and what had no room or memory before.
    public void tick(long now) {
        flows.tick(now, fire);
        for (int left = flows.pendingCount(); left > 0; left--) {
            out.makeRoom();
            TcpFlow flow = flows.pollPending();
            if (flow != null) {
                host.work(flow, now);
            }
        }
        feed(now);
        review.tick(now);
        flush(now);
    }

    /// The starved get another try when memory came back.
    private void feed(long now) {
        if (chunksGiven == flows.pool.given()) {
            return;
        }
        chunksGiven = flows.pool.given();
        for (int left = flows.starvedCount(); left > 0; left--) {
            out.makeRoom();
            TcpFlow flow = flows.pollStarved();
            if (flow != null) {
                host.work(flow, now);
            }
        }
    }

    /// How long nothing will be due; 0 when something is.
    public long nanosToTick(long now) {
        boolean feeds = flows.starvedCount() > 0 && chunksGiven != flows.pool.given();
        return feeds || flows.hasWork() ? 0 : Math.min(flows.nanosToTick(now), review.nanosToTick(now));
    }

    /// Connects to a guest for a client of the host, from a port of ours. The client's stream is not touched
    /// before the guest has accepted. That it failed may be told within this call.
    ///
    /// @param sourceHigh the address that the guest sees, as a rule the gateway's
    public void connect(
            SwitchPort port,
            long guestMac,
            long sourceHigh,
            long sourceLow,
            long guestHigh,
            long guestLow,
            int guestPort,
            ConnectEvents events,
            long now) {
        out.makeRoom();
        handshake.connect(port, guestMac, sourceHigh, sourceLow, guestHigh, guestLow, guestPort, events, now);
    }

    /// The port is gone: its flows end, and the host's side learns it as a reset.
    public void forget(SwitchPort port, long now) {
        for (TcpFlow flow : flows.of(port)) {
            host.drop(flow, now);
        }
    }

    /// The host has lost these addresses: what is bound to them is reset on both sides.
    ///
    /// @return how many connections
    public int hostLost(Set<IpAddress> lost, long now) {
        return review.reset(lost, now);
    }

    /// Dials anew for guests that wait for an answer of such remotes: the host reaches them in another way now.
    public void redial(RemotePredicate which, long now) {
        review.redial(which, now);
    }

    /// Far ends may be gone without a word: see who is still there.
    public void doubt(long now) {
        review.doubt(now);
    }

    public TcpCounters counters() {
        return flows.counters();
    }
}
