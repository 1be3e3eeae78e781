/// The virtual network: switch, gateway, DHCP. No sockets, no threads, no clock: frames and time are
/// arguments.
module vmlan.network {
    requires transitive vmlan.packet;
    requires org.dnsjava;

    exports vmlan.network;
    exports vmlan.network.change;
    exports vmlan.network.dhcp;
    exports vmlan.network.dns;
    exports vmlan.network.flow;
    exports vmlan.network.gateway;
    exports vmlan.network.ip;
    exports vmlan.network.nat;
    exports vmlan.network.outside;
    exports vmlan.network.tcp;
    exports vmlan.network.uplink;
}
