package vmlan.network.change;

import java.util.List;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Prefix;

/// Notices that a NIC is on another LAN than before, by what the host has of it: then guests that are bridged to it
/// need addresses of the new one.
///
/// Two LANs with the same addresses look the same here, and so does one on which the host has none; where the link was
/// lost in between, that has told the guests already.
public final class LanWatch {
    private final String ifName;
    /// The last that were there.
    private List<Ipv4Prefix> networks = List.of();

    private IpAddress gateway;

    public LanWatch(String ifName) {
        this.ifName = ifName;
    }

    /// @return whether the NIC has moved since it was last seen on a LAN
    public boolean hasMoved(HostState state) {
        List<Ipv4Prefix> now = state.networksOf(ifName);
        if (now.isEmpty()) {
            return false; // not on any, yet
        }
        HostWay way = state.ipv4();
        IpAddress gatewayNow = way != null && way.ifName().equals(ifName) ? way.gateway() : null;
        boolean isElsewhere = !networks.isEmpty() && now.stream().noneMatch(networks::contains);
        boolean hasOtherRouter = gateway != null && gatewayNow != null && !gateway.equals(gatewayNow);
        networks = now;
        gateway = gatewayNow != null || isElsewhere ? gatewayNow : gateway;
        return isElsewhere || hasOtherRouter;
    }
}
