/// Published ports: the host's sockets that lead to a port of a guest.
///
/// May not: know what a network or a VM is beyond a port of the switch. Threads: values on any; the sockets on the
/// network's event loop.
package vmlan.program.publish;
