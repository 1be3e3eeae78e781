package vmlan.qemu.translation;

import java.util.List;
import java.util.Map;
import vmlan.qemu.QemuException;
import vmlan.qemu.language.NetworkOption;

/// What stands in a file for `-readconfig` is not on the line, and cannot be replaced there: what that makes
/// impossible.
final class InFiles {
    private InFiles() {}

    /// @param wished what is served
    /// @throws QemuException something cannot be served
    static void check(List<NetworkOption> options, Map<NetworkOption, NetworkWishes.Wish> wished) throws QemuException {
        boolean nicWasServed = false;
        for (NetworkOption option : options) {
            boolean served = wished.containsKey(option);
            boolean isNic = option.kind() == NetworkOption.Kind.NIC;
            if (option.at().isInFile() && served) {
                throw QemuException.configuration(
                        "the " + option.type() + " network of a -readconfig file cannot be served",
                        "write it on the command line: -netdev " + option.type() + ",id="
                                + option.id().orElse("net0") + ",…");
            }
            if (option.at().isInFile()
                    && nicWasServed
                    && isNic
                    && !option.type().equals("none")) {
                throw QemuException.configuration(
                        "the [nic] of a -readconfig file cannot stay behind a NIC that vmlan serves: the guest would find"
                                + " its NICs in another order",
                        "write -readconfig before that -nic, or the NIC on the command line");
            }
            nicWasServed |= served && isNic;
        }
    }

    /// How `-set` names an option of a file.
    ///
    /// @throws QemuException it has no name there
    static String name(NetworkOption nic) throws QemuException {
        String id = nic.id().orElse("");
        if (id.isEmpty() || id.contains(".")) {
            throw QemuException.configuration(
                    "the NIC at " + nic.at().words().getFirst()
                            + " is on a network that vmlan serves, and has no MAC address of its own, nor a name to give it"
                            + " one by",
                    "begin its section with a name without dots: [" + nic.at().name() + " \"nic0\"]");
        }
        return nic.at().name() + "." + id;
    }
}
