package vmlan.network.change;

import vmlan.packet.IpAddress;

/// The host's way to the outside in one family.
///
/// @param gateway null where there is none, as in a tunnel, or where the system does not say
public record HostWay(String ifName, IpAddress gateway) {
    @Override
    public String toString() {
        return gateway == null ? ifName : ifName + " via " + gateway;
    }
}
