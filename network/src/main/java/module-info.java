/// The virtual network: switch, gateway, DHCP. No sockets, no threads, no clock: frames and time are arguments.
module vmlan.network {
    requires transitive vmlan.packet;

    exports vmlan.network;
}
