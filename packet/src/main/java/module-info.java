/// Bytes and their meaning: one protocol a file. Keeps no state and does no I/O.
module vmlan.packet {
    exports vmlan.packet;
}
