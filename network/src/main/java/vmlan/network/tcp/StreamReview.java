package vmlan.network.tcp;

import java.util.Set;
import vmlan.network.ip.Outbox;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEnds;
import vmlan.packet.IpAddress;

/// What becomes of connections when the host has changed. Looks at all of them, so only then.
///
/// A stream whose own address is gone is dead, though the host's kernel goes on trying for a quarter of an hour: the
/// guest learns it by a reset, at once. A connect that nobody has answered yet left from where the host was before; it
/// is begun again, and the guest, which still waits, notices nothing.
///
/// Of all others nothing is known; after a sleep, or with another way out, the far end may be gone without a
/// word. They are *in doubt* for [#DOUBT_NANOS]. Far ends of silent ones are asked by the kernel's keep-alive,
/// every few seconds in place of every few hours, which ends those that are dead. It asks nothing while something
/// of ours is under way (Linux, tcp_keepalive_timer): so those are looked for at the end, and one that has left
/// so many repetitions unanswered is reset, too.
final class StreamReview {
    /// Keep-alive probes find a dead one in 20 s. With Linux' least time-out of 0.2 s, doubled each time, the eighth
    /// repetition goes out after 51 s: whoever has a network again half a minute after the wake is heard by then.
    static final long DOUBT_NANOS = 60 * RoundTrip.SECOND;

    private final Flows flows;
    private final Outbox out;
    private final HostSide host;
    private final Handshake handshake;
    private final StreamOpener opener;
    private boolean inDoubt;
    private long doubtUntil;

    StreamReview(Flows flows, Outbox out, HostSide host, Handshake handshake, StreamOpener opener) {
        this.flows = flows;
        this.out = out;
        this.host = host;
        this.handshake = handshake;
        this.opener = opener;
    }

    /// @return how many were reset
    int reset(Set<IpAddress> lost, long now) {
        int count = 0;
        if (lost.isEmpty()) {
            return count;
        }
        for (TcpFlow flow : flows.of(null)) {
            StreamEnds ends = ends(flow);
            if (ends != null && lost.contains(ends.local())) {
                out.makeRoom();
                host.abort(flow, now);
                count++;
            }
        }
        return count;
    }

    private static StreamEnds ends(TcpFlow flow) {
        OutsideStream stream = flow.stream;
        return stream == null ? null : stream.endpoints();
    }

    void redial(RemotePredicate which, long now) {
        for (TcpFlow flow : flows.of(null)) {
            if (flow.state == State.DIALLING && which.test(flow.remoteHigh(), flow.remoteLow())) {
                out.makeRoom();
                handshake.redial(flow, now);
            }
        }
    }

    void doubt(long now) {
        inDoubt = true;
        doubtUntil = now + DOUBT_NANOS;
        keepAlive(true);
    }

    private void keepAlive(boolean soon) {
        for (TcpFlow flow : flows.of(null)) {
            if (flow.stream != null) {
                flow.stream.keepAlive(soon);
            }
        }
    }

    void tick(long now) {
        if (inDoubt && doubtUntil - now <= 0) {
            inDoubt = false;
            keepAlive(false);
            opener.findUnanswered(this::giveUp);
        }
    }

    private void giveUp(Set<StreamEnds> unanswered, long now) {
        if (unanswered.isEmpty()) {
            return;
        }
        for (TcpFlow flow : flows.of(null)) {
            StreamEnds ends = ends(flow);
            if (ends != null && unanswered.contains(ends)) {
                out.makeRoom();
                flows.tally.dead++;
                host.abort(flow, now);
            }
        }
    }

    long nanosToTick(long now) {
        return inDoubt ? Math.max(0, doubtUntil - now) : Long.MAX_VALUE;
    }
}
