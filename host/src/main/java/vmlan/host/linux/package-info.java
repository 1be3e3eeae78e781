/// Everything of Linux that needs native calls: packet sockets, taps, the redirect to the host, interfaces, rights;
/// UDP and echoes, whose errors no other way tells.
///
/// ```
///  with rights, for a moment            without rights, for as long as the network lives
///  NicOpener ─ descriptors ── exec ──▶  NicDevice ─ Wire, thread vmlan-nic
///  Tap       ─ descriptor  ── exec ──▶  TapDevice ─ thread vmlan-tap
///  Rights.dropAndExec                   NicMonitor ─ thread vmlan-nic-state
///
///  LinuxOutside ─ NativeSockets ┬ LinuxDatagrams, LinuxEcho    read and written on the loop
///                               └ SocketPoller ─ thread vmlan-sockets, which only waits
/// ```
///
/// Native calls go through [vmlan.host.linux.Libc], [vmlan.host.linux.SocketCalls], [vmlan.host.linux.EpollCalls] and
/// [vmlan.host.linux.ProcessCalls] and nowhere else. A call returns what the kernel's own code returns: a result, or
/// an errno below zero. Numbers and offsets of structures carry the name of the header file that they are from; a test
/// asks a C compiler about them. Threads hand frames over in batches; every object else belongs to the event loop.
package vmlan.host.linux;
