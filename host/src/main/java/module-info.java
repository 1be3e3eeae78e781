/// The operating system: event loop, sockets, devices. Makes no protocol decision.
module vmlan.host {
    requires transitive vmlan.network;

    exports vmlan.host;
    exports vmlan.host.linux;
}
