/// A little LAN in network namespaces, and the proofs of what a bridged guest can do on it.
///
/// ```
///  outside ══ w0  router  r0 ══╗            198.51.100.0/24, 2001:db8:ff::/64 beyond the router
///                              ║
///  other      o0 ══════════════╬ br0 (lan)  192.168.77.0/24, 2001:db8:77::/64
///                              ║
///  host       en0 ═════════════╝
///   └ vmlan run --net bridged:en0 ─ guest
/// ```
///
/// The namespaces have no names in the file system. Each lives as long as a shell in it, its keeper, which
/// waits for the end of a pipe that this process holds: however this process ends, the LAN goes.
///
/// May not: know commands, or how a VM is started. Thread: the caller's; stations are processes.
package vmlan.program.demo;
