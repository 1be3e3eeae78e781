package vmlan.qemu;

import vmlan.qemu.language.QemuVersion;

/// How a QEMU's `-netdev stream` finds back to the network after the network's process was restarted.
public enum StreamAttachment {
    /// 9.2 and later: `reconnect-ms=250` (QEMU qapi/net.json, NetdevStreamOptions).
    RECONNECT_MS,
    /// 8.0 to 9.1: `reconnect=1`, in seconds; deprecated in 9.2, gone in 10.2.
    RECONNECT_SECONDS,
    /// 7.2 connects once and never again, so there QEMU listens and the network connects, as often as it has to.
    QEMU_LISTENS;

    public static StreamAttachment of(QemuVersion version) {
        if (version.isAtLeast(9, 2)) {
            return RECONNECT_MS;
        }
        return version.isAtLeast(8, 0) ? RECONNECT_SECONDS : QEMU_LISTENS;
    }

    /// Settings of `-netdev stream`, each with a comma before it.
    public String words() {
        return switch (this) {
            case RECONNECT_MS -> ",server=off,reconnect-ms=250";
            case RECONNECT_SECONDS -> ",server=off,reconnect=1";
            case QEMU_LISTENS -> ",server=on";
        };
    }
}
