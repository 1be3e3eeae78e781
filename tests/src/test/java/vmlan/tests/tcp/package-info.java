/// The TCP endpoint against the Linux kernel.
///
/// ```
///  a JVM in a network namespace of its own (TransferMain)
/// ┌───────────────────────────────────────────────────────────────────────────────────┐
/// │ sockets ── kernel's TCP ── tap ── LossyLink ── Switch ── TcpStack ── MemoryStream  │
/// │    └──────────────────────── Transfer: every byte is known ───────────────┘         │
/// └───────────────────────────────────────────────────────────────────────────────────┘
/// ```
///
/// The kernel plays the guest. Everything runs on one event loop, and a round of transfers at a time, under kernel
/// settings and a weather of the round's own.
package vmlan.tests.tcp;
