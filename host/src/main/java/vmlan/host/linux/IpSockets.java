package vmlan.host.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import vmlan.packet.IpAddress;

/// Sockets of IPv4 and IPv6: how they are opened, their options, and how addresses lie in memory
/// (`man 7 ip`, `man 7 ipv6`, `man 7 icmp`).
final class IpSockets {
    /// include/uapi/linux/in.h, in6.h
    static final int IPPROTO_IP = 0;

    static final int IPPROTO_ICMP = 1;
    static final int IPPROTO_IPV6 = 41;
    static final int IPPROTO_ICMPV6 = 58;
    static final int IP_TTL = 2;
    static final int IP_MTU_DISCOVER = 10;
    static final int IP_RECVERR = 11;
    static final int IPV6_UNICAST_HOPS = 16;
    static final int IPV6_MTU_DISCOVER = 23;
    static final int IPV6_RECVERR = 25;
    static final int IPV6_V6ONLY = 26;
    /// Fragmented where it must be.
    static final int PMTUDISC_DONT = 0;
    /// Never fragmented; what is too long for the way as far as the kernel knows it is refused.
    static final int PMTUDISC_DO = 2;

    /// include/uapi/linux/icmp.h, icmpv6.h: what a raw socket does not want to see
    static final int SOL_RAW = 255;

    static final int ICMP_FILTER = 1;
    static final int ICMPV6_FILTER = 1;

    /// struct sockaddr_in: family, port (big-endian), address, 8 bytes of nothing
    static final int SOCKADDR_IN_BYTES = 16;

    static final int SIN_PORT = 2;
    static final int SIN_ADDR = 4;

    /// struct sockaddr_in6: family, port (big-endian), flow, address, scope
    static final int SOCKADDR_IN6_BYTES = 28;

    static final int SIN6_ADDR = 8;

    private IpSockets() {}

    static int family(boolean ipv4) {
        return ipv4 ? SocketCalls.AF_INET : SocketCalls.AF_INET6;
    }

    /// @param type SOCK_DGRAM or SOCK_RAW
    /// @return the descriptor, or errno below zero
    static int open(boolean ipv4, int type, int protocol) {
        return SocketCalls.socket(family(ipv4), type | SocketCalls.SOCK_NONBLOCK | SocketCalls.SOCK_CLOEXEC, protocol);
    }

    /// Has the kernel queue what it hears of datagrams that did not arrive.
    static int reportErrors(int fd, boolean ipv4) {
        return ipv4
                ? SocketCalls.setsockopt(fd, IPPROTO_IP, IP_RECVERR, 1)
                : SocketCalls.setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
    }

    static int fragment(int fd, boolean ipv4, boolean dontFragment) {
        int value = dontFragment ? PMTUDISC_DO : PMTUDISC_DONT;
        return ipv4
                ? SocketCalls.setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, value)
                : SocketCalls.setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, value);
    }

    static int hopLimit(int fd, boolean ipv4, int hops) {
        return ipv4
                ? SocketCalls.setsockopt(fd, IPPROTO_IP, IP_TTL, hops)
                : SocketCalls.setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, hops);
    }

    static int bind(int fd, boolean ipv4, long high, long low, int port) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ipv4 ? SOCKADDR_IN_BYTES : SOCKADDR_IN6_BYTES, Long.BYTES);
            write(address.asByteBuffer().order(ByteOrder.nativeOrder()), 0, ipv4, high, low, port);
            return SocketCalls.bind(fd, address);
        }
    }

    /// The port that a socket has, or errno below zero.
    static int localPort(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_IN6_BYTES, Long.BYTES);
            MemorySegment length = arena.allocateFrom(Native.INT, SOCKADDR_IN6_BYTES);
            int result = SocketCalls.getsockname(fd, address, length);
            return result < 0 ? result : port(address.asByteBuffer().order(ByteOrder.nativeOrder()), 0);
        }
    }

    /// Writes a sockaddr_in or sockaddr_in6.
    ///
    /// @param to in the machine's order
    /// @return how long it is
    static int write(ByteBuffer to, int at, boolean ipv4, long high, long low, int port) {
        to.putShort(at, (short) family(ipv4));
        to.putShort(at + SIN_PORT, bigEndian((short) port));
        if (ipv4) {
            to.putInt(at + SIN_ADDR, bigEndian((int) low));
            to.putLong(at + 8, 0);
            return SOCKADDR_IN_BYTES;
        }
        to.putInt(at + 4, 0);
        to.putLong(at + SIN6_ADDR, bigEndian(high));
        to.putLong(at + SIN6_ADDR + 8, bigEndian(low));
        to.putInt(at + 24, 0);
        return SOCKADDR_IN6_BYTES;
    }

    /// Whether there is an address, of either family.
    static boolean isAddress(ByteBuffer from, int at) {
        return from.getShort(at) == SocketCalls.AF_INET || from.getShort(at) == SocketCalls.AF_INET6;
    }

    static long high(ByteBuffer from, int at) {
        return from.getShort(at) == SocketCalls.AF_INET6 ? bigEndian(from.getLong(at + SIN6_ADDR)) : 0;
    }

    static long low(ByteBuffer from, int at) {
        return from.getShort(at) == SocketCalls.AF_INET6
                ? bigEndian(from.getLong(at + SIN6_ADDR + 8))
                : IpAddress.mapped(bigEndian(from.getInt(at + SIN_ADDR)));
    }

    static int port(ByteBuffer from, int at) {
        return Short.toUnsignedInt(bigEndian(from.getShort(at + SIN_PORT)));
    }

    /// The machines that vmlan runs on are little-endian.
    private static short bigEndian(short value) {
        return Short.reverseBytes(value);
    }

    private static int bigEndian(int value) {
        return Integer.reverseBytes(value);
    }

    private static long bigEndian(long value) {
        return Long.reverseBytes(value);
    }
}
