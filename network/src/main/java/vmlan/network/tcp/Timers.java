package vmlan.network.tcp;

import vmlan.network.outside.OutsideError;

/// What happens when nothing comes. A flow has several deadlines and one place in the wheel, at the earliest.
final class Timers {
    /// Two maximum segment lifetimes, as Linux has it (TCP_TIMEWAIT_LEN); there is one link here.
    private static final long TIME_WAIT = 60 * RoundTrip.SECOND;
    /// RFC 9293 §3.8.3, R2: at least 100 s. Linux tries for a quarter of an hour (tcp_retries2), and a guest may
    /// be paused that long and go on.
    private static final long GIVE_UP = 15 * 60 * RoundTrip.SECOND;
    /// RFC 9293 §3.8.4, MUST-28.
    private static final long QUIET = 2 * 60 * 60 * RoundTrip.SECOND;
    /// One side has ended and nothing moves: the other may be gone.
    private static final long QUIET_HALF_CLOSED = 5 * 60 * RoundTrip.SECOND;
    /// Linux, tcp_keepalive_intvl and tcp_keepalive_probes.
    private static final long PROBE_INTERVAL = 75 * RoundTrip.SECOND;

    private static final int PROBES = 9;
    /// A host's stream that takes nothing of what a guest has sent and ended.
    private static final long LINGER = 10 * 60 * RoundTrip.SECOND;
    /// 1 + 2 + 4 + 8 + 16 + 32 s; RFC 9293 §3.8.3 asks three minutes only of an active open.
    private static final int SYN_ACKS = 5;
    /// A deadline that is looked at so much later than it was found this process stopped (SIGSTOP, a debugger, a
    /// machine that swaps). What came meanwhile waits in sockets that are read only after the timers.
    private static final long LATE = 5 * RoundTrip.SECOND;

    private final Flows flows;
    private final SegmentWriter writer;
    private final Sender sender;
    private HostSide host;
    private Handshake handshake;

    Timers(Flows flows, SegmentWriter writer, Sender sender) {
        this.flows = flows;
        this.writer = writer;
        this.sender = sender;
    }

    void join(HostSide side, Handshake maker) {
        host = side;
        handshake = maker;
    }

    /// Puts a flow where its earliest deadline is.
    void schedule(TcpFlow flow) {
        if (flow.isClosed()) {
            return;
        }
        long next = earlier(earlier(flow.retransmitAt, flow.acknowledgeAt), flow.giveUpAt);
        if (flow.state.isSynchronized() && flow.state != State.TIME_WAIT) {
            next = earlier(next, quietAt(flow));
        } else if (flow.state == State.TIME_WAIT && flow.stream != null) {
            next = earlier(next, flow.lastMoved + LINGER);
        }
        if (next == TcpFlow.NEVER) {
            flows.cancel(flow);
        } else {
            flows.set(flow, next);
        }
    }

    private static long earlier(long a, long b) {
        if (a == TcpFlow.NEVER || b == TcpFlow.NEVER) {
            return a == TcpFlow.NEVER ? b : a;
        }
        return a - b < 0 ? a : b;
    }

    private static long quietAt(TcpFlow flow) {
        if (flow.probes > 0) {
            return flow.probedAt + PROBE_INTERVAL;
        }
        if (isEndedByGuest(flow)) {
            return flow.lastMoved + LINGER;
        }
        return flow.lastHeard + (flow.state.isHalfClosed() ? QUIET_HALF_CLOSED : QUIET);
    }

    /// The guest has nothing more to say or hear: only the host is waited for.
    private static boolean isEndedByGuest(TcpFlow flow) {
        return flow.finReceived && flow.finAcknowledged;
    }

    void fire(TcpFlow flow, long now) {
        if (flow.isClosed()) {
            return;
        }
        if (isDue(flow.giveUpAt, now)) {
            giveUp(flow, now);
        }
        if (!flow.isClosed() && isDue(flow.retransmitAt, now)) {
            retransmit(flow, now);
        }
        if (!flow.isClosed() && isDue(flow.acknowledgeAt, now)) {
            flow.acknowledgeAt = TcpFlow.NEVER;
            if (flow.acknowledge && !writer.acknowledge(flow, now)) {
                flow.acknowledgeAt = now;
            }
        }
        if (!flow.isClosed()) {
            quiet(flow, now);
        }
        schedule(flow);
    }

    private static boolean isDue(long deadline, long now) {
        return deadline != TcpFlow.NEVER && deadline - now <= 0;
    }

    private void giveUp(TcpFlow flow, long now) {
        boolean mayHaveNews = flow.state == State.DIALLING || flow.state == State.SYN_SENT;
        if (mayHaveNews && now - flow.giveUpAt >= LATE) {
            flow.giveUpAt = now + LATE;
            return;
        }
        switch (flow.state) {
            case DIALLING -> handshake.refuse(flow, OutsideError.TIMED_OUT, now);
            case SYN_SENT -> handshake.fail(flow, OutsideError.TIMED_OUT, now);
            case TIME_WAIT -> flows.remove(flow);
            default -> flow.giveUpAt = TcpFlow.NEVER;
        }
    }

    private void retransmit(TcpFlow flow, long now) {
        if (flow.state == State.SYN_SENT || flow.state == State.SYN_RECEIVED) {
            retransmitSyn(flow, now);
            return;
        }
        long late = now - flow.retransmitAt;
        if (flow.stalledSince == TcpFlow.NEVER) {
            flow.stalledSince = now;
        } else if (late >= LATE) {
            flow.stalledSince += late; // nobody was asked in that time
        }
        // a guest that answers probes may keep its window closed for ever (RFC 9293 §3.8.6.1, MUST-37)
        long since = flow.window == 0 ? Math.max(flow.stalledSince, flow.lastHeard) : flow.stalledSince;
        if (now - since >= GIVE_UP) {
            flows.tally.dead++;
            host.abort(flow, now);
        } else if (flow.persisting) {
            if (sender.probeWindow(flow, now)) {
                flow.roundTrip.backOff();
            }
            flow.retransmitAt = now + flow.roundTrip.timeout();
        } else {
            sender.timeout(flow, now);
        }
    }

    private void retransmitSyn(TcpFlow flow, long now) {
        boolean answers = flow.state == State.SYN_RECEIVED;
        if (answers && flow.roundTrip.backoff() >= SYN_ACKS) {
            flows.tally.dead++;
            host.abort(flow, now);
            return;
        }
        flow.timing = false;
        if (writer.sendSyn(flow, answers, now)) {
            flows.tally.retransmits++;
            flow.roundTrip.backOff();
        }
        flow.retransmitAt = now + flow.roundTrip.timeout();
    }

    /// RFC 9293 §3.8.4: whether a quiet guest is still there.
    private void quiet(TcpFlow flow, long now) {
        if (flow.state == State.TIME_WAIT) {
            if (flow.stream != null && flow.lastMoved + LINGER - now <= 0) {
                host.drop(flow, now);
            }
            return;
        }
        if (!flow.state.isSynchronized() || quietAt(flow) - now > 0) {
            return;
        }
        if (isEndedByGuest(flow)) {
            host.drop(flow, now);
        } else if (flow.flight() > 0) {
            flow.lastHeard = now; // the retransmission timer finds out; ask again later
            flow.probes = 0;
        } else if (flow.probes >= PROBES) {
            flows.tally.dead++;
            host.abort(flow, now);
        } else if (sender.probeLife(flow, now)) {
            flow.probes++;
            flow.probedAt = now;
        }
    }

    void startTimeWait(TcpFlow flow, long now) {
        flow.retransmitAt = TcpFlow.NEVER;
        flow.giveUpAt = now + TIME_WAIT;
        flows.await(flow);
        schedule(flow);
    }
}
