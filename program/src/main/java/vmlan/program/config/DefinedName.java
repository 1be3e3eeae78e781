package vmlan.program.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import vmlan.packet.DomainName;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Prefix;

/// The names of networks that a QEMU command line defines (`vmlan qemu`). A name says how far the network reaches and
/// what two command lines have to have in common to be on the same one; the rest of the definition is kept in the
/// network's state.
///
/// | QEMU says | name |
/// |---|---|
/// | `vmnet-shared,start-address=192.168.105.1` | `shared-192.168.105.1` |
/// | `vmnet-shared,nat66-prefix=fd00:1::` alone | `shared-fd00-1-0-0` |
/// | `vmnet-host,start-address=192.168.106.1` | `host-192.168.106.1` |
/// | `vmnet-host,net-uuid=UUID` | `host-UUID` |
/// | `user`, with `--engine` | `user-VM-N`: of one VM's NIC number N |
///
/// They are folders and words for `--net`, so no colons. Those without dots could be names of networks.yaml, too: there
/// the file counts.
public final class DefinedName {
    private static final String SHARED = "shared-";
    private static final String HOST = "host-";
    private static final String USER = "user-";

    private DefinedName() {}

    /// The shared network whose first address, which is the gateway's, is this one.
    public static NetworkName shared(Ipv4Address start) {
        return new NetworkName(SHARED + start, NetworkMode.SHARED, null);
    }

    /// The shared network that has this prefix, and chooses its IPv4 addresses.
    public static NetworkName shared(Ipv6Prefix prefix) {
        String groups = Arrays.stream(new int[] {48, 32, 16, 0})
                .mapToObj(shift -> Long.toHexString(prefix.high() >>> shift & 0xffff))
                .collect(Collectors.joining("-"));
        return new NetworkName(SHARED + groups, NetworkMode.SHARED, null);
    }

    /// The network of guests and host whose first address, which is the host's, is this one.
    public static NetworkName host(Ipv4Address start) {
        return new NetworkName(HOST + start, NetworkMode.host(), null);
    }

    /// The network of guests alone that has this identifier.
    public static NetworkName isolated(UUID identifier) {
        return new NetworkName(HOST + identifier, NetworkMode.SWITCH, null);
    }

    /// The network that is one VM's own.
    ///
    /// @param nic the number of the VM's NIC
    public static NetworkName user(String vm, int nic) {
        return new NetworkName(USER + vm + "-" + nic, NetworkMode.USER, null);
    }

    /// The VM whose own network has this name; empty for a network of any other kind.
    public static Optional<String> owner(String network) {
        return read(network)
                .filter(name -> name.mode() == NetworkMode.USER)
                .map(name -> network.substring(USER.length(), network.lastIndexOf('-')));
    }

    /// The network that a name of this kind means; empty for any other.
    public static Optional<NetworkName> read(String text) {
        if (text.startsWith(SHARED)) {
            String rest = text.substring(SHARED.length());
            return isPrefix(rest) || isIpv4(rest)
                    ? Optional.of(new NetworkName(text, NetworkMode.SHARED, null))
                    : Optional.empty();
        }
        if (text.startsWith(HOST)) {
            String rest = text.substring(HOST.length());
            if (isIpv4(rest)) {
                return Optional.of(new NetworkName(text, NetworkMode.host(), null));
            }
            return rest.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
                    ? Optional.of(new NetworkName(text, NetworkMode.SWITCH, null))
                    : Optional.empty();
        }
        int hyphen = text.lastIndexOf('-');
        if (text.startsWith(USER)
                && hyphen > USER.length()
                && text.substring(hyphen + 1).matches("0|[1-9][0-9]{0,2}")
                && DomainName.isLabel(text.substring(USER.length(), hyphen))) {
            return Optional.of(new NetworkName(text, NetworkMode.USER, null));
        }
        return Optional.empty();
    }

    private static boolean isIpv4(String text) {
        try {
            return Ipv4Address.parse(text).toString().equals(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isPrefix(String text) {
        return text.matches("(0|[1-9a-f][0-9a-f]{0,3})(-(0|[1-9a-f][0-9a-f]{0,3})){3}");
    }
}
