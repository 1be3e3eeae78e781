/// The control API of a network process: HTTP/1.1 with JSON on a Unix-domain socket, both ends of it.
///
/// May not: know what the requests mean. Threads: a virtual thread for each connection; callers of the client
/// block, with a limit.
package vmlan.program.control;
