package vmlan.network.nat;

import java.util.List;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;

/// The network that the NAT is of.
///
/// @param address the gateway's, as are `ipv6` (in the prefix) and `linkLocal`
/// @param others further addresses of the gateway, at which there are only names and what is forwarded
/// @param router whether there is a way out; if not, guests reach only the gateway's own services
/// @param mtu of the network
public record NatSettings(
        IpAddress address,
        Ipv4Prefix network,
        IpAddress ipv6,
        IpAddress linkLocal,
        Ipv6Prefix prefix,
        List<IpAddress> others,
        boolean router,
        int mtu,
        NatLimits limits) {
    public NatSettings {
        others = List.copyOf(others);
    }

    /// Whether an address is the gateway's own.
    boolean isOwn(long high, long low) {
        if (isGateway(high, low)) {
            return true;
        }
        // by number: for each packet, so nothing is allocated
        for (int i = 0; i < others.size(); i++) {
            IpAddress other = others.get(i);
            if (other.low() == low && other.high() == high) {
                return true;
            }
        }
        return false;
    }

    /// Whether it is one of those that stand for the host.
    boolean isGateway(long high, long low) {
        return (high == address.high() && low == address.low())
                || (high == ipv6.high() && low == ipv6.low())
                || (high == linkLocal.high() && low == linkLocal.low());
    }

    /// The gateway's own address for speaking to a guest's: of the same family and scope (RFC 6724 §5, rule 2).
    IpAddress ownFor(long high, long low) {
        if (IpAddress.isIpv4(high, low)) {
            return address;
        }
        return high == linkLocal.high() ? linkLocal : ipv6;
    }
}
