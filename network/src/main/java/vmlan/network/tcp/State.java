package vmlan.network.tcp;

/// RFC 9293 §3.3.2, without LISTEN: every address and port listens. And one before, and one after.
enum State {
    /// The guest's SYN has come; it is answered when the other side is there.
    DIALLING,
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    CLOSING,
    LAST_ACK,
    TIME_WAIT,
    /// Forgotten; whoever still holds it must leave it alone.
    CLOSED;

    /// Both ends have the other's sequence number.
    boolean isSynchronized() {
        return compareTo(ESTABLISHED) >= 0 && this != CLOSED;
    }

    /// Data, or our FIN, may be under way to the guest.
    boolean sends() {
        return this == ESTABLISHED || this == CLOSE_WAIT || this == FIN_WAIT_1 || this == CLOSING || this == LAST_ACK;
    }

    /// The guest has not ended its side.
    boolean receives() {
        return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
    }

    /// One side has ended and the other has not, or not quite.
    boolean isHalfClosed() {
        return compareTo(FIN_WAIT_1) >= 0 && this != TIME_WAIT && this != CLOSED;
    }
}
