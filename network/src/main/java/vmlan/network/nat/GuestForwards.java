package vmlan.network.nat;

import java.util.ArrayList;
import java.util.List;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;
import vmlan.packet.IpAddress;

/// TCP ports at addresses of the gateway's behind which there is something of the host's: what QEMU calls `guestfwd`.
/// They come before everything else that the gateway has there. Filled before the first frame.
///
/// Trust: a guest may connect as often as it likes; the target bounds what that starts.
public final class GuestForwards {
    /// Looked through for each connection that begins.
    public static final int MOST = 32;

    private final List<Forward> all = new ArrayList<>();

    private record Forward(IpAddress address, int tcpPort, Target target) {}

    /// Who opens the other side.
    @FunctionalInterface
    public interface Target {
        /// As [vmlan.network.outside.Outside#connect].
        OutsideStream open(StreamEvents events);
    }

    /// There is none.
    GuestForwards() {}

    public void add(IpAddress address, int tcpPort, Target target) {
        if (all.size() == MOST) {
            throw new IllegalStateException("more than " + MOST + " forwarded ports");
        }
        if (find(address.high(), address.low(), tcpPort) != null) {
            throw new IllegalArgumentException(address + " port " + tcpPort + " is forwarded already");
        }
        all.add(new Forward(address, tcpPort, target));
    }

    /// Null where there is none.
    Target find(long high, long low, int tcpPort) {
        for (int i = 0; i < all.size(); i++) {
            Forward forward = all.get(i);
            IpAddress address = forward.address;
            if (forward.tcpPort == tcpPort && address.low() == low && address.high() == high) {
                return forward.target;
            }
        }
        return null;
    }
}
