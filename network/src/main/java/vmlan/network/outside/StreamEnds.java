package vmlan.network.outside;

import vmlan.packet.IpAddress;

/// Which connection a stream of the host's is.
public record StreamEnds(IpAddress local, int localPort, IpAddress remote, int remotePort) {}
