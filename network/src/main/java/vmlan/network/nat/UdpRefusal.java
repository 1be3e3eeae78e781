package vmlan.network.nat;

/// Hears that a guest has said "port unreachable" to a client of a published UDP port.
@FunctionalInterface
public interface UdpRefusal {
    void refused(long clientHigh, long clientLow, int clientPort, long now);
}
