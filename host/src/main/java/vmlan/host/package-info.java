/// The operating system: the event loop and the sockets and devices that carry frames.
///
/// May not: decide anything about a protocol above the framing. Thread: the network's event loop, but where a class
/// says
/// otherwise.
package vmlan.host;
