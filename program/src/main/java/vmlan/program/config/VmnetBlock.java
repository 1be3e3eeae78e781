package vmlan.program.config;

import java.util.List;
import java.util.UUID;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;

/// The networks that QEMU's `vmnet-shared` and `vmnet-host` mean, as [NetworkBlock]s for
/// [vmlan.program.serve.Networks#define]. The three IPv4 addresses come together, or are all null: then the network
/// chooses its own. Read qapi/net.json of QEMU, NetdevVmnetHostOptions and NetdevVmnetSharedOptions.
public final class VmnetBlock {
    private VmnetBlock() {}

    /// `vmnet-shared`. One of start and prefix has to be there: without, it is the built-in network `shared`.
    ///
    /// @param start the gateway's address; those behind it, up to the end, are the guests'
    /// @param prefix `nat66-prefix`; null for one that the network chooses
    /// @throws IllegalArgumentException that says which of the addresses makes no sense
    public static NetworkBlock shared(Ipv4Address start, Ipv4Address end, Ipv4Address mask, Ipv6Prefix prefix) {
        NetworkName name = start != null ? DefinedName.shared(start) : DefinedName.shared(prefix);
        return block(name, start, end, mask, prefix);
    }

    /// `vmnet-host` with addresses; without, it is the built-in network `host`.
    ///
    /// @throws IllegalArgumentException that says which of the addresses makes no sense
    public static NetworkBlock host(Ipv4Address start, Ipv4Address end, Ipv4Address mask) {
        return block(DefinedName.host(start), start, end, mask, null);
    }

    /// `vmnet-host` with `net-uuid`: guests only, and nobody who gives them addresses.
    public static NetworkBlock isolated(UUID identifier) {
        return NetworkBlock.none(DefinedName.isolated(identifier));
    }

    private static NetworkBlock block(
            NetworkName name, Ipv4Address start, Ipv4Address end, Ipv4Address mask, Ipv6Prefix prefix) {
        if (prefix != null && prefix.high() >>> 56 != 0xfd) {
            // RFC 4193 §3.1: what vmnet takes
            throw new IllegalArgumentException("the prefix " + prefix + " is none of fd00::/8");
        }
        if (start == null) {
            return block(name, null, null, null, null, prefix);
        }
        int length = Integer.bitCount(mask.bits());
        Ipv4Prefix ipv4 = new Ipv4Prefix(start, length);
        if (!ipv4.mask().equals(mask)) {
            throw new IllegalArgumentException(mask + " is no subnet mask");
        }
        Prefixes.ipv4(ipv4.toString());
        if (!ipv4.contains(end)) {
            throw new IllegalArgumentException(
                    "the end address " + end + " is not in the network " + ipv4 + " of the start address");
        }
        if (start.equals(ipv4.network()) || end.equals(ipv4.broadcast())) {
            throw new IllegalArgumentException(
                    (start.equals(ipv4.network()) ? start : end) + " is no address of a host in "
                            + ipv4 + ": " + ipv4.network().plus(1) + " to "
                            + ipv4.broadcast().plus(-1) + " are");
        }
        if (start.compareTo(end) >= 0) {
            throw new IllegalArgumentException("between the start address " + start
                    + ", which is the gateway's, and the end" + " address " + end + " is none for a guest");
        }
        return block(name, ipv4, start, start.plus(1), end, prefix);
    }

    private static NetworkBlock block(
            NetworkName name,
            Ipv4Prefix ipv4,
            Ipv4Address gateway,
            Ipv4Address first,
            Ipv4Address last,
            Ipv6Prefix prefix) {
        return new NetworkBlock(
                name,
                0,
                UplinkChoice.NONE,
                ipv4,
                gateway,
                first,
                last,
                null,
                prefix,
                null,
                null,
                null,
                null,
                List.of(),
                List.of());
    }
}
