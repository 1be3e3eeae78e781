package vmlan.network.tcp;

/// What the connections of all guests may cost.
///
/// @param mtu of the network, at most 65,535
/// @param flowsPerPort connections of one guest; those that only wait for the end of TIME-WAIT not counted
/// @param bytesPerFlow that wait in each direction of one connection; also the largest window offered
/// @param bytesPerPort that wait in all connections of one guest
public record TcpSettings(
        int mtu, int flowsPerPort, int flowsInAll, long bytesPerFlow, long bytesPerPort, long bytesInAll) {}
