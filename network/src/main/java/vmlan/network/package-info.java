/// The virtual network: a learning switch, its ports, and the gateway that is one of them.
///
/// May not: open sockets, start threads, read a clock. Frames, time and randomness are arguments, so
/// everything here is tested by scripts of packets. Thread: the network's event loop, and only that one.
package vmlan.network;
