package vmlan.network.tcp;

/// How much may be under way, and what counts as lost: slow start, congestion avoidance, fast retransmit and
/// recovery (RFC 5681), with SACK (RFC 6675) or without (RFC 6582, NewReno).
///
/// What is congested here is not a network but the queue in front of a guest's socket, or the guest itself. It
/// decides numbers; [Sender] sends.
final class Congestion {
    /// RFC 3465 §2.2, L = 2: acknowledgements come for two segments or more.
    private static final int SLOW_START_SEGMENTS = 2;

    private final int largest;
    private final Tally tally;

    /// @param largest window; more than a flow's ring holds is of no use
    Congestion(int largest, Tally tally) {
        this.largest = largest;
        this.tally = tally;
    }

    /// RFC 6928 §2.
    static int initialWindow(int mss) {
        return Math.min(10 * mss, Math.max(2 * mss, 14_600));
    }

    /// After a silence the acknowledgements that paced us are gone (RFC 5681 §4.1).
    void restart(TcpFlow flow, long now) {
        if (flow.flight() == 0 && now - flow.lastSent > flow.roundTrip.timeout()) {
            flow.congestionWindow = Math.min(flow.congestionWindow, initialWindow(flow.mss));
        }
    }

    /// What may be beyond SND.UNA, out of recovery with SACK. On the first two duplicates a new segment each
    /// (RFC 3042, limited transmit).
    int window(TcpFlow flow) {
        int extra = flow.recovering ? 0 : Math.min(flow.duplicates, 2) * flow.mss;
        return flow.congestionWindow + extra;
    }

    /// New data was acknowledged; SND.UNA has moved already.
    ///
    /// @param flightBefore bytes that were under way
    void acknowledged(TcpFlow flow, int bytes, int flightBefore) {
        flow.scoreboard.advance(flow.una);
        if (flow.recovering) {
            if (flow.una - flow.recoveryPoint >= 0) {
                // RFC 6582 §3.2 (3), the first option: no burst when little is under way
                flow.congestionWindow = Math.min(flow.slowStartThreshold, Math.max(flow.flight(), flow.mss) + flow.mss);
                flow.recovering = false;
                flow.duplicates = 0;
            } else if (!flow.sack) {
                // a partial acknowledgement: the next hole begins here (RFC 6582 §3.2 (3))
                flow.retransmitFirst = true;
                int deflated = flow.congestionWindow - bytes + (bytes >= flow.mss ? flow.mss : 0);
                flow.congestionWindow = Math.max(deflated, flow.mss);
            }
            return;
        }
        flow.duplicates = 0;
        if (flow.una - flow.recoveryPoint > 0) {
            flow.recoveryPoint = flow.una; // comparable also after 2 GiB
        }
        // grown only when it was what held us back (RFC 7661 §3)
        if (flightBefore + 2 * flow.mss > flow.congestionWindow) {
            grow(flow, bytes);
        }
    }

    private void grow(TcpFlow flow, int bytes) {
        if (flow.congestionWindow < flow.slowStartThreshold) {
            int most = flow.roundTrip.backoff() > 0 ? flow.mss : SLOW_START_SEGMENTS * flow.mss;
            flow.congestionWindow += Math.min(bytes, most);
        } else {
            flow.acknowledgedBytes += bytes;
            if (flow.acknowledgedBytes >= flow.congestionWindow) {
                flow.acknowledgedBytes -= flow.congestionWindow;
                flow.congestionWindow += flow.mss;
            }
        }
        flow.congestionWindow = Math.min(flow.congestionWindow, Math.max(largest, 4 * flow.mss));
    }

    /// A duplicate acknowledgement: by RFC 5681 §2, or with SACK one that tells of something new.
    void duplicate(TcpFlow flow) {
        flow.duplicates++;
        if (flow.recovering) {
            if (!flow.sack) {
                flow.congestionWindow = Math.min(flow.congestionWindow + flow.mss, largest);
            }
            return;
        }
        boolean lost = flow.duplicates >= Scoreboard.DUPLICATES
                || (flow.sack && flow.scoreboard.lostEdge(flow.una, flow.mss) - flow.una > 0);
        if (lost && flow.una - flow.recoveryPoint >= 0) {
            recover(flow);
        }
    }

    private void recover(TcpFlow flow) {
        tally.fastRecoveries++;
        flow.recovering = true;
        flow.recoveryPoint = flow.max;
        flow.slowStartThreshold = half(flow);
        // NewReno counts the three segments that have left; SACK counts what is under way itself
        flow.congestionWindow = flow.slowStartThreshold + (flow.sack ? 0 : Scoreboard.DUPLICATES * flow.mss);
        flow.highRetransmitted = flow.una;
        flow.retransmitFirst = true;
        flow.acknowledgedBytes = 0;
    }

    /// RFC 5681 §3.1, equation 4.
    private static int half(TcpFlow flow) {
        return Math.max(flow.flight() / 2, 2 * flow.mss);
    }

    /// The retransmission timer ran out (RFC 5681 §3.1): all from SND.UNA on goes out again. What the guest
    /// said it has does not count any more (RFC 2018 §8).
    void timeout(TcpFlow flow) {
        if (flow.roundTrip.backoff() == 0) {
            flow.slowStartThreshold = half(flow);
        }
        flow.congestionWindow = flow.mss;
        flow.acknowledgedBytes = 0;
        flow.recovering = false;
        flow.duplicates = 0;
        flow.recoveryPoint = flow.max;
        flow.scoreboard.clear();
    }

    /// What is under way by RFC 6675 §4: what is neither lost nor with the guest, and what was sent again.
    static int pipe(TcpFlow flow) {
        int lost = flow.scoreboard.lostEdge(flow.una, flow.mss);
        return flow.scoreboard.missing(lost, flow.max) + flow.scoreboard.missing(flow.una, flow.highRetransmitted);
    }
}
