package vmlan.program.vm;

import java.util.ArrayList;
import java.util.List;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;
import vmlan.program.config.Isolation;
import vmlan.program.config.MacTranslation;
import vmlan.program.config.NetworkName;
import vmlan.program.config.UplinkChoice;
import vmlan.program.config.Via;
import vmlan.program.config.Vmnet;
import vmlan.program.message.Failure;
import vmlan.qemu.NicBackend;

/// One `--net`: which network, and what the guest's NIC on it is to be.
///
/// @param kind `user` and `none` are QEMU's own, `bridged` is the NIC that the host's default route has, anything
///     else is a network's name; with [Via#QEMU] `vmnet-shared`, `vmnet-host` or one that is bridged, and all of it
///     QEMU's own
/// @param mac null for the VM's own
/// @param address null for any
/// @param uplink what is said of how the network reaches its segment
public record NicSpec(String kind, MacAddress mac, Ipv4Address address, Isolation isolation, UplinkChoice uplink) {
    /// Which NIC is not said.
    public static final String BRIDGED = "bridged";

    private static final String FORMS = "take --net shared, host, private, bridged:NIC, user, none or a network of"
            + " networks.yaml, with mac=…, ip=…, isolated[=off] and on a Mac via="
            + Via.keys().replace(", ", "|") + " behind commas, and for bridged mac-nat=on|off|auto";

    public static NicSpec parse(String text) throws Failure {
        return parse(text, null);
    }

    /// @param otherwise how the network reaches its segment where the text does not say it; may be null
    public static NicSpec parse(String text, Via otherwise) throws Failure {
        return parse(text, otherwise, Vmnet.isHere());
    }

    /// @param hasVmnet whether the host has one
    static NicSpec parse(String text, Via otherwise, boolean hasVmnet) throws Failure {
        List<String> parts = new ArrayList<>(List.of(text.split(",", -1)));
        String kind = parts.removeFirst();
        MacAddress mac = null;
        Ipv4Address address = null;
        Isolation isolation = Isolation.AS_THE_NETWORK;
        MacTranslation translation = null;
        Via via = null;
        try {
            for (String part : parts) {
                if (part.startsWith("mac=")) {
                    mac = MacAddress.parse(part.substring(4));
                } else if (part.startsWith("ip=")) {
                    address = Ipv4Address.parse(part.substring(3));
                } else if (part.equals("isolated") || part.equals("isolated=on")) {
                    isolation = Isolation.ON;
                } else if (part.equals("isolated=off")) {
                    isolation = Isolation.OFF;
                } else if (part.startsWith("mac-nat=") && (isBridged(kind) || kind.startsWith("bridged:"))) {
                    translation = MacTranslation.ofKey(part.substring(8));
                } else if (part.startsWith("via=")) {
                    via = Via.ofKey(part.substring(4));
                } else {
                    throw Failure.usage("--net " + text + ": '" + part + "' is not known", FORMS);
                }
            }
        } catch (IllegalArgumentException e) {
            throw Failure.usage("--net " + text + ": " + e.getMessage(), FORMS);
        }
        if (mac != null && mac.isGroup()) {
            throw Failure.usage(
                    "--net " + text + ": " + mac + " is a group's address, which no NIC can have",
                    "take one whose second digit is even, such as 52:54:00:12:34:56");
        }
        if (kind.isEmpty()) {
            throw Failure.usage("--net " + text + " names no network", FORMS);
        }
        if (kind.startsWith("bridged:")) {
            kind = NetworkName.bridgedTo(kind.substring("bridged:".length()));
        }
        via = via == null ? otherwise : via;
        NicSpec nic =
                new NicSpec(kind, mac, address, isolation, new UplinkChoice(translation, via)).placed(text, hasVmnet);
        if (address != null && nic.isOfOthers()) {
            throw Failure.usage(
                    "--net " + text + ": "
                            + (isBridged(kind)
                                    ? "the LAN gives the addresses on a bridged network"
                                    : "macOS gives the addresses on a network of Apple's"),
                    isBridged(kind)
                            ? "reserve " + address
                                    + " in the LAN's router for the VM's MAC address (vmlan ps --json shows it)"
                            : "leave ip= away");
        }
        return nic;
    }

    private static boolean isBridged(String kind) {
        return kind.equals(BRIDGED) || kind.startsWith(NetworkName.bridgedTo(""));
    }

    private static boolean isApples(String kind) {
        return kind.equals(NetworkName.VMNET_SHARED) || kind.equals(NetworkName.VMNET_HOST);
    }

    /// On the network that the way makes of it: Apple's shared network is another one than ours.
    private NicSpec placed(String text, boolean hasVmnet) throws Failure {
        Via via = uplink.via();
        if (via == null || via == Via.AUTO || isUser() || isNone()) {
            return this;
        }
        if (via.isApples() && !hasVmnet) {
            throw Failure.usage(
                    "--net " + text + ": via=" + via.key() + ": this host has no vmnet, which is macOS' own",
                    "leave via away: what is not a Mac does it by vmlan's engine");
        }
        if (kind.equals("private") && via.isApples() && via != Via.QEMU) {
            throw Failure.usage(
                    "--net " + text + ": a private network is vmlan's own, and does not go by " + via.key(),
                    "leave via away, or say it of the other networks only: --net bridged:NIC,via=" + via.key());
        }
        if (via == Via.ENGINE) {
            return byEngine(text, hasVmnet);
        }
        String placed = switch (kind) {
            case "shared" -> NetworkName.VMNET_SHARED;
            // a Mac's own network of that name is Apple's
            case "host" -> via == Via.QEMU ? NetworkName.VMNET_HOST : kind;
            default -> kind;
        };
        if (via == Via.QEMU && !isApples(placed) && !isBridged(placed)) {
            throw Failure.usage(
                    "--net " + text + ": QEMU's own vmnet has no network " + kind,
                    "take shared, host or bridged:NIC, or leave via=qemu away");
        }
        return on(placed);
    }

    private NicSpec byEngine(String text, boolean hasVmnet) throws Failure {
        if (hasVmnet && (isBridged(kind) || isApples(kind) || kind.equals("host"))) {
            throw Failure.usage(
                    "--net " + text + ": on a Mac only Apple's vmnet leads there",
                    "take via=vmnet, socket_vmnet or qemu, or --net shared, which needs none");
        }
        // it is what the network has anyway
        return new NicSpec(kind, mac, address, isolation, new UplinkChoice(uplink.translation(), null));
    }

    private boolean isOfOthers() {
        return isBridged(kind)
                || isOfQemu()
                || NetworkName.builtIn(kind)
                        .filter(name -> name.mode().isOfOthers())
                        .isPresent();
    }

    /// The same on another network.
    public NicSpec on(String network) {
        return new NicSpec(network, mac, address, isolation, uplink);
    }

    public boolean isNone() {
        return kind.equals("none");
    }

    public boolean isUser() {
        return kind.equals("user");
    }

    /// Whether the network is QEMU's own vmnet.
    public boolean isOfQemu() {
        return uplink.via() == Via.QEMU && !isUser() && !isNone();
    }

    /// QEMU's own, where it is one.
    NicBackend.Vmnet vmnet() {
        boolean isolated = isolation == Isolation.ON;
        return switch (kind) {
            case NetworkName.VMNET_SHARED -> new NicBackend.Vmnet(NicBackend.Vmnet.Kind.SHARED, null, isolated);
            case NetworkName.VMNET_HOST -> new NicBackend.Vmnet(NicBackend.Vmnet.Kind.HOST, null, isolated);
            default ->
                new NicBackend.Vmnet(
                        NicBackend.Vmnet.Kind.BRIDGED,
                        NetworkName.builtIn(kind).orElseThrow().nic(),
                        isolated);
        };
    }

    /// Whether it is on a network of vmlan's, which a process serves.
    public boolean isOnNetwork() {
        return !isNone() && !isUser() && !isOfQemu();
    }

    /// What [#parse] takes.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind);
        if (mac != null) {
            text.append(",mac=").append(mac);
        }
        if (address != null) {
            text.append(",ip=").append(address);
        }
        if (isolation != Isolation.AS_THE_NETWORK) {
            text.append(isolation == Isolation.ON ? ",isolated" : ",isolated=off");
        }
        if (uplink.translation() != null) {
            text.append(",mac-nat=").append(uplink.translation().key());
        }
        if (uplink.via() != null) {
            text.append(",via=").append(uplink.via().key());
        }
        return text.toString();
    }
}
