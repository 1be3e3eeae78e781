package vmlan.network.flow;

import java.util.Arrays;
import vmlan.network.SwitchPort;

/// How many of something there may be: for one port of the switch, so that a guest only harms itself, and in all.
public final class FlowLimits {
    private final int perPort;
    private final int inAll;
    /// By [SwitchPort#index]. A port gives back what it has before its index is used again.
    private int[] taken = new int[8];

    private int total;
    private long refused;

    public FlowLimits(int perPort, int inAll) {
        this.perPort = perPort;
        this.inAll = inAll;
    }

    /// @return false when there is none left; this is counted
    public boolean take(SwitchPort port) {
        int index = port.index();
        if (index >= taken.length) {
            taken = Arrays.copyOf(taken, Math.max(index + 1, 2 * taken.length));
        }
        if (total >= inAll || taken[index] >= perPort) {
            refused++;
            return false;
        }
        taken[index]++;
        total++;
        return true;
    }

    public void release(SwitchPort port) {
        if (--taken[port.index()] < 0) {
            throw new IllegalStateException("more given back than taken at port " + port);
        }
        total--;
    }

    public int used() {
        return total;
    }

    public int used(SwitchPort port) {
        return port.index() < taken.length ? taken[port.index()] : 0;
    }

    public int limit() {
        return inAll;
    }

    /// How often there was none left.
    public long refused() {
        return refused;
    }
}
