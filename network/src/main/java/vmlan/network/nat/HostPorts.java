package vmlan.network.nat;

import java.util.BitSet;

/// The ports of the host's loopback that guests may reach at the gateway's addresses: of TCP or of UDP. None,
/// unless somebody has opened them. May change at any time; flows that exist go on.
public final class HostPorts {
    private final BitSet tcp = new BitSet();
    private final BitSet udp = new BitSet();

    /// None is open.
    public HostPorts() {}

    public void allow(boolean isUdp, int port) {
        of(isUdp).set(port);
    }

    public void forbid(boolean isUdp, int port) {
        of(isUdp).clear(port);
    }

    public boolean allows(boolean isUdp, int port) {
        return of(isUdp).get(port);
    }

    private BitSet of(boolean isUdp) {
        return isUdp ? udp : tcp;
    }
}
