/// The virtual network: switch, gateway, DHCP. No sockets, no threads, no clock: frames and time are
/// arguments.
module vmlan.network {
    requires transitive vmlan.packet;

    exports vmlan.network;
    exports vmlan.network.dhcp;
    exports vmlan.network.gateway;
    exports vmlan.network.uplink;
}
