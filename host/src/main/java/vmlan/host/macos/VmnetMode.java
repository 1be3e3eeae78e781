package vmlan.host.macos;

/// What an interface is joined to (vmnet.h, operating_modes_t).
public enum VmnetMode {
    /// The host and other interfaces of this mode.
    HOST(1000),
    /// The same, and the outside by Apple's NAT.
    SHARED(1001),
    /// A NIC of the host, and so its LAN; macOS 10.15.
    BRIDGED(1002);

    private final int code;

    VmnetMode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
