package vmlan.network.outside;

/// Why something outside could not be reached, as far as the host's own network stack says.
public enum OutsideError {
    /// The far end has nobody there: RST to a SYN, or an ICMP port unreachable.
    REFUSED,
    /// No route, such as IPv6 on a host without it.
    NET_UNREACHABLE,
    HOST_UNREACHABLE,
    /// By a rule: of the host's firewall, of one on the way, or of ours.
    PROHIBITED,
    /// Nobody answered in time.
    TIMED_OUT,
    /// A datagram that is longer than the way carries.
    TOO_BIG,
    /// The hop limit was used up on the way.
    HOP_LIMIT,
    /// The host has no descriptor, port or memory left for it now.
    EXHAUSTED
}
