package vmlan.host.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// An rtnetlink socket: asks the kernel, and may listen to what changes. For one thread.
final class Netlink implements AutoCloseable {
    /// include/uapi/linux/rtnetlink.h
    static final int RTM_NEWLINK = 16;

    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWROUTE = 24;
    static final int RTM_GETROUTE = 26;
    static final int RTM_NEWQDISC = 36;
    static final int RTM_DELQDISC = 37;
    static final int RTM_GETQDISC = 38;
    static final int RTM_NEWTFILTER = 44;
    static final int RTM_DELTFILTER = 45;
    static final int RTM_GETTFILTER = 46;
    /// RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR
    static final int GROUPS_LINKS_AND_ADDRESSES = 0x1 | 0x10 | 0x100;

    /// RTMGRP_LINK, and both families' RTMGRP_…_IFADDR and RTMGRP_…_ROUTE
    static final int GROUPS_ADDRESSES_AND_ROUTES = GROUPS_LINKS_AND_ADDRESSES | 0x40 | 0x400;

    private static final int NETLINK_ROUTE = 0;
    /// include/linux/socket.h, include/uapi/linux/netlink.h
    private static final int SOL_NETLINK = 270;

    private static final int NETLINK_EXT_ACK = 11;
    private static final int NLMSGERR_ATTR_MSG = 1;
    private static final int SOCKADDR_NL_BYTES = 12;
    private static final int SOCKADDR_NL_GROUPS = 8;
    /// The kernel fills at most 32 KiB at once (net/netlink/af_netlink.c, netlink_dump).
    private static final int BUFFER_BYTES = 64 << 10;
    /// A dump that is disturbed is begun again, but not for ever.
    private static final int MAX_DUMPS = 20;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
    private final int fd;
    private int sequence;

    /// @param groups that are listened to, 0 for none
    Netlink(int groups) throws LinuxException {
        fd = LinuxException.check(
                SocketCalls.socket(
                        SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW | SocketCalls.SOCK_CLOEXEC, NETLINK_ROUTE),
                "socket(AF_NETLINK)");
        MemorySegment address = arena.allocate(SOCKADDR_NL_BYTES, Integer.BYTES);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) SocketCalls.AF_NETLINK);
        address.set(ValueLayout.JAVA_INT, SOCKADDR_NL_GROUPS, groups);
        int result = SocketCalls.bind(fd, address);
        if (result < 0) {
            Libc.close(fd);
            throw new LinuxException("bind(AF_NETLINK)", result, "");
        }
        // Text with errors, where the kernel has it (4.12).
        SocketCalls.setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    }

    int fd() {
        return fd;
    }

    private void send(NetlinkMessage message, String what) throws LinuxException {
        sequence++;
        byte[] bytes = message.encode(sequence);
        MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, 0, bytes.length);
        LinuxException.check(SocketCalls.send(fd, buffer, bytes.length, 0), what);
    }

    /// Has the kernel do something and waits until it is done.
    ///
    /// @param what for the error's text
    /// @return what it answers beside that it is done
    List<NetlinkMessage> request(NetlinkMessage message, String what) throws LinuxException {
        send(message, what);
        return answers(what);
    }

    /// Asks for all things of a kind.
    List<NetlinkMessage> dump(NetlinkMessage message, String what) throws IOException {
        for (int i = 0; i < MAX_DUMPS; i++) {
            send(message, what);
            List<NetlinkMessage> answers = answers(what);
            if (answers != null) {
                return answers;
            }
        }
        throw new IOException(what + ": it changed each time while it was read");
    }

    /// @return null when a dump was disturbed
    private List<NetlinkMessage> answers(String what) throws LinuxException {
        List<NetlinkMessage> answers = new ArrayList<>();
        boolean disturbed = false;
        while (true) {
            ByteBuffer received = receive(0, what);
            NetlinkMessage message = received == null ? null : NetlinkMessage.next(received);
            for (; message != null; message = NetlinkMessage.next(received)) {
                if (message.sequence() != sequence) {
                    continue;
                }
                disturbed |= (message.flags() & NetlinkMessage.NLM_F_DUMP_INTR) != 0;
                switch (message.type()) {
                    case NetlinkMessage.NLMSG_ERROR, NetlinkMessage.NLMSG_DONE -> {
                        int error = message.getInt(0);
                        if (error < 0) {
                            throw new LinuxException(what, error, reason(message));
                        }
                        return disturbed ? null : answers;
                    }
                    default -> answers.add(message);
                }
            }
        }
    }

    /// The kernel's own words (struct nlmsgerr: the error, then the request or only its header).
    private static String reason(NetlinkMessage message) {
        if ((message.flags() & NetlinkMessage.NLM_F_ACK_TLVS) == 0 || message.type() != NetlinkMessage.NLMSG_ERROR) {
            return "";
        }
        int request = (message.flags() & NetlinkMessage.NLM_F_CAPPED) == 0
                ? Math.max(NetlinkMessage.HEADER_BYTES, message.getInt(4))
                : NetlinkMessage.HEADER_BYTES;
        String text = NetlinkMessage.text(message.attributes(4 + request).get(NLMSGERR_ATTR_MSG));
        return text.isEmpty() ? "" : "the kernel says: " + text;
    }

    /// @param flags [SocketCalls#MSG_DONTWAIT] or 0
    /// @return a copy of what was received; null when there is nothing
    ByteBuffer receive(int flags, String what) throws LinuxException {
        int count = SocketCalls.recv(fd, buffer, BUFFER_BYTES, flags);
        if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
            return null;
        }
        LinuxException.check(count, what);
        byte[] copy = new byte[count];
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, copy, 0, count);
        return ByteBuffer.wrap(copy).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
