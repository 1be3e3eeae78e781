package vmlan.host.macos;

/// vmnet's answers (vmnet.h, vmnet_return_t).
public enum VmnetStatus {
    SUCCESS(1000, "success"),
    FAILURE(1001, "general failure"),
    MEM_FAILURE(1002, "no memory"),
    INVALID_ARGUMENT(1003, "invalid argument"),
    SETUP_INCOMPLETE(1004, "the interface is not set up"),
    INVALID_ACCESS(1005, "permission denied"),
    PACKET_TOO_BIG(1006, "a packet is longer than the interface's"),
    BUFFER_EXHAUSTED(1007, "the kernel's buffers are full"),
    TOO_MANY_PACKETS(1008, "too many packets at once"),
    SHARING_SERVICE_BUSY(1009, "another sharing service is in the way"),
    NOT_AUTHORIZED(1010, "not authorized"),
    /// None of those that are published.
    UNKNOWN(-1, "an unknown status");

    private static final VmnetStatus[] BY_CODE = new VmnetStatus[NOT_AUTHORIZED.code - SUCCESS.code + 1];

    static {
        for (VmnetStatus status : values()) {
            if (status != UNKNOWN) {
                BY_CODE[status.code - SUCCESS.code] = status;
            }
        }
    }

    private final int code;
    private final String meaning;

    VmnetStatus(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    static VmnetStatus of(int code) {
        int index = code - SUCCESS.code;
        return index >= 0 && index < BY_CODE.length ? BY_CODE[index] : UNKNOWN;
    }

    int code() {
        return code;
    }

    String meaning() {
        return meaning;
    }
}
