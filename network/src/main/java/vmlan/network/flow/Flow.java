package vmlan.network.flow;

import vmlan.network.SwitchPort;

/// One tracked conversation between a guest and a remote. The guest's side comes first; addresses are as
/// [vmlan.packet.IpAddress] has them.
///
/// It belongs to the port and the MAC address that it began with: what another port sends under the same
/// addresses is not part of it.
public abstract class Flow extends Timed {
    private final SwitchPort port;
    private final long mac;
    private final long guestHigh;
    private final long guestLow;
    private final long remoteHigh;
    private final long remoteLow;
    private final int guestPort;
    private final int remotePort;

    int hash;
    Flow nextInBucket;
    boolean listed;

    /// @param guestPort TCP's or UDP's
    protected Flow(
            SwitchPort port,
            long mac,
            long guestHigh,
            long guestLow,
            int guestPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        this.port = port;
        this.mac = mac;
        this.guestHigh = guestHigh;
        this.guestLow = guestLow;
        this.guestPort = guestPort;
        this.remoteHigh = remoteHigh;
        this.remoteLow = remoteLow;
        this.remotePort = remotePort;
    }

    /// A guest's port together with its switch port, for protocols in which a guest that sends under another's address
    /// must not meet that one's flows. It takes the place of the guest's port; the lower 16 bits are that.
    public static int key(SwitchPort port, int tcpOrUdpPort) {
        return (port.index() << 16) | tcpOrUdpPort;
    }

    public final SwitchPort port() {
        return port;
    }

    public final long mac() {
        return mac;
    }

    public final long guestHigh() {
        return guestHigh;
    }

    public final long guestLow() {
        return guestLow;
    }

    public final int guestPort() {
        return guestPort;
    }

    public final long remoteHigh() {
        return remoteHigh;
    }

    public final long remoteLow() {
        return remoteLow;
    }

    public final int remotePort() {
        return remotePort;
    }

    final boolean is(long high, long low, int tcpOrUdpPort, long farHigh, long farLow, int farPort) {
        return guestLow == low
                && remoteLow == farLow
                && guestPort == tcpOrUdpPort
                && remotePort == farPort
                && guestHigh == high
                && remoteHigh == farHigh;
    }
}
