package vmlan.qemu.translation;

import vmlan.qemu.language.Settings;

/// A network that a command line asks for.
public sealed interface WantedNetwork {
    /// IPv4 addresses of a vmnet network (QEMU qapi/net.json, NetdevVmnetHostOptions).
    ///
    /// @param start the host's, and the guests' gateway
    /// @param end the last one for guests; those after the first come before it
    record Range(String start, String end, String mask) {}

    /// On the LAN of a NIC of the host.
    record Bridged(String nic) implements WantedNetwork {}

    /// With a way out by NAT.
    ///
    /// @param range null for any
    /// @param nat66Prefix null for any
    record Shared(Range range, String nat66Prefix) implements WantedNetwork {}

    /// Guests and host.
    ///
    /// @param range null for any
    record Host(Range range) implements WantedNetwork {}

    /// The guests that name the same identifier, and nobody else; no DHCP.
    record Group(String uuid) implements WantedNetwork {}

    /// This NIC's alone, as QEMU's `user` has it.
    ///
    /// @param settings as they were typed
    record User(Settings settings) implements WantedNetwork {}

    /// This NIC's alone, as passt has it.
    ///
    /// @param settings as they were typed; at least one of `address`, `gateway`, `netmask` is there
    record Passt(Settings settings) implements WantedNetwork {}
}
