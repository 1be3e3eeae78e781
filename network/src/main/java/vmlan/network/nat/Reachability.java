package vmlan.network.nat;

import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;

/// Which addresses the host may be asked to reach for a guest.
///
/// The host dials with its own sockets, so an address that means the host itself, its link, or nobody means
/// something else there than the guest's packet says. Those are never dialled, in whatever form they are
/// written. Everything else is reached as the host reaches it; the host's addresses in its LAN count as the
/// LAN's.
final class Reachability {
    /// 64:ff9b::/96 (RFC 6052 §2.1), bits 0 to 63; the next 32 are zero.
    private static final long NAT64_HIGH = 0x0064_ff9b_0000_0000L;
    /// 2002::/16 (RFC 3056 §2).
    private static final long SIX_TO_FOUR = 0x2002;

    /// fd00:ec2::/32: what 169.254/16 is over IPv4, an EC2 instance has here too, its credentials among it (Amazon,
    /// "IPv6
    /// on AWS", Supporting Amazon VPC services: fd00:ec2::254, ::253, ::123).
    private static final long EC2_SERVICES = 0xfd00_0ec2L;

    private final NatSettings settings;

    Reachability(NatSettings settings) {
        this.settings = settings;
    }

    /// Why an address is not to be dialled, or null. For the gateway's own it is "refused".
    OutsideError refusal(long high, long low) {
        if (settings.isOwn(high, low)) {
            return OutsideError.REFUSED;
        }
        if (!settings.router()) {
            return OutsideError.NET_UNREACHABLE;
        }
        if (IpAddress.isIpv4(high, low)) {
            return settings.network().contains((int) low)
                    ? OutsideError.HOST_UNREACHABLE
                    : prohibited(isSpecial((int) low));
        }
        return high == settings.prefix().high() ? OutsideError.HOST_UNREACHABLE : prohibited(isSpecial(high, low));
    }

    private static OutsideError prohibited(boolean isSpecial) {
        return isSpecial ? OutsideError.PROHIBITED : null;
    }

    private boolean isSpecial(int address) {
        return address >>> 24 == 0 // "this host on this network", RFC 1122 §3.2.1.3; Linux dials itself
                || Ipv4Header.isLoopback(address)
                || address >>> 16 == 0xa9fe // 169.254/16, RFC 3927 §7: never forwarded; clouds' metadata
                || Ipv4Header.isMulticast(address)
                || address >>> 28 == 0xf; // 240/4 and broadcast, RFC 1112 §4
    }

    private boolean isSpecial(long high, long low) {
        // ::, ::1, and IPv4-compatible addresses (RFC 4291 §2.5.5.1); mapped ones are IPv4 here
        boolean isLow = high == 0 && low >>> 32 == 0;
        return isLow
                || Ipv6Header.isLinkLocal(high)
                || Ipv6Header.isMulticast(high)
                || high >>> 32 == EC2_SERVICES
                // a host that translates or tunnels would reach what is inside (RFC 6052 §3.1, RFC 3964 §3)
                || (high == NAT64_HIGH && low >>> 32 == 0 && isInside((int) low))
                || (high >>> 48 == SIX_TO_FOUR && isInside((int) (high >>> 16)));
    }

    private boolean isInside(int embedded) {
        return isSpecial(embedded) || settings.network().contains(embedded);
    }
}
