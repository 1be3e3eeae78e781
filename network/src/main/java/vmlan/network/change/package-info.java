/// What changes on the host, seen from a network: addresses and ways out that come and go, and sleep. The host's side
/// says how things stand; here it is decided when that has settled, and what follows from it.
///
/// ```
///  news ─▶ HostWatch ─▶ HostChange ─▶ NAT, DNS, published ports, guests' links
///  clocks ─▶ SleepGap ─┘
/// ```
///
/// May not: look at the host. Thread: the network's event loop.
package vmlan.network.change;
