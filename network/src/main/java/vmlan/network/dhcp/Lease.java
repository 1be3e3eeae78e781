package vmlan.network.dhcp;

import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;

/// An address that a guest has or had: it gets the same one again.
///
/// @param name the guest's name, a DNS label, or null
/// @param expiresNanos nanoseconds since 1970; a lease that has expired still keeps its address as long as there are
///     others to give away
/// @param acknowledgedNanos when the guest was last told that it has it
public record Lease(MacAddress mac, Ipv4Address address, String name, long expiresNanos, long acknowledgedNanos) {}
