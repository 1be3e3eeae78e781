package vmlan.network.tcp;

import java.nio.ByteBuffer;
import vmlan.network.DropReason;
import vmlan.network.ip.RateLimit;
import vmlan.network.outside.OutsideError;
import vmlan.packet.TcpHeader;
import vmlan.packet.TcpOptions;

/// A segment arrives for a connection (RFC 9293 §3.10.7.3 and 3.10.7.4), checked in the order that is written
/// there, with timestamps (RFC 7323 §5) first and the answers of RFC 5961 to what may be forged.
///
/// Trust: addresses, numbers and flags are the guest's, or of whoever writes them behind its port. What is
/// answered and could be asked for without end has a limit: acknowledgements in answer to segments outside of
/// the window.
final class Input {
    /// RFC 5961 §7 has 10 in 5 s for a whole host. Here it is by port, and a guest that restarts with many
    /// connections open needs one for each.
    private static final int CHALLENGES_PER_SECOND = 100;

    /// RFC 7323 §5.5: after 24 days a timestamp says nothing any more.
    private static final long TIMESTAMP_LIFE = 24L * 24 * 60 * 60 * RoundTrip.SECOND;

    private final TcpOptions options = new TcpOptions();
    private final RateLimit challenges = new RateLimit(CHALLENGES_PER_SECOND, CHALLENGES_PER_SECOND);
    private final Flows flows;
    private final SegmentWriter writer;
    private final Sender sender;
    private final Receiver receiver;
    private final Handshake handshake;
    private final HostSide host;
    private final Timers timers;

    Input(
            Flows flows,
            SegmentWriter writer,
            Sender sender,
            Receiver receiver,
            Handshake handshake,
            HostSide host,
            Timers timers) {
        this.flows = flows;
        this.writer = writer;
        this.sender = sender;
        this.receiver = receiver;
        this.handshake = handshake;
        this.host = host;
        this.timers = timers;
    }

    /// A segment of a flow in any state but [State#DIALLING] and [State#SYN_SENT], for which
    /// [Handshake] stands. Its checksum was right.
    void accept(TcpFlow flow, TcpHeader tcp, ByteBuffer buffer, long now) {
        tcp.options(options);
        int flags = tcp.flags();
        int sequence = tcp.sequence();
        boolean reset = (flags & TcpHeader.RST) != 0;
        if (flow.timestamps && !reset && !isFresh(flow, flags, now)) {
            return;
        }
        if (!isAcceptable(flow, sequence, tcp.sequenceLength())) {
            outside(flow, flags, tcp, now);
            return;
        }
        if (reset) {
            // RFC 5961 §3.2: only with the very number that is expected
            if (sequence == flow.receiveNext) {
                reset(flow, now);
            } else {
                challenge(flow, now);
            }
            return;
        }
        if ((flags & TcpHeader.SYN) != 0) {
            syn(flow, tcp, now);
            return;
        }
        if ((flags & TcpHeader.ACK) == 0) {
            flow.port().drop(DropReason.MALFORMED);
            return;
        }
        if (flow.timestamps && options.hasTimestamps()) {
            remember(flow, sequence, now);
        }
        if (!acknowledgement(flow, tcp, now)) {
            return;
        }
        flow.lastHeard = now;
        flow.probes = 0;
        HostSide.advance(flow);
        boolean fin = (flags & TcpHeader.FIN) != 0;
        if (flow.state == State.TIME_WAIT) {
            if (fin) {
                // the guest did not get our last acknowledgement; the wait begins anew
                flow.acknowledge = true;
                flow.acknowledgeNow = true;
                if (flow.inTimeWaits) {
                    timers.startTimeWait(flow, now);
                }
            }
        } else if (tcp.dataLength() > 0 || fin) {
            receiver.text(flow, buffer, tcp.dataOffset(), tcp.dataLength(), sequence, fin, now);
            HostSide.advance(flow);
        }
        flows.touch(flow);
    }

    /// PAWS (RFC 7323 §5.3, R1), and whether the option is there at all (§3.2).
    private boolean isFresh(TcpFlow flow, int flags, long now) {
        if (!options.hasTimestamps()) {
            // a new SYN of the guest may do without; the rules for SYNs stand for it
            if ((flags & TcpHeader.SYN) == 0) {
                flow.port().drop(DropReason.MALFORMED);
                return false;
            }
            return true;
        }
        boolean old = options.timestamp() - flow.recentTimestamp < 0
                && now - flow.recentTimestampAt < TIMESTAMP_LIFE
                && (flags & TcpHeader.SYN) == 0;
        if (old) {
            flow.acknowledge = true;
            challenge(flow, now);
        }
        return !old;
    }

    /// RFC 7323 §4.3: of the segment that the last acknowledgement waits for.
    private void remember(TcpFlow flow, int sequence, long now) {
        if (options.timestamp() - flow.recentTimestamp >= 0 && sequence - flow.lastAcknowledged <= 0) {
            flow.recentTimestamp = options.timestamp();
            flow.recentTimestampAt = now;
        }
    }

    /// RFC 9293 §3.10.7.4, table 6. With a window that is open, whatever overlaps it.
    private static boolean isAcceptable(TcpFlow flow, int sequence, int length) {
        int before = sequence - flow.receiveNext;
        int window = flow.receiveEdge - flow.receiveNext;
        if (length == 0) {
            return before == 0 || (before > 0 && before < window);
        }
        if (window == 0) {
            return false;
        }
        int last = before + length - 1;
        return (before >= 0 && before < window) || (last >= 0 && last < window) || (before < 0 && last >= window);
    }

    /// Not acceptable: an acknowledgement says what would be. One that asks for it with data, a FIN, or a probe
    /// of the window gets it once a batch; all else within the limit.
    private void outside(TcpFlow flow, int flags, TcpHeader tcp, long now) {
        if ((flags & TcpHeader.RST) != 0) {
            return;
        }
        if ((flags & TcpHeader.SYN) != 0) {
            syn(flow, tcp, now);
            return;
        }
        flow.lastHeard = now;
        flow.probes = 0;
        // RFC 9293 §3.10.7.4: with a window of zero, valid acknowledgements are still to be taken
        boolean fromNext = tcp.sequence() == flow.receiveNext || tcp.sequence() == flow.receiveNext - 1;
        if ((flags & TcpHeader.ACK) != 0 && fromNext && !acknowledgement(flow, tcp, now)) {
            return;
        }
        HostSide.advance(flow);
        if (tcp.sequenceLength() > 0) {
            flow.acknowledge = true;
            flow.acknowledgeNow = true;
            if (flow.state == State.TIME_WAIT && (flags & TcpHeader.FIN) != 0 && flow.inTimeWaits) {
                timers.startTimeWait(flow, now);
            }
            flows.touch(flow);
        } else {
            flows.touch(flow);
            challenge(flow, now);
        }
    }

    /// A SYN that came again is answered again, and one with an acknowledgement ends an opening from both sides
    /// (RFC 9293 §3.5, figure 7). Any other is suspect (RFC 5961 §4.2).
    private void syn(TcpFlow flow, TcpHeader tcp, long now) {
        if (flow.state != State.SYN_RECEIVED || tcp.sequence() != flow.irs) {
            challenge(flow, now);
        } else if (!tcp.has(TcpHeader.ACK)) {
            writer.sendSyn(flow, true, now);
        } else if (tcp.acknowledgement() != flow.iss + 1) {
            writer.refuseAcknowledgement(flow, tcp.acknowledgement(), now);
        } else {
            handshake.established(flow, tcp.window(), tcp.sequence(), now);
            flow.acknowledge = true;
            flow.acknowledgeNow = true;
        }
    }

    private void challenge(TcpFlow flow, long now) {
        flows.tally.challenges++;
        if (challenges.allows(flow.port(), now)) {
            writer.acknowledge(flow, now);
        } else {
            flow.port().drop(DropReason.RATE);
        }
    }

    private void reset(TcpFlow flow, long now) {
        if (flow.state == State.SYN_RECEIVED && flow.waiting != null) {
            handshake.fail(flow, OutsideError.REFUSED, now);
            return;
        }
        if (flow.finReceived && flow.finAcknowledged && flow.stream != null) {
            return; // both have ended in order, and the host still has to get what was acknowledged
        }
        flows.tally.resets += flow.state == State.TIME_WAIT ? 0 : 1;
        host.drop(flow, now);
    }

    /// RFC 9293 §3.10.7.4, fifth.
    ///
    /// @return whether the rest of the segment counts
    private boolean acknowledgement(TcpFlow flow, TcpHeader tcp, long now) {
        int acknowledgement = tcp.acknowledgement();
        int gained = acknowledgement - flow.una;
        if (flow.state == State.SYN_RECEIVED) {
            if (acknowledgement != flow.iss + 1) {
                writer.refuseAcknowledgement(flow, acknowledgement, now);
                return false;
            }
            handshake.established(flow, tcp.window() << flow.sendShift, tcp.sequence(), now);
            return !flow.isClosed();
        }
        // RFC 5961 §5.2
        if (acknowledgement - flow.max > 0 || gained < -flow.largestWindow) {
            challenge(flow, now);
            return false;
        }
        if (gained < 0) {
            return true; // old, but its data may be new
        }
        boolean news = selective(flow);
        int window = tcp.window() << flow.sendShift;
        if (gained > 0) {
            sender.acknowledged(flow, acknowledgement, options.hasTimestamps() ? options.timestampEcho() : 0, now);
        } else if (flow.flight() > 0 && !flow.persisting) {
            // RFC 5681 §2 and RFC 6675 §2
            boolean duplicate = flow.sack ? news : tcp.sequenceLength() == 0 && window == flow.window;
            if (duplicate) {
                sender.duplicate(flow);
            }
        }
        int order = tcp.sequence() - flow.windowSequence;
        // an acknowledgement of something new is new itself, also when its sender has gone back to older data
        if (gained > 0 || order > 0 || (order == 0 && acknowledgement - flow.windowAcknowledgement >= 0)) {
            flow.window = window;
            flow.largestWindow = Math.max(flow.largestWindow, window);
            flow.windowSequence = tcp.sequence();
            flow.windowAcknowledgement = acknowledgement;
        }
        return true;
    }

    private boolean selective(TcpFlow flow) {
        boolean news = false;
        if (flow.sack) {
            for (int i = 0; i < options.sackBlocks(); i++) {
                news |= sender.selectivelyAcknowledged(flow, options.sackLeft(i), options.sackRight(i));
            }
        }
        return news;
    }
}
