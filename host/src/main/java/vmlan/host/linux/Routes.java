package vmlan.host.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import vmlan.packet.IpAddress;

/// Which way the kernel would send: one look-up, with all rules and tables that there are (a VPN's, too), however long
/// those are. Nothing is sent.
final class Routes {
    /// Root servers of the DNS (a.root-servers.net), which are outside for everybody.
    static final IpAddress OUTSIDE_IPV4 = IpAddress.parse("198.41.0.4");

    static final IpAddress OUTSIDE_IPV6 = IpAddress.parse("2001:503:ba3e::2:30");

    /// Where a packet goes next.
    ///
    /// @param gateway null where it goes straight to its destination
    record Hop(int ifIndex, IpAddress gateway) {}

    /// struct rtmsg: family, lengths of destination and source, TOS, table, protocol, scope, type, flags (32 bit)
    /// (include/uapi/linux/rtnetlink.h)
    private static final int RTMSG_BYTES = 12;

    private static final int RTM_TYPE = 7;
    static final int RTN_UNICAST = 1;
    static final int RTA_DST = 1;
    static final int RTA_OIF = 4;
    static final int RTA_GATEWAY = 5;
    /// A gateway of the other family (RFC 5549): struct rtvia, family (16 bit), then the address.
    static final int RTA_VIA = 18;

    private static final int VIA_ADDRESS = 2;
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    private Routes() {}

    /// @return null when there is no way
    static Hop to(Netlink netlink, IpAddress destination) throws LinuxException {
        boolean ipv4 = destination.isIpv4();
        ByteBuffer bytes = ByteBuffer.allocate(ipv4 ? IPV4_BYTES : IPV6_BYTES);
        if (ipv4) {
            bytes.putInt((int) destination.low());
        } else {
            bytes.putLong(destination.high()).putLong(destination.low());
        }
        NetlinkMessage question = NetlinkMessage.request(Netlink.RTM_GETROUTE, NetlinkMessage.NLM_F_ACK)
                .putByte(ipv4 ? SocketCalls.AF_INET : SocketCalls.AF_INET6)
                .putByte(bytes.capacity() * Byte.SIZE)
                .putShort(0)
                .putInt(0)
                .putInt(0)
                .attribute(RTA_DST, bytes.array());
        try {
            for (NetlinkMessage answer : netlink.request(question, "looking for the way out")) {
                if (answer.type() == Netlink.RTM_NEWROUTE && answer.getByte(RTM_TYPE) == RTN_UNICAST) {
                    return hop(answer.attributes(RTMSG_BYTES));
                }
            }
            return null; // to the host itself, or thrown away
        } catch (LinuxException e) {
            if (isNoWay(e.errno())) {
                return null;
            }
            throw e;
        }
    }

    /// What a look-up gives where there is no route, or one that says no: `unreachable`, `prohibit`, `blackhole`
    /// (net/ipv4/fib_semantics.c, fib_props; net/ipv6/route.c, ip6_rt_type_to_error), or no such family.
    private static boolean isNoWay(int errno) {
        return errno == Errno.ENETUNREACH
                || errno == Errno.EHOSTUNREACH
                || errno == Errno.EACCES
                || errno == Errno.EINVAL
                || errno == Errno.EAGAIN
                || errno == Errno.EOPNOTSUPP;
    }

    private static Hop hop(Map<Integer, ByteBuffer> attributes) {
        ByteBuffer gateway = attributes.get(RTA_GATEWAY);
        ByteBuffer via = attributes.get(RTA_VIA);
        if (gateway == null && via != null && via.limit() > VIA_ADDRESS) {
            gateway = via.slice(VIA_ADDRESS, via.limit() - VIA_ADDRESS);
        }
        return new Hop(NetlinkMessage.number(attributes.get(RTA_OIF), 0), address(gateway));
    }

    private static IpAddress address(ByteBuffer bytes) {
        if (bytes == null) {
            return null;
        }
        ByteBuffer ordered = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
        return switch (ordered.limit()) {
            case IPV4_BYTES -> new IpAddress(0, IpAddress.mapped(ordered.getInt(0)));
            case IPV6_BYTES -> new IpAddress(ordered.getLong(0), ordered.getLong(8));
            default -> null;
        };
    }
}
