package vmlan.host.linux;

import java.nio.ByteBuffer;
import vmlan.network.outside.OutsideError;

/// What the kernel has heard of messages that did not arrive (`man 2 IP_RECVERR`): each with the beginning of the
/// message, where it was to go, and who says so.
///
/// Trust: an ICMP error may be forged; the kernel has looked only whether it is about a socket of ours.
final class ErrorQueue {
    /// include/uapi/linux/errqueue.h, struct sock_extended_err: errno (32 bit), origin, type, code, a pad, info, data;
    /// the offender's address behind it
    static final int EXTENDED_ERR_BYTES = 16;

    static final int EE_ERRNO = 0;
    static final int EE_ORIGIN = 4;
    static final int EE_TYPE = 5;
    static final int EE_CODE = 6;
    static final int EE_INFO = 8;
    static final int ORIGIN_LOCAL = 1;
    static final int ORIGIN_ICMP = 2;
    static final int ORIGIN_ICMP6 = 3;

    private static final int COUNT = 8;
    /// An echo's header is enough.
    private static final int DATA_BYTES = 64;
    /// A cmsghdr, the error, a sockaddr_in6, rounded up; and room for what a later kernel may add.
    private static final int CONTROL_BYTES = 128;
    /// More wait for the next round.
    private static final int ROUNDS = 4;

    private final MessageSlots slots = new MessageSlots(COUNT, DATA_BYTES, CONTROL_BYTES);
    private int localMtu;

    /// Reads a socket's reports and hands them to it; those that the kernel made itself are only about what
    /// it refuses to send, which the caller of send knows.
    ///
    /// @return the way's MTU that the kernel said in refusing, or 0
    int drain(NativeSocket socket) {
        localMtu = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int count = slots.receive(socket.fd, SocketCalls.MSG_ERRQUEUE);
            for (int i = 0; i < count; i++) {
                read(socket, i);
            }
            if (count < COUNT) {
                break;
            }
        }
        return localMtu;
    }

    private void read(NativeSocket socket, int slot) {
        int error = slots.control(slot) + (int) SocketCalls.CMSG_DATA;
        ByteBuffer headers = slots.headers;
        if (slots.controlLength(slot) < SocketCalls.CMSG_DATA + EXTENDED_ERR_BYTES || !isReport(slot)) {
            return;
        }
        int origin = headers.get(error + EE_ORIGIN);
        if (origin == ORIGIN_LOCAL) {
            if (headers.getInt(error + EE_ERRNO) == Errno.EMSGSIZE) {
                localMtu = headers.getInt(error + EE_INFO);
            }
            return;
        }
        if (origin != ORIGIN_ICMP && origin != ORIGIN_ICMP6) {
            return;
        }
        OutsideError why = why(
                headers.getInt(error + EE_ERRNO),
                origin == ORIGIN_ICMP,
                headers.get(error + EE_TYPE),
                headers.get(error + EE_CODE));
        if (IpSockets.isAddress(headers, slots.name(slot))) {
            socket.reported(why, this, slot);
        }
    }

    private boolean isReport(int slot) {
        int control = slots.control(slot);
        int level = slots.headers.getInt(control + (int) SocketCalls.CMSG_LEVEL);
        int type = slots.headers.getInt(control + (int) SocketCalls.CMSG_TYPE);
        return level == IpSockets.IPPROTO_IP
                ? type == IpSockets.IP_RECVERR
                : level == IpSockets.IPPROTO_IPV6 && type == IpSockets.IPV6_RECVERR;
    }

    /// ICMP says more than the errno that the kernel makes of it (net/ipv4/icmp.c, icmp_err_convert; net/ipv6/icmp.c,
    /// tab_unreach).
    static OutsideError why(int errno, boolean icmpv4, int type, int code) {
        if (icmpv4) {
            return switch (type) {
                // Time exceeded (RFC 792).
                case 11 -> OutsideError.HOP_LIMIT;
                // Communication prohibited, with network, with host, by a filter (RFC 1812 §5.2.7.1).
                case 3 -> code == 9 || code == 10 || code == 13 ? OutsideError.PROHIBITED : why(errno);
                default -> why(errno);
            };
        }
        return switch (type) {
            // Time exceeded (RFC 4443 §3.3).
            case 3 -> OutsideError.HOP_LIMIT;
            // Prohibited, by policy, by a reject route (RFC 4443 §3.1).
            case 1 -> code == 1 || code == 5 || code == 6 ? OutsideError.PROHIBITED : why(errno);
            default -> why(errno);
        };
    }

    static OutsideError why(int errno) {
        return switch (errno) {
            case Errno.ECONNREFUSED -> OutsideError.REFUSED;
            // IPv6 without an address to send from is EADDRNOTAVAIL.
            case Errno.ENETUNREACH, Errno.ENETDOWN, Errno.EADDRNOTAVAIL -> OutsideError.NET_UNREACHABLE;
            // A prohibit route; the firewall.
            case Errno.EACCES, Errno.EPERM -> OutsideError.PROHIBITED;
            case Errno.EMSGSIZE -> OutsideError.TOO_BIG;
            case Errno.ETIMEDOUT -> OutsideError.TIMED_OUT;
            case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> OutsideError.EXHAUSTED;
            // EHOSTUNREACH, and EINVAL of a blackhole route.
            default -> OutsideError.HOST_UNREACHABLE;
        };
    }

    /// Where the message was to go.
    long high(int slot) {
        return IpSockets.high(slots.headers, slots.name(slot));
    }

    long low(int slot) {
        return IpSockets.low(slots.headers, slots.name(slot));
    }

    int port(int slot) {
        return IpSockets.port(slots.headers, slots.name(slot));
    }

    private int offender(int slot) {
        int at = slots.control(slot) + (int) SocketCalls.CMSG_DATA + EXTENDED_ERR_BYTES;
        return IpSockets.isAddress(slots.headers, at) ? at : slots.name(slot);
    }

    /// Who says so; the destination where nobody is named.
    long offenderHigh(int slot) {
        return IpSockets.high(slots.headers, offender(slot));
    }

    long offenderLow(int slot) {
        return IpSockets.low(slots.headers, offender(slot));
    }

    /// The MTU, where the message was too long.
    int info(int slot) {
        return slots.headers.getInt(slots.control(slot) + (int) SocketCalls.CMSG_DATA + EE_INFO);
    }

    /// The beginning of the message: of UDP's data, of an echo's header.
    ByteBuffer bytes() {
        return slots.bytes;
    }

    int offset(int slot) {
        return slots.offset(slot);
    }

    int length(int slot) {
        return slots.length(slot);
    }
}
