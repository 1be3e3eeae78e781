package vmlan.host.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Packet sockets: how they are opened, with rights, and what can be done with an open one without (`man 7 packet`).
final class PacketSocket {
    /// include/uapi/linux/if_packet.h
    static final int PACKET_OUTGOING = 4;

    static final int PACKET_ADD_MEMBERSHIP = 1;
    static final int PACKET_STATISTICS = 6;
    static final int PACKET_AUXDATA = 8;
    static final int PACKET_VNET_HDR = 15;
    static final int PACKET_MR_PROMISC = 1;
    static final int PACKET_MR_ALLMULTI = 2;
    /// include/linux/socket.h
    static final int SOL_PACKET = 263;
    /// include/uapi/linux/if_ether.h
    static final int ETH_P_ALL = 3;

    /// struct sockaddr_ll: family, protocol (big-endian), ifindex, hatype, pkttype (a byte), halen, address
    static final int SOCKADDR_LL_BYTES = 20;

    static final long SLL_PROTOCOL = 2;
    static final long SLL_IFINDEX = 4;
    static final long SLL_PKTTYPE = 10;

    /// struct packet_mreq: ifindex, type (16 bit), address length (16 bit), address of 8 bytes
    static final int PACKET_MREQ_BYTES = 16;

    /// struct tpacket_auxdata
    static final int AUXDATA_BYTES = 20;

    static final long TP_STATUS = 0;
    static final long TP_VLAN_TCI = 16;
    static final long TP_VLAN_TPID = 18;
    static final int TP_STATUS_VLAN_VALID = 0x10;
    static final int TP_STATUS_VLAN_TPID_VALID = 0x40;

    /// struct tpacket_stats: packets, drops; reading sets both to zero
    static final int STATS_BYTES = 8;

    static final long STATS_DROPS = 4;

    /// struct virtio_net_hdr (include/uapi/linux/virtio_net.h)
    static final int VNET_HEADER_BYTES = 10;

    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;
    private static final int SEND_BUFFER_BYTES = 4 << 20;
    private static final String RIGHT = "CAP_NET_RAW is needed for it: run with sudo";

    private PacketSocket() {}

    /// Needs CAP_NET_RAW. Receives nothing until [#bind]; stays open over exec.
    static int open() throws LinuxException {
        return LinuxException.check(
                SocketCalls.socket(SocketCalls.AF_PACKET, SocketCalls.SOCK_RAW | SocketCalls.SOCK_NONBLOCK, 0),
                "socket(AF_PACKET)",
                RIGHT);
    }

    /// Makes an open socket the one that frames are received by.
    static void prepareForReceiving(int fd) throws LinuxException {
        set(fd, PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
        set(fd, PACKET_AUXDATA, 1, "PACKET_AUXDATA");
        // With CAP_NET_ADMIN; without, the kernel's limit holds (net.core.rmem_max), and bursts cost frames.
        if (SocketCalls.setsockopt(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES) < 0) {
            SocketCalls.setsockopt(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
        }
    }

    static void enlargeSendBuffer(int fd) {
        if (SocketCalls.setsockopt(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_SNDBUFFORCE, SEND_BUFFER_BYTES) < 0) {
            SocketCalls.setsockopt(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_SNDBUF, SEND_BUFFER_BYTES);
        }
    }

    private static void set(int fd, int option, int value, String name) throws LinuxException {
        LinuxException.check(SocketCalls.setsockopt(fd, SOL_PACKET, option, value), "setsockopt(" + name + ")");
    }

    /// Needs CAP_NET_RAW or CAP_NET_ADMIN (net/core/sock.c, SO_MARK).
    static void mark(int fd, int mark) throws LinuxException {
        LinuxException.check(
                SocketCalls.setsockopt(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_MARK, mark),
                "setsockopt(SO_MARK)",
                "CAP_NET_ADMIN is needed for it: run with sudo");
    }

    /// Sends and receives by one interface from now on; needs no right.
    ///
    /// @param protocol [#ETH_P_ALL] to receive, 0 to send only
    static void bind(int fd, int ifIndex, int protocol) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_LL_BYTES, Integer.BYTES);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) SocketCalls.AF_PACKET);
            address.set(ValueLayout.JAVA_SHORT, SLL_PROTOCOL, Short.reverseBytes((short) protocol));
            address.set(ValueLayout.JAVA_INT, SLL_IFINDEX, ifIndex);
            LinuxException.check(
                    SocketCalls.bind(fd, address),
                    "bind(interface " + ifIndex + ")",
                    "look whether the interface is there: vmlan interfaces");
        }
    }

    /// Has the NIC receive more than what is for it; needs no right, and ends with the socket or the interface.
    static void join(int fd, int ifIndex, int type) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment membership = arena.allocate(PACKET_MREQ_BYTES, Integer.BYTES);
            membership.set(ValueLayout.JAVA_INT, 0, ifIndex);
            membership.set(ValueLayout.JAVA_SHORT, 4, (short) type);
            LinuxException.check(
                    SocketCalls.setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership),
                    "setsockopt(PACKET_ADD_MEMBERSHIP)",
                    "the interface may not be able to receive what is for others");
        }
    }

    /// Has the kernel keep to itself what the program says 0 to; needs no right.
    ///
    /// @return 0 or errno below zero
    static int attach(int fd, List<ClassicFilter.Instruction> program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment instructions = arena.allocateFrom(ValueLayout.JAVA_BYTE, ClassicFilter.encode(program));
            // struct sock_fprog (include/uapi/linux/filter.h): unsigned short count, then a pointer
            MemorySegment header = arena.allocate(16, Long.BYTES);
            header.set(ValueLayout.JAVA_SHORT, 0, (short) program.size());
            header.set(ValueLayout.ADDRESS, 8, instructions);
            return SocketCalls.setsockopt(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_ATTACH_FILTER, header);
        }
    }
}
