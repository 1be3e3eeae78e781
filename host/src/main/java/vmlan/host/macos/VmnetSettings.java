package vmlan.host.macos;

import java.util.Objects;
import java.util.UUID;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// How an interface is to be; what is null is left to vmnet.
///
/// @param ifName the NIC, for [VmnetMode#BRIDGED] and only there
/// @param isolated other vmnet interfaces are not reached; macOS 11
/// @param range for host and shared; null joins the default network of that mode
/// @param nat66Prefix the guests' IPv6 network, for shared: a /64 of fd00::/8
/// @param networkId for host: the interface joins the isolated network with this identifier, which has no
///     DHCP; macOS 11
/// @param interfaceId the same one makes vmnet suggest the same MAC address again
/// @param mtu for host and shared; in bridged mode vmnet refuses one
public record VmnetSettings(
        VmnetMode mode,
        String ifName,
        boolean isolated,
        Range range,
        Ipv6Address nat66Prefix,
        UUID networkId,
        UUID interfaceId,
        Integer mtu) {

    /// @param start the first address: the host's own, and the guests' gateway
    /// @param end the last address that DHCP gives
    public record Range(Ipv4Address start, Ipv4Address end, Ipv4Address mask) {
        public Range {
            Objects.requireNonNull(start, "start");
            Objects.requireNonNull(end, "end");
            Objects.requireNonNull(mask, "mask");
        }
    }

    public VmnetSettings {
        Objects.requireNonNull(mode, "mode");
        require((mode == VmnetMode.BRIDGED) == (ifName != null), "a bridged interface has a NIC, and no other one");
        require(range == null || mode != VmnetMode.BRIDGED, "addresses of a bridged interface are the LAN's");
        require(nat66Prefix == null || mode == VmnetMode.SHARED, "only a shared interface has a NAT66 prefix");
        require(networkId == null || mode == VmnetMode.HOST, "only a host interface has a network identifier");
        require(mtu == null || mode != VmnetMode.BRIDGED, "the MTU of a bridged interface is its NIC's");
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }

    public static VmnetSettings bridged(String ifName) {
        return new VmnetSettings(VmnetMode.BRIDGED, ifName, false, null, null, null, null, null);
    }

    public static VmnetSettings shared() {
        return new VmnetSettings(VmnetMode.SHARED, null, false, null, null, null, null, null);
    }

    public static VmnetSettings host() {
        return new VmnetSettings(VmnetMode.HOST, null, false, null, null, null, null, null);
    }

    public VmnetSettings isolate() {
        return new VmnetSettings(mode, ifName, true, range, nat66Prefix, networkId, interfaceId, mtu);
    }

    public VmnetSettings withRange(Ipv4Address start, Ipv4Address end, Ipv4Address mask) {
        Range wanted = new Range(start, end, mask);
        return new VmnetSettings(mode, ifName, isolated, wanted, nat66Prefix, networkId, interfaceId, mtu);
    }

    public VmnetSettings withNat66Prefix(Ipv6Address prefix) {
        return new VmnetSettings(mode, ifName, isolated, range, prefix, networkId, interfaceId, mtu);
    }

    public VmnetSettings withNetworkId(UUID id) {
        return new VmnetSettings(mode, ifName, isolated, range, nat66Prefix, id, interfaceId, mtu);
    }

    public VmnetSettings withInterfaceId(UUID id) {
        return new VmnetSettings(mode, ifName, isolated, range, nat66Prefix, networkId, id, mtu);
    }

    public VmnetSettings withMtu(int bytes) {
        return new VmnetSettings(mode, ifName, isolated, range, nat66Prefix, networkId, interfaceId, bytes);
    }
}
