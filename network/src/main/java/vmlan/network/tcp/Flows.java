package vmlan.network.tcp;

import java.util.List;
import java.util.function.ObjLongConsumer;
import java.util.random.RandomGenerator;
import vmlan.network.SwitchPort;
import vmlan.network.flow.Flow;
import vmlan.network.flow.FlowLimits;
import vmlan.network.flow.FlowTable;
import vmlan.network.flow.TimerWheel;

/// All connections: how they are found, when they are due, which have work to do, how they end.
///
/// Three queues. *Touched* are those that a segment came for since the last flush. *Pending* are those that had
/// no room in the outbox, and go on in the next tick. *Starved* are those that had no memory.
final class Flows {
    /// TIME-WAIT connections in all. Beyond it the oldest end early; what that loses is a guard against
    /// segments that were under way for long, which on a link without routers there are none of.
    private static final int MAX_TIME_WAITS = 1024;

    final FlowLimits limits;
    final ChunkPool pool;
    final Tally tally = new Tally();
    private final FlowTable<TcpFlow> table;
    /// It begins in 1970 and is brought up to now by the first tick.
    private final TimerWheel<TcpFlow> wheel = new TimerWheel<>(0);

    private final FlowQueue touched = new FlowQueue();
    private final FlowQueue pending = new FlowQueue();
    private final FlowQueue starved = new FlowQueue();
    private TcpFlow oldestTimeWait;
    private TcpFlow newestTimeWait;
    private int timeWaits;

    Flows(TcpSettings settings, RandomGenerator random) {
        limits = new FlowLimits(settings.flowsPerPort(), settings.flowsInAll());
        pool = new ChunkPool(settings.bytesPerPort(), settings.bytesInAll());
        table = new FlowTable<>(random);
    }

    TcpFlow find(
            SwitchPort port,
            long guestHigh,
            long guestLow,
            int guestPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        return table.find(guestHigh, guestLow, Flow.key(port, guestPort), remoteHigh, remoteLow, remotePort);
    }

    List<TcpFlow> of(SwitchPort port) {
        return table.of(port);
    }

    /// Of a flow whose place in [#limits] was taken.
    void add(TcpFlow flow) {
        table.add(flow);
    }

    int timeWaits() {
        return timeWaits;
    }

    void touch(TcpFlow flow) {
        if (!flow.touched) {
            flow.touched = true;
            touched.add(flow);
        }
    }

    TcpFlow pollTouched() {
        TcpFlow flow = touched.poll();
        if (flow != null) {
            flow.touched = false;
        }
        return flow;
    }

    /// It has something to send, and there was no room.
    void putOff(TcpFlow flow) {
        if (!flow.pending) {
            flow.pending = true;
            pending.add(flow);
        }
    }

    TcpFlow pollPending() {
        TcpFlow flow = pending.poll();
        if (flow != null) {
            flow.pending = false;
        }
        return flow;
    }

    void starve(TcpFlow flow) {
        if (!flow.starved) {
            flow.starved = true;
            starved.add(flow);
        }
    }

    TcpFlow pollStarved() {
        TcpFlow flow = starved.poll();
        if (flow != null) {
            flow.starved = false;
        }
        return flow;
    }

    int pendingCount() {
        return pending.size();
    }

    int starvedCount() {
        return starved.size();
    }

    boolean hasWork() {
        return pending.size() + touched.size() > 0;
    }

    void set(TcpFlow flow, long deadline) {
        wheel.set(flow, deadline);
    }

    void cancel(TcpFlow flow) {
        wheel.cancel(flow);
    }

    void tick(long now, ObjLongConsumer<TcpFlow> handler) {
        wheel.tick(now, handler);
    }

    long nanosToTick(long now) {
        return wheel.nanosToTick(now);
    }

    /// The flow is only waiting for time to pass: it no longer counts as a connection. The oldest of its kind
    /// may have to go.
    void await(TcpFlow flow) {
        if (flow.inTimeWaits) {
            unlink(flow); // and to the end of the queue
        } else {
            releaseLimit(flow);
        }
        flow.inTimeWaits = true;
        flow.previousTimeWait = newestTimeWait;
        if (newestTimeWait == null) {
            oldestTimeWait = flow;
        } else {
            newestTimeWait.nextTimeWait = flow;
        }
        newestTimeWait = flow;
        if (++timeWaits > MAX_TIME_WAITS) {
            remove(oldestTimeWait);
        }
    }

    private void unlink(TcpFlow flow) {
        if (flow.previousTimeWait == null) {
            oldestTimeWait = flow.nextTimeWait;
        } else {
            flow.previousTimeWait.nextTimeWait = flow.nextTimeWait;
        }
        if (flow.nextTimeWait == null) {
            newestTimeWait = flow.previousTimeWait;
        } else {
            flow.nextTimeWait.previousTimeWait = flow.previousTimeWait;
        }
        flow.nextTimeWait = null;
        flow.previousTimeWait = null;
        flow.inTimeWaits = false;
        timeWaits--;
    }

    private void releaseLimit(TcpFlow flow) {
        if (flow.limited) {
            flow.limited = false;
            limits.release(flow.port());
        }
    }

    /// Forgets a flow and gives back all it has. Its stream is the caller's affair.
    void remove(TcpFlow flow) {
        if (flow.isClosed()) {
            return;
        }
        if (flow.state == State.DIALLING) {
            tally.dialling--;
        }
        flow.state = State.CLOSED;
        wheel.cancel(flow);
        table.remove(flow);
        if (flow.inTimeWaits) {
            unlink(flow);
        }
        releaseLimit(flow);
        flow.sending.clear();
        flow.received.clear();
        flow.early.clear();
    }

    TcpCounters counters() {
        return new TcpCounters(
                limits.used(),
                tally.dialling,
                timeWaits,
                pool.usedBytes(),
                tally.opened,
                tally.accepted,
                tally.refused,
                tally.failed,
                tally.limited,
                tally.synRetransmits,
                tally.retransmits,
                tally.timeouts,
                tally.fastRecoveries,
                tally.outOfOrder,
                tally.challenges,
                tally.resets,
                tally.dead,
                pool.shortages(),
                tally.bytesFromGuests,
                tally.bytesToGuests);
    }
}
