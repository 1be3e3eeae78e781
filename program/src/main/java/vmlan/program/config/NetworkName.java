package vmlan.program.config;

import java.util.Optional;
import java.util.Set;
import vmlan.packet.DomainName;
import vmlan.program.message.Failure;

/// What a network is called, its mode and, for a bridged one, the NIC of the host. Names come from command lines and
/// from networks.yaml, and become folders.
///
/// @param nic null where the mode has none
public record NetworkName(String text, NetworkMode mode, String nic) {
    /// Linux: IFNAMSIZ less the zero (linux/if.h). Dots are those of VLAN interfaces.
    private static final String NIC = "[A-Za-z0-9_@:-][A-Za-z0-9_.@:-]{0,14}";

    /// What `--net` calls something else.
    private static final Set<String> TAKEN = Set.of("user", "none", "bridged", "router");

    /// Apple's own networks, as QEMU calls its ways to them.
    public static final String VMNET_SHARED = "vmnet-shared";

    public static final String VMNET_HOST = "vmnet-host";

    private static final String BRIDGED = "bridged-";
    private static final String ROUTER = "router-";

    /// A name that means a network without a word of networks.yaml; empty for any other.
    public static Optional<NetworkName> builtIn(String text) {
        if (isNic(text, BRIDGED)) {
            return Optional.of(new NetworkName(text, NetworkMode.BRIDGED, text.substring(BRIDGED.length())));
        }
        if (isNic(text, ROUTER)) {
            return Optional.of(new NetworkName(text, NetworkMode.ROUTER, text.substring(ROUTER.length())));
        }
        return switch (text) {
            case "shared" -> Optional.of(new NetworkName(text, NetworkMode.SHARED, null));
            case "host" -> Optional.of(new NetworkName(text, NetworkMode.host(), null));
            case "private" -> Optional.of(new NetworkName(text, NetworkMode.PRIVATE, null));
            case VMNET_SHARED -> Optional.of(new NetworkName(text, NetworkMode.VMNET_SHARED, null));
            case VMNET_HOST -> Optional.of(new NetworkName(text, NetworkMode.VMNET_HOST, null));
            default -> Optional.empty();
        };
    }

    /// The same where nothing else can be.
    ///
    /// @throws Failure there is no such network
    public static NetworkName of(String text) throws Failure {
        return builtIn(text)
                .orElseThrow(() -> Failure.usage(
                        "there is no network '" + text + "'", "take one of: shared, host, private, bridged-NIC"));
    }

    /// Whether a network of networks.yaml may be called so: what `--net` and the other networks have is taken.
    public static boolean isFree(String text) {
        return DomainName.isLabel(text)
                && !TAKEN.contains(text)
                && !text.startsWith(BRIDGED)
                && !text.startsWith(ROUTER)
                && builtIn(text).isEmpty();
    }

    /// Whether a network can have this name at all.
    public static boolean isName(String text) {
        return builtIn(text).isPresent()
                || isFree(text)
                || DefinedName.read(text).isPresent();
    }

    /// Whether a command line defines the network, and not networks.yaml ([DefinedName]).
    public boolean isDefined() {
        return DefinedName.read(text).filter(this::equals).isPresent();
    }

    /// Whether the mode is the name's own, which networks.yaml cannot change.
    public boolean isBuiltIn() {
        return builtIn(text).isPresent();
    }

    /// The name of the network that is bridged to a NIC.
    public static String bridgedTo(String nic) {
        return BRIDGED + nic;
    }

    /// Whether the text is a name of a NIC.
    static boolean isNic(String text) {
        return text.matches(NIC);
    }

    private static boolean isNic(String text, String prefix) {
        return text.startsWith(prefix) && text.substring(prefix.length()).matches(NIC);
    }
}
