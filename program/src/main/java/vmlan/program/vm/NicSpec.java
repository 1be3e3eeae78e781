package vmlan.program.vm;

import java.util.ArrayList;
import java.util.List;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;
import vmlan.program.config.Isolation;
import vmlan.program.config.MacTranslation;
import vmlan.program.config.NetworkName;
import vmlan.program.message.Failure;

/// One `--net`: which network, and what the guest's NIC on it is to be.
///
/// @param kind `user` and `none` are QEMU's own, `bridged` is the NIC that the host's default route has, anything
///     else is a network's name
/// @param mac null for the VM's own
/// @param address null for any
/// @param translation null for what the network has
public record NicSpec(
        String kind, MacAddress mac, Ipv4Address address, Isolation isolation, MacTranslation translation) {
    /// Which NIC is not said.
    public static final String BRIDGED = "bridged";

    private static final String FORMS = "take --net shared, host, private, bridged:NIC, user, none or a network of"
            + " networks.yaml, with mac=…, ip=… and isolated[=off] behind commas, and for bridged mac-nat=on|off|auto";

    public static NicSpec parse(String text) throws Failure {
        List<String> parts = new ArrayList<>(List.of(text.split(",", -1)));
        String kind = parts.removeFirst();
        MacAddress mac = null;
        Ipv4Address address = null;
        Isolation isolation = Isolation.AS_THE_NETWORK;
        MacTranslation translation = null;
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
                } else if (part.startsWith("mac-nat=") && kind.startsWith(BRIDGED)) {
                    translation = MacTranslation.ofKey(part.substring(8));
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
        if (kind.startsWith(BRIDGED) && address != null) {
            throw Failure.usage(
                    "--net " + text + ": the LAN gives the addresses on a bridged network",
                    "reserve " + address + " in the LAN's router for the VM's MAC address (vmlan ps --json shows it)");
        }
        return new NicSpec(kind, mac, address, isolation, translation);
    }

    /// The same on another network.
    public NicSpec on(String network) {
        return new NicSpec(network, mac, address, isolation, translation);
    }

    public boolean isNone() {
        return kind.equals("none");
    }

    public boolean isUser() {
        return kind.equals("user");
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
        if (translation != null) {
            text.append(",mac-nat=").append(translation.key());
        }
        return text.toString();
    }
}
