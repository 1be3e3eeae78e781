package vmlan.network.tcp;

import vmlan.packet.TcpHeader;

/// Sends what the host has sent: as much as the guest's window and congestion control let, in full segments one
/// behind another (RFC 9293 §3.8.6.2.1, without Nagle's delay); and what was lost, again.
final class Sender {
    private final Flows flows;
    private final SegmentWriter writer;
    private final Congestion congestion;

    Sender(Flows flows, SegmentWriter writer, Congestion congestion) {
        this.flows = flows;
        this.writer = writer;
        this.congestion = congestion;
    }

    /// The longest piece of data in one segment (RFC 6691: options count).
    private int longest(TcpFlow flow) {
        return flow.mss - writer.optionLength(flow);
    }

    /// Sends what may be sent now. When the outbox is full it goes on in the next tick.
    void transmit(TcpFlow flow, long now) {
        if (!flow.state.sends()) {
            return;
        }
        if (flow.max == flow.una && flow.sending.isEmpty() && !flow.hostEnded) {
            return;
        }
        congestion.restart(flow, now);
        boolean room = !flow.retransmitFirst || retransmitFirst(flow, now);
        if (room) {
            room = (flow.recovering && flow.sack) ? fillHoles(flow, now) : sendOn(flow, now);
        }
        if (room) {
            guard(flow, now);
        } else {
            flows.putOff(flow);
        }
    }

    /// Sees to it that something wakes us when nothing comes: the retransmission timer while something is under
    /// way, the persist timer while something waits for a window (RFC 9293 §3.8.6.1).
    private void guard(TcpFlow flow, long now) {
        boolean waits = flow.nxt - flow.dataEnd() < 0 || (flow.hostEnded && !flow.finSent);
        if (flow.nxt != flow.una) {
            flow.persisting = false;
            if (flow.retransmitAt == TcpFlow.NEVER) {
                flow.retransmitAt = now + flow.roundTrip.timeout();
            }
        } else if (waits) {
            if (!flow.persisting || flow.retransmitAt == TcpFlow.NEVER) {
                flow.persisting = true;
                flow.retransmitAt = now + flow.roundTrip.timeout();
            }
        } else {
            flow.persisting = false;
            flow.retransmitAt = TcpFlow.NEVER;
        }
    }

    /// @return false when there was no room
    private boolean retransmitFirst(TcpFlow flow, long now) {
        int end = flow.scoreboard.holeEnd(flow.una, flow.dataEnd());
        int most = Math.min(longest(flow), Math.max(flow.flight(), flow.window));
        int length = Math.max(0, Math.min(most, end - flow.una));
        if (!emit(flow, flow.una, length, now)) {
            return false;
        }
        flow.retransmitFirst = false;
        if (flow.recovering) {
            flow.highRetransmitted = flow.una + length;
            flow.retransmitAt = now + flow.roundTrip.timeout(); // RFC 6675 §5 (4.3) lets it begin anew
        }
        return true;
    }

    /// Sends data from SND.NXT on, and the FIN behind it.
    private boolean sendOn(TcpFlow flow, long now) {
        int longest = longest(flow);
        while (true) {
            if (flow.nxt - flow.max < 0) {
                flow.nxt = flow.scoreboard.nextHole(flow.nxt);
            }
            int available = flow.dataEnd() - flow.nxt;
            int usable = Math.min(flow.window, congestion.window(flow)) - (flow.nxt - flow.una);
            int length = Math.min(longest, Math.min(available, usable));
            boolean isAll = length == available;
            if (available < 0 || usable <= 0 || (available == 0 && !flow.hostEnded)) {
                return true;
            }
            if (length < longest && !isAll && 2 * length < flow.largestWindow) {
                return true;
            }
            if (!emit(flow, flow.nxt, length, now)) {
                return false;
            }
        }
    }

    /// RFC 6675 §5 (C), NextSeg: holes that are lost, then new data, then holes that may be.
    private boolean fillHoles(TcpFlow flow, long now) {
        int longest = longest(flow);
        while (flow.congestionWindow - Congestion.pipe(flow) >= longest) {
            int from = flow.highRetransmitted - flow.una < 0 ? flow.una : flow.highRetransmitted;
            int hole = flow.scoreboard.nextHole(from);
            int highest = flow.scoreboard.highest(flow.una);
            int lost = flow.scoreboard.lostEdge(flow.una, flow.mss);
            boolean isHole = hole - highest < 0;
            boolean isLost = isHole && hole - lost < 0;
            int fresh = Math.min(flow.dataEnd() - flow.nxt, flow.window - (flow.nxt - flow.una));
            if (!isLost && fresh > 0) {
                if (!emit(flow, flow.nxt, Math.min(longest, fresh), now)) {
                    return false;
                }
            } else if (isHole) {
                int length = Math.min(longest, flow.scoreboard.holeEnd(hole, highest) - hole);
                if (!emit(flow, hole, length, now)) {
                    return false;
                }
                flow.highRetransmitted = hole + length;
            } else {
                return true;
            }
        }
        return true;
    }

    /// Sends one segment, with the FIN when it reaches the end and the window has room for it.
    private boolean emit(TcpFlow flow, int sequence, int length, long now) {
        int end = sequence + length;
        boolean fin = flow.hostEnded
                && !flow.finAcknowledged
                && end == flow.dataEnd()
                && (length == 0 || end - flow.una < flow.window);
        int flags = TcpHeader.ACK;
        if (end == flow.dataEnd() && length > 0) {
            flags |= TcpHeader.PSH; // RFC 9293 §3.9.1.2: the last of what there is now
        }
        if (fin) {
            flags |= TcpHeader.FIN;
            end++;
        }
        if (end == sequence) {
            return true;
        }
        if (!writer.send(flow, flags, sequence, sequence - flow.una, length, now)) {
            return false;
        }
        flow.finSent |= fin;
        flow.lastSent = now;
        if (end - flow.nxt > 0 && sequence - flow.nxt <= 0) {
            flow.nxt = end;
        }
        if (sequence - flow.max < 0) {
            flows.tally.retransmits++;
            if (flow.timing && flow.timedSequence - sequence > 0) {
                flow.timing = false; // RFC 6298 §3, Karn's algorithm
            }
        }
        if (end - flow.max > 0) {
            flows.tally.bytesToGuests += end - (sequence - flow.max > 0 ? sequence : flow.max);
            if (!flow.timing && sequence == flow.max) {
                flow.timing = true;
                flow.timedSequence = end;
                flow.timedAt = now;
            }
            flow.max = end;
        }
        return true;
    }

    /// The persist timer: a byte beyond the window (RFC 9293 §3.8.6.1, MUST-36), which the guest answers
    /// whether it takes it or not; or what a small window lets through, against which
    /// [#sendOn] had waited (RFC 9293 §3.8.6.2.1, the override time-out).
    boolean probeWindow(TcpFlow flow, long now) {
        int length = Math.min(flow.sending.length(), Math.clamp(flow.window, 1, longest(flow)));
        int flags = TcpHeader.ACK | (length > 0 ? 0 : TcpHeader.FIN);
        if (!writer.send(flow, flags, flow.una, 0, length, now)) {
            return false;
        }
        flow.finSent |= length == 0;
        int end = flow.una + Math.max(1, length);
        if (end - flow.max > 0) {
            flow.max = end;
        }
        return true;
    }

    /// An acknowledgement that the guest must answer: its number is before the window (RFC 9293 §3.8.4).
    boolean probeLife(TcpFlow flow, long now) {
        return writer.send(flow, TcpHeader.ACK, flow.una - 1, 0, 0, now);
    }

    /// The retransmission timer ran out (RFC 6298 §5.4 to 5.6).
    void timeout(TcpFlow flow, long now) {
        flows.tally.timeouts++;
        congestion.timeout(flow);
        flow.roundTrip.backOff();
        flow.timing = false;
        flow.nxt = flow.una;
        flow.retransmitFirst = true;
        flow.retransmitAt = now + flow.roundTrip.timeout();
        transmit(flow, now);
    }

    /// An acceptable acknowledgement of something new.
    void acknowledged(TcpFlow flow, int acknowledgement, int timestampEcho, long now) {
        int flightBefore = flow.flight();
        int bytes = acknowledgement - flow.una;
        boolean fin = flow.finSent && acknowledgement == flow.dataEnd() + 1;
        sample(flow, acknowledgement, timestampEcho, now);
        flow.sending.drop(Math.min(bytes, flow.sending.length()));
        flow.una = acknowledgement;
        flow.finAcknowledged |= fin;
        if (flow.nxt - flow.una < 0) {
            flow.nxt = flow.una;
        }
        congestion.acknowledged(flow, bytes, flightBefore);
        flow.roundTrip.progress();
        flow.stalledSince = TcpFlow.NEVER;
        flow.lastMoved = now;
        flow.persisting = false;
        // RFC 6298 §5.2 and 5.3
        flow.retransmitAt = flow.nxt == flow.una ? TcpFlow.NEVER : now + flow.roundTrip.timeout();
    }

    /// Of a segment that was timed, or after it was sent again by what the guest echoes (RFC 7323 §4).
    private static void sample(TcpFlow flow, int acknowledgement, int timestampEcho, long now) {
        if (flow.timing) {
            if (acknowledgement - flow.timedSequence >= 0) {
                flow.timing = false;
                flow.roundTrip.sample(now - flow.timedAt);
            }
        } else if (timestampEcho != 0 && flow.roundTrip.backoff() > 0) {
            int units = SegmentWriter.clock(flow, now) - timestampEcho;
            if (units >= 0 && units < 1 << 16) {
                flow.roundTrip.sample((long) units << 20);
            }
        }
    }

    /// What the guest has beyond its acknowledgement; only what was sent counts (RFC 5961 §5 in spirit).
    ///
    /// @return whether it was news
    boolean selectivelyAcknowledged(TcpFlow flow, int left, int right) {
        return left - flow.una > 0 && right - left > 0 && right - flow.max <= 0 && flow.scoreboard.add(left, right);
    }

    void duplicate(TcpFlow flow) {
        congestion.duplicate(flow);
    }
}
