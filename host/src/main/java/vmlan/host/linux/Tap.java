package vmlan.host.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// A tap: the host's own interface into a network. It is gone when the last descriptor is closed. Needs
/// CAP_NET_ADMIN.
///
/// Without IFF_VNET_HDR: the kernel completes checksums and cuts segments before we read (drivers/net/tun.c).
///
/// @param name that the kernel gave it
/// @param fd non-blocking, stays open over exec
/// @param problems what could not be set, in words; none as a rule
public record Tap(String name, int ifIndex, int fd, List<String> problems) {
    /// @param name that it shall have; when that is taken, another that begins with `vmlan`
    /// @param mac of the host's end
    /// @param ipv4 null for none
    /// @param ipv6 null for none
    public record Wish(
            String name,
            long mac,
            int mtu,
            Ipv4Address ipv4,
            int ipv4PrefixLength,
            Ipv6Address ipv6,
            int ipv6PrefixLength) {
        /// Without addresses: neither these nor a link-local one.
        public static Wish withoutAddresses(String name, long mac, int mtu) {
            return new Wish(name, mac, mtu, null, 0, null, 0);
        }

        private boolean hasAddresses() {
            return ipv4 != null || ipv6 != null;
        }
    }

    /// include/uapi/linux/if_tun.h
    static final long TUNSETIFF = 0x4004_54ca;

    static final int IFF_TAP = 0x0002;
    static final int IFF_NO_PI = 0x1000;
    /// Not one that exists: somebody else's persistent tap would be taken otherwise.
    static final int IFF_TUN_EXCL = 0x8000;

    /// struct ifreq: the name in 16 bytes, then a union; 40 in all (include/uapi/linux/if.h)
    static final int IFREQ_BYTES = 40;

    static final int IFREQ_FLAGS = 16;
    private static final int IFNAMSIZ = 16;

    /// include/uapi/linux/if_link.h
    private static final int IFLA_INET6_ADDR_GEN_MODE = 8;

    private static final int IN6_ADDR_GEN_MODE_NONE = 1;
    private static final int LINK_LOCAL_PREFIX_LENGTH = 64;
    private static final String ANY_NAME = "vmlan%d";

    public Tap {
        problems = List.copyOf(problems);
    }

    /// Makes one, sets it up, and brings it up.
    public static Tap open(Wish wish) throws IOException {
        int fd = openDevice();
        try (Netlink netlink = new Netlink(0)) {
            String name = create(fd, wish.name);
            int index = Interfaces.index(name);
            List<String> problems = new ArrayList<>();
            prepare(netlink, index, wish);
            if (!acceptNoAdvertisements(name)) {
                // With our own advertisements the host would take us for its way out (net/ipv6/ndisc.c).
                problems.add("/proc/sys/net/ipv6/conf/" + name + "/accept_ra could not be set to 0");
            }
            bringUp(netlink, index, wish, problems);
            return new Tap(name, index, fd, problems);
        } catch (IOException | RuntimeException e) {
            Libc.close(fd);
            throw e;
        }
    }

    private static int openDevice() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            return LinuxException.check(
                    Libc.open(arena.allocateFrom("/dev/net/tun"), Libc.O_RDWR | Libc.O_NONBLOCK),
                    "open(/dev/net/tun)",
                    "the kernel module tun makes it: sudo modprobe tun");
        }
    }

    private static String create(int fd, String wished) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(IFREQ_BYTES, Long.BYTES);
            int result = create(fd, wished, request);
            // EBUSY, EEXIST or EINVAL: an interface has it, or it cannot be a name.
            if (result == -Errno.EBUSY || result == -Errno.EEXIST || result == -Errno.EINVAL) {
                result = create(fd, ANY_NAME, request);
            }
            LinuxException.check(result, "ioctl(TUNSETIFF)", "CAP_NET_ADMIN is needed for it: run with sudo");
            return request.getString(0);
        }
    }

    private static int create(int fd, String name, MemorySegment request) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= IFNAMSIZ) {
            return -Errno.EINVAL;
        }
        request.fill((byte) 0);
        MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, bytes.length);
        request.set(ValueLayout.JAVA_SHORT, IFREQ_FLAGS, (short) (IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL));
        return Libc.ioctl(fd, TUNSETIFF, request);
    }

    private static NetlinkMessage change(int index, int flags, int mask) {
        return NetlinkMessage.request(Netlink.RTM_NEWLINK, NetlinkMessage.NLM_F_ACK)
                .putInt(0)
                .putInt(index)
                .putInt(flags)
                .putInt(mask);
    }

    private static void prepare(Netlink netlink, int index, Wish wish) throws LinuxException {
        NetlinkMessage message = change(index, 0, 0)
                .attribute(
                        Interfaces.IFLA_ADDRESS,
                        ByteBuffer.allocate(6)
                                .putShort((short) (wish.mac >>> 32))
                                .putInt((int) wish.mac)
                                .array())
                .attribute(Interfaces.IFLA_MTU, wish.mtu);
        netlink.request(message, "setting MAC and MTU of a tap");
        NetlinkMessage mode = change(index, 0, 0);
        int families = mode.begin(Interfaces.IFLA_AF_SPEC);
        int family = mode.begin(SocketCalls.AF_INET6);
        mode.attributeByte(IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
        mode.end(family).end(families);
        try {
            netlink.request(mode, "setting addr_gen_mode of a tap");
        } catch (LinuxException e) {
            // Without IPv6 there are no addresses that the kernel could make up.
            if (hasIpv6()) {
                throw e;
            }
        }
    }

    private static boolean hasIpv6() {
        return Files.exists(Path.of("/proc/sys/net/ipv6"));
    }

    private static boolean acceptNoAdvertisements(String name) {
        try {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf", name, "accept_ra"), "0");
            return true;
        } catch (IOException e) {
            return !hasIpv6();
        }
    }

    private static void bringUp(Netlink netlink, int index, Wish wish, List<String> problems) throws LinuxException {
        if (wish.ipv4 != null) {
            byte[] address = ByteBuffer.allocate(4).putInt(wish.ipv4.bits()).array();
            addAddress(netlink, index, SocketCalls.AF_INET, address, wish.ipv4PrefixLength);
        }
        if (wish.hasAddresses() && hasIpv6()) {
            try {
                addAddress(netlink, index, Ipv6Address.linkLocal(new MacAddress(wish.mac)), LINK_LOCAL_PREFIX_LENGTH);
                if (wish.ipv6 != null) {
                    addAddress(netlink, index, wish.ipv6, wish.ipv6PrefixLength);
                }
            } catch (LinuxException e) {
                // A host may have IPv6 turned off (net.ipv6.conf.all.disable_ipv6).
                problems.add("IPv6 is not set up: " + e.getMessage());
            }
        }
        netlink.request(change(index, Interfaces.IFF_UP, Interfaces.IFF_UP), "bringing a tap up");
    }

    private static void addAddress(Netlink netlink, int index, Ipv6Address address, int prefixLength)
            throws LinuxException {
        addAddress(
                netlink,
                index,
                SocketCalls.AF_INET6,
                ByteBuffer.allocate(16)
                        .putLong(address.high())
                        .putLong(address.low())
                        .array(),
                prefixLength);
    }

    private static void addAddress(Netlink netlink, int index, int family, byte[] address, int prefixLength)
            throws LinuxException {
        NetlinkMessage message = NetlinkMessage.request(
                        Netlink.RTM_NEWADDR,
                        NetlinkMessage.NLM_F_ACK | NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL)
                .putByte(family)
                .putByte(prefixLength)
                .putByte(0)
                .putByte(0)
                .putInt(index)
                .attribute(Interfaces.IFA_LOCAL, address)
                .attribute(Interfaces.IFA_ADDRESS, address);
        if (family == SocketCalls.AF_INET6) {
            // Nobody else can have it, and waiting for duplicate address detection would cost a second.
            message.attribute(Interfaces.IFA_FLAGS, Interfaces.IFA_F_NODAD);
        }
        netlink.request(message, "giving a tap an address");
    }

    /// As one word, for an argument of exec; [#parse] reads it.
    public String encode() {
        return name + "," + ifIndex + "," + fd;
    }

    /// @throws IllegalArgumentException when it is not what [#encode] wrote
    public static Tap parse(String text) {
        String[] fields = text.split(",");
        if (fields.length != 3) {
            throw new IllegalArgumentException("'" + text + "' does not describe an open tap");
        }
        return new Tap(fields[0], Integer.parseInt(fields[1]), Integer.parseInt(fields[2]), List.of());
    }

    /// Closes it, for when no network process takes it: then it is gone.
    public void close() {
        Libc.close(fd);
    }
}
