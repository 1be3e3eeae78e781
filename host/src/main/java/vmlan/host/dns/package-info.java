/// The host's side of DNS: which resolvers it uses now, what its own file of names says, and sockets to ask with.
///
/// Files are small and local, and are read on the loop when they have changed; `scutil` is a process, and runs on a
/// virtual thread.
///
/// May not: look into a message. Thread: the network's event loop, but where a class says otherwise.
package vmlan.host.dns;
