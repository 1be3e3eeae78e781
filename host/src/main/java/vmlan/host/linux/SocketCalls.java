package vmlan.host.linux;

import static vmlan.host.linux.Native.INT;
import static vmlan.host.linux.Native.LONG;
import static vmlan.host.linux.Native.POINTER;
import static vmlan.host.linux.Native.result;
import static vmlan.host.linux.Native.state;
import static vmlan.host.linux.Native.unexpected;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Sockets. Each call returns its result, or errno below zero.
final class SocketCalls {
    /// include/linux/socket.h
    static final int AF_INET = 2;

    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;
    static final int AF_PACKET = 17;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_ERRQUEUE = 0x2000;

    /// include/linux/net.h, the same on x86-64 and aarch64
    static final int SOCK_DGRAM = 2;

    static final int SOCK_RAW = 3;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x80000;

    /// include/uapi/asm-generic/socket.h
    static final int SOL_SOCKET = 1;

    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int SO_MARK = 36;

    /// struct msghdr and struct mmsghdr (include/linux/socket.h, the user's side of it in glibc's bits/socket.h)
    static final int MMSGHDR_BYTES = 64;

    static final long MSG_NAME = 0;
    static final long MSG_NAMELEN = 8;
    static final long MSG_IOV = 16;
    static final long MSG_IOVLEN = 24;
    static final long MSG_CONTROL = 32;
    static final long MSG_CONTROLLEN = 40;
    static final long MSG_FLAGS = 48;
    static final long MSG_LEN = 56;

    /// struct iovec (include/uapi/linux/uio.h)
    static final int IOVEC_BYTES = 16;

    static final long IOV_BASE = 0;
    static final long IOV_LEN = 8;

    /// struct cmsghdr: size_t length, int level, int type, then the data
    static final long CMSG_LEVEL = 8;

    static final long CMSG_TYPE = 12;
    static final long CMSG_DATA = 16;

    private static final MethodHandle SOCKET = Native.function("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle BIND = Native.function("bind", FunctionDescriptor.of(INT, INT, POINTER, INT));
    private static final MethodHandle SETSOCKOPT =
            Native.function("setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, INT));
    private static final MethodHandle GETSOCKOPT =
            Native.function("getsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, POINTER));
    private static final MethodHandle GETSOCKNAME =
            Native.function("getsockname", FunctionDescriptor.of(INT, INT, POINTER, POINTER));
    private static final MethodHandle SEND =
            Native.function("send", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT));
    private static final MethodHandle RECV =
            Native.function("recv", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT));
    private static final MethodHandle SENDMMSG =
            Native.function("sendmmsg", FunctionDescriptor.of(INT, INT, LONG, INT, INT));
    private static final MethodHandle RECVMMSG =
            Native.function("recvmmsg", FunctionDescriptor.of(INT, INT, LONG, INT, INT, LONG));

    private SocketCalls() {}

    static int socket(int domain, int type, int protocol) {
        MemorySegment state = state();
        try {
            return result((int) SOCKET.invokeExact(state, domain, type, protocol), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int bind(int fd, MemorySegment address) {
        MemorySegment state = state();
        try {
            return result((int) BIND.invokeExact(state, fd, address, (int) address.byteSize()), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int setsockopt(int fd, int level, int option, MemorySegment value) {
        MemorySegment state = state();
        try {
            return result((int) SETSOCKOPT.invokeExact(state, fd, level, option, value, (int) value.byteSize()), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int setsockopt(int fd, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            return setsockopt(fd, level, option, arena.allocateFrom(INT, value));
        }
    }

    /// @param length in and out
    static int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment length) {
        MemorySegment state = state();
        try {
            return result((int) GETSOCKOPT.invokeExact(state, fd, level, option, value, length), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// @param length in and out
    static int getsockname(int fd, MemorySegment address, MemorySegment length) {
        MemorySegment state = state();
        try {
            return result((int) GETSOCKNAME.invokeExact(state, fd, address, length), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int send(int fd, MemorySegment from, long count, int flags) {
        MemorySegment state = state();
        try {
            return (int) result((long) SEND.invokeExact(state, fd, from, count, flags), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int recv(int fd, MemorySegment to, long count, int flags) {
        MemorySegment state = state();
        try {
            return (int) result((long) RECV.invokeExact(state, fd, to, count, flags), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// @param messages the address of an array of struct mmsghdr; a number, so that none is allocated for a
    ///     part of it
    static int sendmmsg(int fd, long messages, int count, int flags) {
        MemorySegment state = state();
        try {
            return result((int) SENDMMSG.invokeExact(state, fd, messages, count, flags), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int recvmmsg(int fd, long messages, int count, int flags) {
        MemorySegment state = state();
        try {
            return result((int) RECVMMSG.invokeExact(state, fd, messages, count, flags, 0L), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }
}
