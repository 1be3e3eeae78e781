package vmlan.program.serve;

import java.util.List;
import java.util.random.RandomGenerator;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Prefix;
import vmlan.packet.MacAddress;
import vmlan.program.message.Failure;

/// The addresses of a network with a gateway of ours: chosen once, then kept, so that guests keep theirs.
public record Subnet(Ipv4Prefix ipv4, Ipv6Prefix ipv6, MacAddress gatewayMac) {
    private static final int FIRST = 64;
    private static final int LAST = 127;

    public Ipv4Address gateway() {
        return ipv4.network().plus(1);
    }

    public Ipv6Address gateway6() {
        return ipv6.address(1);
    }

    /// The first and the last address for guests; .1 is the gateway, .255 the broadcast.
    public Ipv4Address firstGuest() {
        return gateway().plus(1);
    }

    public Ipv4Address lastGuest() {
        return ipv4.broadcast().plus(-1);
    }

    /// @param taken networks that guests could not tell from ours: the host's routes and the other networks here
    static Subnet choose(List<Ipv4Prefix> taken, RandomGenerator random) throws Failure {
        return new Subnet(freeIpv4(taken), randomUla(random), gatewayMac(random));
    }

    static Ipv4Prefix freeIpv4(List<Ipv4Prefix> taken) throws Failure {
        for (int third = FIRST; third <= LAST; third++) {
            Ipv4Prefix candidate = new Ipv4Prefix(new Ipv4Address(192 << 24 | 168 << 16 | third << 8), 24);
            // A default route overlaps everything and uses nothing.
            if (taken.stream().noneMatch(route -> route.length() > 0 && route.overlaps(candidate))) {
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
