/// The NAT: guests reach the outside, and the host's clients reach guests, by the host's own sockets.
///
/// ```
///                      ┌ fragments ─▶ Reassembly ┐
/// Ipv4Input, Ipv6Input ┴─────────────────────────▶ Nat ─▶ TcpStack ── HostStream ─▶ ┐
///                                                  ├─▶ UdpNat ─▶ UdpMapping ──────▶ │ Outside
///                                                  ├─▶ EchoNat ───────────────────▶ ┘
///                                                  ├─▶ NameQueries ─▶ NameServer
///   Outbox ◀── GuestPackets (fragments out) ◀──────┤
///          ◀── IcmpErrors ◀────────────────────────┴─▶ GuestErrors (ICMP errors of guests)
/// ```
///
/// How it is put together: `gateway.attachNat(limits, outside, names, now)` makes it. The program keeps what it
/// returns, for:
///
/// - `nat.hostPorts().allow(false, 8080)`: what `--allow-host` opens;
/// - `nat.connect(…)`: a TCP connection to a guest, for a client;
/// - a published UDP port:
///   ```java
///   UdpPublication publication = nat.publish(guestPort, (high, low, clientPort, now) -> {});
///   publication.attach(/* an OutsideDatagrams that is bound to the host's port, made with */ publication);
///   publication.aim(switchPort, guestMac, guestIpv4, guestIpv6);      // again whenever these change
///   nat.withdraw(publication);                                        // closes the socket, too
///   ```
///   so the host's side of it is the same as of every other UDP socket, but for the address it is bound to;
/// - `nat.forget(port, now)`, *before* a port is disconnected from the switch and its index used again;
/// - `nat.counters()`.
///
/// Policy is in one place ([Reachability]): what means the host itself, its link or nobody is never dialled.
///
/// May not: open sockets, start threads, read a clock. Thread: the network's event loop.
package vmlan.network.nat;
