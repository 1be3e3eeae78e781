/// A LAN of network namespaces with real programs, and real guests that are bridged onto it.
///
/// ```
///  router ── r0 ┐                      dnsmasq (DHCPv4, router advertisements, DHCPv6), forwards to 198.51.100.1
///  other ─── e0 ┼── bridge in `lan`    another machine
///  host ── en0 ─┘                      where vmlan runs; the link may be like a Wi-Fi's
/// ```
///
/// All of it is made by root with `ip`, and lies in namespaces with names of their own: nothing of the machine's own
/// network is touched or used.
package vmlan.tests.lan;
