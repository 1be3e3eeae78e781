package vmlan.program.explain;

/// Who reaches whom, seen from one NIC of the guest.
public enum Relation {
    GUEST_TO_HOST("guest", "host"),
    HOST_TO_GUEST("host", "guest"),
    GUEST_TO_LAN("guest", "lan"),
    LAN_TO_GUEST("lan", "guest"),
    GUEST_TO_INTERNET("guest", "internet"),
    GUEST_TO_GUESTS("guest", "other guests");

    private final String from;
    private final String to;

    Relation(String from, String to) {
        this.from = from;
        this.to = to;
    }

    public String from() {
        return from;
    }

    public String to() {
        return to;
    }

    String words() {
        String arrow = this == GUEST_TO_GUESTS ? " ↔ " : " → ";
        return (from + arrow + to).replace("lan", "LAN");
    }
}
