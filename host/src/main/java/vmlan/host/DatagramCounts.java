package vmlan.host;

/// What the sockets of one network lost.
final class DatagramCounts {
    long dropped;
    long errorsForgotten;
}
