/// The gateway: the network's own host, a port of the switch like any other. It answers ARP, echo and
/// neighbour discovery, advertises itself as IPv6 router, and gives out IPv4 addresses. What else comes for
/// its addresses the host's own network stack may take, through [HostDoor].
///
/// ```
///            Gateway  ──▶ ArpResponder
/// frame ──▶ (by type) ──▶ Ipv4Input ──▶ echo, DhcpResponder, TcpReset, IcmpErrors
///                     ──▶ Ipv6Input ──▶ echo, NeighbourDiscovery, RouterAdvertiser, TcpReset, IcmpErrors
///                         ├─▶ Nat: what is for elsewhere; of what is for us DNS, opened ports, known flows
///                         ├─▶ HostDoor ──▶ HostSide (the host's tap)
///   Outbox ◀── all of them write their answers there: payload first, then headers in front of it
/// ```
///
/// May not: open sockets, start threads, read a clock. Thread: the network's event loop.
package vmlan.network.gateway;
