package vmlan.network.dns;

import java.util.List;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;

/// What the service is told at its start.
///
/// @param domain the network's own, such as `vmlan.internal`
/// @param gateway the gateway's addresses, which are the host's names' as well
public record DnsSettings(String domain, List<IpAddress> gateway, Ipv4Prefix ipv4, Ipv6Prefix ipv6, DnsLimits limits) {}
