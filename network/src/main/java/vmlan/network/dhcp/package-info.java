/// DHCPv4: which guest has which address, and the server's rules (RFC 2131).
///
/// May not: see frames, ports of the switch or sockets; a message comes in and at most one goes out.
/// Thread: the network's event loop.
package vmlan.network.dhcp;
