package vmlan.qemu.language.backend;

/// Lines at which QEMU does not complain but falls over.
final class Crash {
    private Crash() {}

    /// A backend that was asked for nothing, so that there is none.
    static Refused withoutBackend() {
        return new Refused("net_client_init1: Assertion `nc' failed.");
    }

    /// A backend that is given to a hub a second time.
    static Refused joinedTwice() {
        return new Refused("qemu_net_client_setup: Assertion `!peer->peer' failed.");
    }
}
