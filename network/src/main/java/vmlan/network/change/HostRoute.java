package vmlan.network.change;

import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;

/// An IPv4 network that the host has a route to, or an address in.
///
/// @param gateway null where the network is the interface's own
public record HostRoute(String ifName, Ipv4Prefix prefix, Ipv4Address gateway) {
    /// Shorter routes overlap everything and use nothing: the default one, and its halves 0.0.0.0/1 and 128.0.0.0/1
    /// that VPNs put before it. The largest network that somebody uses is 10.0.0.0/8 (RFC 1918 §3).
    private static final int SHORTEST = 8;

    /// Whether it is a way to somewhere in particular.
    public boolean isSpecific() {
        return isSpecific(prefix);
    }

    public static boolean isSpecific(Ipv4Prefix prefix) {
        return prefix.length() >= SHORTEST;
    }
}
