package vmlan.network.tcp;

/// A queue of flows; who puts one in sees to it that it is there only once.
final class FlowQueue {
    private TcpFlow[] flows = new TcpFlow[16];
    private int first;
    private int count;

    int size() {
        return count;
    }

    void add(TcpFlow flow) {
        if (count == flows.length) {
            TcpFlow[] larger = new TcpFlow[2 * count];
            for (int i = 0; i < count; i++) {
                larger[i] = flows[(first + i) & (flows.length - 1)];
            }
            flows = larger;
            first = 0;
        }
        flows[(first + count++) & (flows.length - 1)] = flow;
    }

    /// @return null when it is empty
    TcpFlow poll() {
        if (count == 0) {
            return null;
        }
        TcpFlow flow = flows[first];
        flows[first] = null;
        first = (first + 1) & (flows.length - 1);
        count--;
        return flow;
    }
}
