package vmlan.program.serve;

import vmlan.program.message.Failure;

/// What a network's name says: its mode and, for a bridged one, the NIC of the host. Names come from command lines,
/// and become folders.
///
/// @param nic null where the mode has none
public record NetworkName(String text, NetworkMode mode, String nic) {
    /// Linux: IFNAMSIZ less the zero (linux/if.h). Dots are those of VLAN interfaces.
    private static final String NIC = "[A-Za-z0-9_@:-][A-Za-z0-9_.@:-]{0,14}";

    private static final String BRIDGED = "bridged-";
    private static final String ROUTER = "router-";

    /// @throws Failure there is no such network
    public static NetworkName of(String text) throws Failure {
        if (isNic(text, BRIDGED)) {
            return new NetworkName(text, NetworkMode.BRIDGED, text.substring(BRIDGED.length()));
        }
        if (isNic(text, ROUTER)) {
            return new NetworkName(text, NetworkMode.ROUTER, text.substring(ROUTER.length()));
        }
        return switch (text) {
            case "shared" -> new NetworkName(text, NetworkMode.SHARED, null);
            case "host" -> new NetworkName(text, NetworkMode.HOST, null);
            case "private" -> new NetworkName(text, NetworkMode.PRIVATE, null);
            default ->
                throw Failure.usage(
                        "there is no network '" + text + "'",
                        "take one of: shared, host, private, bridged-NIC (see: vmlan network ls, vmlan interfaces)");
        };
    }

    /// Whether the text is the name of a network, such as one of a folder.
    static boolean isOne(String text) {
        try {
            of(text);
            return true;
        } catch (Failure e) {
            return false;
        }
    }

    /// The name of the network that is bridged to a NIC.
    public static String bridgedTo(String nic) {
        return BRIDGED + nic;
    }

    private static boolean isNic(String text, String prefix) {
        return text.startsWith(prefix) && text.substring(prefix.length()).matches(NIC);
    }
}
