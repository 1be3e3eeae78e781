/// What the network needs of the host to reach the outside: streams, datagrams, echoes. The host's side
/// implements these; tests do too.
///
/// Addresses are two longs, IPv4 mapped into IPv6 ([vmlan.packet.IpAddress]). Everything is called on, and calls
/// back on, the network's event loop, and nothing blocks.
package vmlan.network.outside;
