package vmlan.qemu.language.backend;

import vmlan.qemu.language.Surroundings;

/// A port that this QEMU has bound for a backend that it made: a second one cannot have it.
record BoundPort(Surroundings.Transport transport, HostPort at) {
    boolean excludes(BoundPort other) {
        return isTcp() == other.isTcp()
                && at.usedPort() == other.at.usedPort()
                && at.usedPort() != 0
                && (at.address() == other.at.address() || at.address() == 0 || other.at.address() == 0)
                && !(transport == Surroundings.Transport.SHARED_UDP && other.transport == transport);
    }

    private boolean isTcp() {
        return transport == Surroundings.Transport.TCP;
    }
}
