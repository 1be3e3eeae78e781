/// TCP towards the guests: a true endpoint (RFC 9293), with a stream of the host's behind each connection.
/// [TcpStack] is the door, and its comment the theory of operation.
///
/// May not: know what is allowed or where a stream leads ([StreamOpener] does), open sockets, read a clock.
/// Thread: the network's event loop.
package vmlan.network.tcp;
