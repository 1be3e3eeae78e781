/// The operating system: event loop, sockets, devices. Makes no protocol decision.
module vmlan.host {
    requires transitive vmlan.network;
    requires jdk.net;

    exports vmlan.host;
    exports vmlan.host.dns;
    exports vmlan.host.linux;
    exports vmlan.host.macos;
    exports vmlan.host.posix;
}
