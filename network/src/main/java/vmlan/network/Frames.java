package vmlan.network;

/// The sizes of frames, shared by everything that carries them.
public final class Frames {
    /// Destination, source and type: less is not Ethernet (IEEE 802.3 §3.1.1).
    public static final int MIN_LENGTH = 14;
    /// What QEMU's stream netdev takes at most (QEMU include/net/net.h, NET_BUFSIZE: 4096 + 65536).
    public static final int MAX_LENGTH = 69_632;
    /// Length of the big-endian length in front of each frame (QEMU net/stream.c).
    public static final int LENGTH_BYTES = 4;

    private Frames() {}
}
