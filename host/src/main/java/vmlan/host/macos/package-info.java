/// Everything of macOS that needs native calls: Apple's vmnet.framework, with what it needs of XPC, dispatch
/// and blocks; and the socket of an installed socket_vmnet, which needs none.
///
/// ```
///  loop ── VmnetDevice ─┬─ send ─ Packets ─ flush ──────────▶ vmnet_write
///   ▲                   └─ thread vmlan-vmnet ─ Packets ◀──── vmnet_read, until there is nothing
///   │                            │       ▲
///   └──── FrameHandover ◀────────┘       └ wakes ─ Blocks ◀── a dispatch queue's thread: packets came
///
///  VmnetInterface.start ─ waits, with a limit ◀─── Blocks ◀── the same: started, with these parameters
/// ```
///
/// Native calls go through [vmlan.host.macos.VmnetCalls], [vmlan.host.macos.NetworkCalls],
/// [vmlan.host.macos.Xpc] and [vmlan.host.macos.Blocks] and nowhere else. Numbers and offsets carry the name
/// of the public source that they are from; a C compiler is asked about them by a test, against a simulator
/// that was written from the same sources and not from this package. It was not run on a Mac. The libraries
/// are a parameter, so that all of it runs with the simulator on Linux.
///
/// It makes no protocol decision: it carries frames, and hands Apple the addresses that it is given.
///
/// Threads. Dispatch queues call in on threads of their own: such a call takes a note, wakes somebody and
/// returns. It never waits and never throws; an exception out of it would end the process. Starting and
/// stopping wait for an answer of the system, with a limit, and belong to a platform thread that may wait.
/// All else says where it belongs.
///
/// Trust: the framework is the system's, and believed as the kernel is, but for counts and sizes, which are
/// checked before memory is touched. The frames are from the LAN or from other guests, and hostile.
package vmlan.host.macos;
