package vmlan.program.demo;

import java.util.Locale;

/// Where a program of the demo runs: a network namespace each.
public enum Place {
    /// The cable, or the access point: a bridge that has no address.
    LAN,
    ROUTER,
    /// A server that is reached through the router only.
    OUTSIDE,
    /// Another machine on the LAN.
    OTHER,
    /// The machine that vmlan runs on.
    HOST;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
