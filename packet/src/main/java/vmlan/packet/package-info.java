/// Bytes and their meaning: one protocol a file, one address type a file.
///
/// May not: keep state, do I/O, know the time. Thread: whichever calls.
///
/// Two kinds of class, told apart by name. A `…Header` is a window over a frame that is aimed anew for each
/// one and allocates nothing. A record (`MacAddress`, `DhcpMessage`) is a value that may be kept.
package vmlan.packet;
