package vmlan.program.demo;

import vmlan.program.message.Failure;

/// What gives the LAN's machines their addresses: DHCP and router advertisements on the router's `r0`. The
/// forwarding between `r0` and `w0` is the kernel's and there already.
public interface Router extends AutoCloseable {
    /// Starts it in [Place#ROUTER] and returns when it serves.
    void start(DemoLan lan) throws Failure;

    /// In words, for the user: `dnsmasq 2.90`.
    String description();

    @Override
    void close();
}
