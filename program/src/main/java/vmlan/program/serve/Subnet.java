package vmlan.program.serve;

import java.util.List;
import java.util.random.RandomGenerator;
import vmlan.network.change.HostRoute;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Prefix;
import vmlan.packet.MacAddress;
import vmlan.program.config.NetworkBlock;
import vmlan.program.message.Failure;

/// The addresses of a network with a gateway of ours: chosen once, then kept, so that guests keep theirs.
///
/// @param gateway our own address in it
/// @param gateway6 the same over IPv6
public record Subnet(
        Ipv4Prefix ipv4, Ipv4Address gateway, Ipv6Prefix ipv6, Ipv6Address gateway6, MacAddress gatewayMac) {
    private static final int FIRST = 64;
    private static final int LAST = 127;

    /// With the gateway at the first address.
    public Subnet(Ipv4Prefix ipv4, Ipv6Prefix ipv6, MacAddress gatewayMac) {
        this(ipv4, firstOf(ipv4), ipv6, firstOf(ipv6), gatewayMac);
    }

    static Ipv4Address firstOf(Ipv4Prefix ipv4) {
        return ipv4.network().plus(1);
    }

    static Ipv6Address firstOf(Ipv6Prefix ipv6) {
        return ipv6.address(1);
    }

    /// The first and the last address for guests; the gateway's between them is not given away.
    public Ipv4Address firstGuest() {
        Ipv4Address first = firstOf(ipv4);
        return gateway.equals(first) ? first.plus(1) : first;
    }

    public Ipv4Address lastGuest() {
        return ipv4.broadcast().plus(-1);
    }

    /// With the addresses that networks.yaml wants.
    ///
    /// @param block null where it has no word
    Subnet as(NetworkBlock block) {
        if (block == null) {
            return this;
        }
        Ipv4Prefix its = block.ipv4() == null ? ipv4 : block.ipv4();
        Ipv4Address unsaid = block.ipv4() == null ? gateway : firstOf(its);
        Ipv6Prefix its6 = block.ipv6() == null ? ipv6 : block.ipv6();
        Ipv6Address gateway6 = block.services().gateway6();
        return new Subnet(
                its,
                block.gateway() == null ? unsaid : block.gateway(),
                its6,
                gateway6 == null ? firstOf(its6) : gateway6,
                gatewayMac);
    }

    /// Whether an IPv4 address of a guest means the same in both.
    boolean hasAddressesOf(Subnet other) {
        return ipv4.equals(other.ipv4) && gateway.equals(other.gateway);
    }

    /// @param taken networks that guests could not tell from ours: the host's routes and the other networks here
    static Subnet choose(List<Ipv4Prefix> taken, RandomGenerator random) throws Failure {
        return new Subnet(freeIpv4(taken), randomUla(random), gatewayMac(random));
    }

    static Ipv4Prefix freeIpv4(List<Ipv4Prefix> taken) throws Failure {
        for (int third = FIRST; third <= LAST; third++) {
            Ipv4Prefix candidate = new Ipv4Prefix(new Ipv4Address(192 << 24 | 168 << 16 | third << 8), 24);
            if (taken.stream().noneMatch(route -> HostRoute.isSpecific(route) && route.overlaps(candidate))) {
                return candidate;
            }
        }
        throw Failure.world(
                "no free subnet: the host's routes use all of 192.168.64.0 to 192.168.127.255",
                "remove networks that are not needed: vmlan network ls");
    }

    /// fd00::/8, 40 random bits, subnet 1 (RFC 4193 §3.1, §3.2).
    static Ipv6Prefix randomUla(RandomGenerator random) {
        return new Ipv6Prefix(0xfdL << 56 | (random.nextLong() & 0xff_ffff_ffffL) << 16 | 1);
    }

    /// A locally administered address that no guest gets, those being 52:54:00.
    static MacAddress gatewayMac(RandomGenerator random) {
        return new MacAddress(0x5655_0000_0000L | (random.nextLong() & 0xffff_ffffL));
    }
}
