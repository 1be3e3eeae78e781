package vmlan.network.nat;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import vmlan.network.SwitchPort;
import vmlan.network.flow.Flow;
import vmlan.network.flow.FlowLimits;
import vmlan.network.flow.FlowTable;
import vmlan.network.flow.TimerWheel;

/// The UDP flows of all guests: found by their addresses, ended when they are idle, few enough.
///
/// A port that has all that it may have gives up the flow that it has not used for longest; what another port
/// has is never taken.
final class UdpFlows {
    private final FlowTable<UdpFlow> table;
    private final FlowLimits limits;
    private final TimerWheel<UdpFlow> wheel;
    /// By [SwitchPort#index]: the ends of a list in order of use.
    private UdpFlow[] oldest = new UdpFlow[8];

    private UdpFlow[] newest = new UdpFlow[8];
    private UdpFlow firstToFlush;
    private long opened;
    private long evicted;
    private long refused;
    private long timedOut;

    UdpFlows(NatLimits limits, RandomGenerator random, long now) {
        table = new FlowTable<>(random);
        this.limits = new FlowLimits(limits.udpFlowsPerPort(), limits.udpFlowsInAll());
        wheel = new TimerWheel<>(now);
    }

    UdpFlow find(
            SwitchPort port,
            long guestHigh,
            long guestLow,
            int guestPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        return table.find(guestHigh, guestLow, Flow.key(port, guestPort), remoteHigh, remoteLow, remotePort);
    }

    /// Sees to it that a port may have one more.
    ///
    /// @return false when it has none to give up either
    boolean makeRoom(SwitchPort port) {
        if (limits.take(port)) {
            return true;
        }
        UdpFlow victim = port.index() < oldest.length ? oldest[port.index()] : null;
        if (victim == null) {
            refused++;
            return false;
        }
        evicted++;
        end(victim);
        return limits.take(port);
    }

    /// Gives back what [#makeRoom] took.
    void release(SwitchPort port) {
        limits.release(port);
    }

    /// To be called after [#makeRoom].
    void add(UdpFlow flow, long now) {
        int index = flow.port().index();
        if (index >= oldest.length) {
            oldest = Arrays.copyOf(oldest, Math.max(index + 1, 2 * oldest.length));
            newest = Arrays.copyOf(newest, oldest.length);
        }
        table.add(flow);
        link(flow);
        wheel.set(flow, now + flow.idleNanos());
        opened++;
    }

    /// The flow was used in the direction that keeps it.
    @SuppressWarnings("ReferenceEquality") // this very flow is meant
    void used(UdpFlow flow, long now) {
        if (newest[flow.port().index()] != flow) {
            unlink(flow);
            link(flow);
        }
        wheel.set(flow, now + flow.idleNanos());
    }

    /// As [#used], at an earlier time.
    void keep(UdpFlow flow, long since) {
        wheel.set(flow, since + flow.idleNanos());
    }

    /// Its socket has something to send at the end of the batch.
    void toFlush(UdpFlow flow) {
        if (!flow.isToFlush) {
            flow.isToFlush = true;
            flow.nextToFlush = firstToFlush;
            firstToFlush = flow;
        }
    }

    void flush() {
        while (firstToFlush != null) {
            UdpFlow flow = firstToFlush;
            firstToFlush = flow.nextToFlush;
            flow.nextToFlush = null;
            flow.isToFlush = false;
            if (!flow.ended && flow.socket() != null) {
                flow.socket().flush();
            }
        }
    }

    void end(UdpFlow flow) {
        if (flow.ended) {
            return;
        }
        if (flow.isToFlush && flow.socket() != null) {
            flow.socket().flush();
        }
        flow.ended = true;
        wheel.cancel(flow);
        table.remove(flow);
        unlink(flow);
        limits.release(flow.port());
        flow.close();
    }

    void forget(SwitchPort port) {
        if (port.index() < oldest.length) {
            while (oldest[port.index()] != null) {
                end(oldest[port.index()]);
            }
        }
    }

    long nanosToTick(long now) {
        return wheel.nanosToTick(now);
    }

    void tick(long now) {
        wheel.tick(now, (flow, time) -> {
            timedOut++;
            end(flow);
        });
    }

    private void link(UdpFlow flow) {
        int index = flow.port().index();
        flow.older = newest[index];
        flow.newer = null;
        if (flow.older == null) {
            oldest[index] = flow;
        } else {
            flow.older.newer = flow;
        }
        newest[index] = flow;
    }

    private void unlink(UdpFlow flow) {
        int index = flow.port().index();
        if (flow.older == null) {
            oldest[index] = flow.newer;
        } else {
            flow.older.newer = flow.newer;
        }
        if (flow.newer == null) {
            newest[index] = flow.older;
        } else {
            flow.newer.older = flow.older;
        }
        flow.older = null;
        flow.newer = null;
    }

    int count() {
        return table.size();
    }

    long opened() {
        return opened;
    }

    long evicted() {
        return evicted;
    }

    long refused() {
        return refused;
    }

    long timedOut() {
        return timedOut;
    }
}
