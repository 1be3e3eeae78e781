package vmlan.network.tcp.crowd;

/// How a connection goes, and ends.
public enum Manner {
    /// Established, and then as the test says.
    WAITS,
    /// Bytes both ways, then the guest ends it.
    GUEST_ENDS,
    /// Bytes both ways, then the other side ends it.
    OUTSIDE_ENDS,
    /// Nobody may reach the destination.
    FORBIDDEN(true),
    /// The policy says that nobody is there.
    REFUSED(true),
    /// The host's connect fails.
    NOBODY_THERE(true),
    NO_WAY(true),
    /// The guest gives up before the host has connected.
    RESET_WHILE_DIALLED(true),
    /// The guest does not answer the SYN-ACK.
    HALF_OPEN(true),
    RESET(true),
    END_THEN_RESET(true),
    /// The host's socket breaks while it is read.
    BROKEN(true),
    BROKEN_WHILE_WRITTEN(true),
    /// The guest is gone while there are bytes for it.
    VANISHED(true),
    /// Another SYN in the middle of it (RFC 5961 §4).
    SYN_THEN_RESET(true);

    private final boolean isOdd;

    Manner() {
        this(false);
    }

    Manner(boolean isOdd) {
        this.isOdd = isOdd;
    }

    public boolean isOdd() {
        return isOdd;
    }
}
