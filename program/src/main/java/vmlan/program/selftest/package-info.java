/// `vmlan doctor --selftest`: runs the real things of a Mac once, and writes down how it went.
///
/// ```
///  SelfTest ─ Journal ─ Step … ─▶ the terminal, line by line; ReportFile, masked
///     ├─ framework, symbols, NICs
///     ├─ NetworkTrial: host, shared, bridged ─ VmnetStation ─▶ vmnet ─▶ bootpd, or the LAN's DHCP server
///     ├─ socket_vmnet ─ SocketVmnetStation ─▶ its daemon ─▶ bootpd
///     └─ QEMU
/// ```
///
/// It was made for people who have a Mac, by people who had none: with it the tests' simulator of vmnet is compared
/// with
/// Apple's own. It is run through that simulator by a test.
///
/// It may send only its own questions, by a MAC address of its own: DHCPDISCOVERs, which take no lease, and router
/// solicitations. It waits for nothing without a limit, and stops what it started, also when it is interrupted.
///
/// Threads: the command's own runs the steps. Each station has an event loop with a thread.
///
/// Trust: the answers come from a network and are hostile; a report is for strangers, and goes through [Mask].
///
/// [Mask]: vmlan.program.selftest.Mask
package vmlan.program.selftest;
