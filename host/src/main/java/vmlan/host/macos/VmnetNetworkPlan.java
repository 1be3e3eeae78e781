package vmlan.host.macos;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// How a [VmnetNetwork] is to be; what is null or empty is left to vmnet.
///
/// @param mode host or shared; vmnet bridges no network object
/// @param subnet of `mask`. Whether vmnet wants the network's address or the gateway's is told in two ways
/// @param prefix of 64 bits
/// @param externalIfName the NIC that shared mode goes out by; otherwise it follows the routes
/// @param without what vmnet is not to do
public record VmnetNetworkPlan(
        VmnetMode mode,
        Ipv4Address subnet,
        Ipv4Address mask,
        Ipv6Address prefix,
        Integer mtu,
        String externalIfName,
        Set<Service> without,
        List<Reservation> reservations,
        List<PortForwarding> forwardings) {

    /// What vmnet does for a network when nobody says otherwise.
    public enum Service {
        DHCP("disable_dhcp"),
        DNS_PROXY("disable_dns_proxy"),
        NAT44("disable_nat44"),
        NAT66("disable_nat66"),
        ROUTER_ADVERTISEMENT("disable_router_advertisement");

        private final String function;

        Service(String function) {
            this.function = function;
        }

        String function() {
            return function;
        }
    }

    /// An address that vmnet's DHCP keeps for a guest.
    public record Reservation(MacAddress mac, Ipv4Address address) {}

    public VmnetNetworkPlan {
        Objects.requireNonNull(mode, "mode");
        without = Set.copyOf(without);
        reservations = List.copyOf(reservations);
        forwardings = List.copyOf(forwardings);
        if (mode == VmnetMode.BRIDGED) {
            throw new IllegalArgumentException("a network object is host or shared");
        }
        if ((subnet == null) != (mask == null)) {
            throw new IllegalArgumentException("a subnet has a mask, and a mask a subnet");
        }
    }

    /// As vmnet has it.
    public static VmnetNetworkPlan of(VmnetMode mode) {
        return new VmnetNetworkPlan(mode, null, null, null, null, null, Set.of(), List.of(), List.of());
    }
}
