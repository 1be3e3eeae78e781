package vmlan.network.gateway;

/// How a ping ended.
///
/// @param nanos from the echo to its reply; when unanswered, how long it was waited for
public record PingOutcome(boolean answered, long nanos) {}
