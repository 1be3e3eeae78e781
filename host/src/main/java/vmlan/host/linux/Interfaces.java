package vmlan.host.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// What rtnetlink says about interfaces and their addresses.
final class Interfaces {
    /// An interface (struct ifinfomsg and its attributes, include/uapi/linux/if_link.h).
    ///
    /// @param type of hardware, ARPHRD_… (include/uapi/linux/if_arp.h)
    /// @param flags IFF_… (include/uapi/linux/if.h)
    /// @param mac null where there is none of six bytes
    /// @param master index of the bridge or bond that it belongs to, 0 for none
    /// @param operState IF_OPER_…
    /// @param kind such as `veth`, empty for hardware
    /// @param device whether the kernel names a device behind it (5.14)
    record Link(
            String name,
            int index,
            int type,
            int flags,
            MacAddress mac,
            int mtu,
            int master,
            int operState,
            String kind,
            boolean device) {
        boolean isUp() {
            return (flags & IFF_UP) != 0;
        }

        boolean isRunning() {
            return (flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
        }
    }

    /// An address of an interface; one of the two is null.
    record Address(int ifIndex, Ipv4Address ipv4, Ipv6Address ipv6, int prefixLength) {}

    static final int IFF_UP = 1;
    static final int IFF_LOOPBACK = 8;
    static final int IFF_RUNNING = 0x40;
    static final int ARPHRD_ETHER = 1;
    static final int IF_OPER_UNKNOWN = 0;
    static final int IF_OPER_UP = 6;

    /// struct ifinfomsg: family, nothing, type (16 bit), index, flags, change
    static final int IFINFOMSG_BYTES = 16;

    static final int IFI_INDEX = 4;
    private static final int IFI_TYPE = 2;
    private static final int IFI_FLAGS = 8;

    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFLA_AF_SPEC = 26;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_OPERSTATE = 16;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_PARENT_DEV_NAME = 56;

    /// struct ifaddrmsg: family, prefix length, flags, scope, index (include/uapi/linux/if_addr.h)
    static final int IFADDRMSG_BYTES = 8;

    static final int IFA_ADDRESS = 1;
    static final int IFA_LOCAL = 2;
    static final int IFA_FLAGS = 8;
    static final int IFA_F_NODAD = 2;
    private static final int IFA_PREFIX_LENGTH = 1;
    private static final int IFA_INDEX = 4;

    private Interfaces() {}

    /// @throws LinuxException when there is none of that name
    static int index(String name) throws IOException {
        try (Netlink netlink = new Netlink(0)) {
            for (NetlinkMessage message : netlink.request(
                    NetlinkMessage.request(Netlink.RTM_GETLINK, NetlinkMessage.NLM_F_ACK)
                            .putInt(0)
                            .putInt(0)
                            .putInt(0)
                            .putInt(0)
                            .attribute(IFLA_IFNAME, name),
                    "looking for the interface '" + name + "'")) {
                Link link = link(message);
                if (link != null) {
                    return link.index;
                }
            }
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENODEV || e.errno() == Errno.EINVAL || e.errno() == Errno.ERANGE) {
                throw new LinuxException(
                        "looking for the interface '" + name + "'", Errno.ENODEV, "see: vmlan interfaces");
            }
            throw e;
        }
        throw new LinuxException("looking for the interface '" + name + "'", Errno.ENODEV, "see: vmlan interfaces");
    }

    static List<Link> links(Netlink netlink) throws IOException {
        List<Link> links = new ArrayList<>();
        for (NetlinkMessage message : netlink.dump(
                NetlinkMessage.request(Netlink.RTM_GETLINK, NetlinkMessage.NLM_F_DUMP)
                        .putInt(0)
                        .putInt(0)
                        .putInt(0)
                        .putInt(0),
                "reading the interfaces")) {
            Link link = link(message);
            if (link != null) {
                links.add(link);
            }
        }
        return links;
    }

    static List<Address> addresses(Netlink netlink) throws IOException {
        List<Address> addresses = new ArrayList<>();
        for (NetlinkMessage message : netlink.dump(
                NetlinkMessage.request(Netlink.RTM_GETADDR, NetlinkMessage.NLM_F_DUMP)
                        .putInt(0)
                        .putInt(0),
                "reading the addresses")) {
            Address address = address(message);
            if (address != null) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    /// @return null when the message is about something else
    static Link link(NetlinkMessage message) {
        if (message.type() != Netlink.RTM_NEWLINK && message.type() != Netlink.RTM_DELLINK) {
            return null;
        }
        Map<Integer, ByteBuffer> attributes = message.attributes(IFINFOMSG_BYTES);
        ByteBuffer mac = attributes.get(IFLA_ADDRESS);
        ByteBuffer operState = attributes.get(IFLA_OPERSTATE);
        ByteBuffer info = attributes.get(IFLA_LINKINFO);
        return new Link(
                NetlinkMessage.text(attributes.get(IFLA_IFNAME)),
                message.getInt(IFI_INDEX),
                message.getShort(IFI_TYPE),
                message.getInt(IFI_FLAGS),
                mac == null || mac.limit() != 6 ? null : mac(mac),
                NetlinkMessage.number(attributes.get(IFLA_MTU), 0),
                NetlinkMessage.number(attributes.get(IFLA_MASTER), 0),
                operState == null || operState.limit() < 1 ? IF_OPER_UNKNOWN : operState.get(0),
                info == null
                        ? ""
                        : NetlinkMessage.text(NetlinkMessage.attributes(info).get(IFLA_INFO_KIND)),
                attributes.containsKey(IFLA_PARENT_DEV_NAME));
    }

    private static MacAddress mac(ByteBuffer bytes) {
        long bits = 0;
        for (int i = 0; i < 6; i++) {
            bits = (bits << 8) | Byte.toUnsignedInt(bytes.get(i));
        }
        return new MacAddress(bits);
    }

    /// @return null when the message is about something else
    static Address address(NetlinkMessage message) {
        if (message.type() != Netlink.RTM_NEWADDR && message.type() != Netlink.RTM_DELADDR) {
            return null;
        }
        Map<Integer, ByteBuffer> attributes = message.attributes(IFADDRMSG_BYTES);
        // Of a point-to-point interface IFA_ADDRESS is the other end, IFA_LOCAL is ours (include/uapi/linux/if_addr.h).
        ByteBuffer bytes = attributes.getOrDefault(IFA_LOCAL, attributes.get(IFA_ADDRESS));
        int index = message.getInt(IFA_INDEX);
        int prefixLength = message.getByte(IFA_PREFIX_LENGTH);
        if (bytes == null) {
            return null;
        }
        // Network order; the buffer has the machine's.
        ByteBuffer ordered = bytes.duplicate();
        return switch (message.getByte(0)) {
            case SocketCalls.AF_INET ->
                ordered.limit() < 4 ? null : new Address(index, new Ipv4Address(ordered.getInt(0)), null, prefixLength);
            case SocketCalls.AF_INET6 ->
                ordered.limit() < 16
                        ? null
                        : new Address(
                                index, null, new Ipv6Address(ordered.getLong(0), ordered.getLong(8)), prefixLength);
            default -> null;
        };
    }
}
