package vmlan.network;

/// Why a frame went no further. Every drop is counted at a port: at the one it came from when its sender is
/// the cause, at the one it was going to when that has no room.
public enum DropReason {
    /// Shorter than [Frames#MIN_LENGTH].
    RUNT("runt"),
    /// Longer than [Frames#MAX_LENGTH], or than the network's MTU where that counts.
    TOO_LONG("tooLong"),
    /// The source is a group address, which no station has (IEEE 802-2014 §8.2.2).
    GROUP_SOURCE("groupSource"),
    /// To a group that bridges keep to themselves (IEEE 802.1Q-2018 §8.6.3): a guest's spanning tree must
    /// not reach a LAN.
    RESERVED_GROUP("reservedGroup"),
    /// The source address, MAC or IP, belongs to somebody else for sure, such as the gateway.
    SPOOFED("spoofed"),
    /// To a station behind the port that it came from.
    SAME_PORT("samePort"),
    /// From a segment of others, to a station that nobody has heard here.
    NOT_HERE("notHere"),
    /// Between two isolated ports.
    ISOLATED("isolated"),
    /// The far end takes less than it is sent.
    QUEUE_FULL("queueFull"),
    /// Answers to answers to answers.
    LOOP("loop"),
    /// Lengths or fields that contradict each other.
    MALFORMED("malformed"),
    CHECKSUM("checksum"),
    /// To the gateway and in pieces, where it does not put them together; or pieces that contradict each other,
    /// are too many, or lack others for too long.
    FRAGMENT("fragment"),
    /// An IP source that cannot be one, such as a multicast or loopback address (RFC 1812 §5.3.7).
    MARTIAN("martian"),
    /// To the gateway, for elsewhere, where there is no way to.
    NO_ROUTE("noRoute"),
    /// The hop limit was used up.
    HOP_LIMIT("hopLimit"),
    /// The gateway has no service for it, or the service's rules say silence.
    UNANSWERED("unanswered"),
    /// DHCP, router discovery or another kind of Ethernet frame from the host's own network stack: in this
    /// network the gateway alone configures stations.
    RESERVED_SERVICE("reservedService"),
    /// Nobody is attached to the port.
    NOT_ATTACHED("notAttached"),
    /// More answers than the limit allows.
    RATE("rate"),
    /// The port's share of a table is used up.
    TABLE_FULL("tableFull"),
    /// Our own mistake: the far end threw an exception. [SwitchPort#fault] has it.
    FAULT("fault");

    private final String key;

    DropReason(String key) {
        this.key = key;
    }

    /// The name in JSON.
    public String key() {
        return key;
    }
}
