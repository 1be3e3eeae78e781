package vmlan.host.linux;

import static vmlan.host.linux.Native.INT;
import static vmlan.host.linux.Native.LONG;
import static vmlan.host.linux.Native.POINTER;
import static vmlan.host.linux.Native.result;
import static vmlan.host.linux.Native.state;
import static vmlan.host.linux.Native.unexpected;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Descriptors: open, read, write, wait, map. Each call returns its result, or errno below zero.
final class Libc {
    /// include/uapi/asm-generic/fcntl.h
    static final int O_RDWR = 2;

    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int F_GETFD = 1;
    static final int F_SETFD = 2;
    static final int FD_CLOEXEC = 1;

    /// include/uapi/asm-generic/poll.h; struct pollfd is int fd, short events, short revents
    static final short POLLIN = 1;

    static final int POLLFD_BYTES = 8;
    static final long POLLFD_EVENTS = 4;
    static final long POLLFD_REVENTS = 6;

    /// include/uapi/asm-generic/mman-common.h, include/uapi/linux/mman.h
    static final int PROT_READ_WRITE = 3;

    static final int MAP_SHARED = 1;

    private static final MethodHandle OPEN = Native.variadic("open", 2, FunctionDescriptor.of(INT, POINTER, INT, INT));
    private static final MethodHandle CLOSE = Native.function("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle READ = Native.function("read", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    private static final MethodHandle WRITE = Native.function("write", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    private static final MethodHandle POLL = Native.function("poll", FunctionDescriptor.of(INT, LONG, LONG, INT));
    private static final MethodHandle EVENTFD = Native.function("eventfd", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle IOCTL =
            Native.variadic("ioctl", 2, FunctionDescriptor.of(INT, INT, LONG, POINTER));
    private static final MethodHandle FCNTL = Native.variadic("fcntl", 2, FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle MMAP =
            Native.function("mmap", FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG));
    private static final MethodHandle MUNMAP = Native.function("munmap", FunctionDescriptor.of(INT, LONG, LONG));

    private Libc() {}

    static int open(MemorySegment path, int flags) {
        MemorySegment state = state();
        try {
            return result((int) OPEN.invokeExact(state, path, flags, 0), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int close(int fd) {
        MemorySegment state = state();
        try {
            return result((int) CLOSE.invokeExact(state, fd), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int read(int fd, MemorySegment to, long count) {
        MemorySegment state = state();
        try {
            return (int) result((long) READ.invokeExact(state, fd, to, count), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int write(int fd, MemorySegment from, long count) {
        MemorySegment state = state();
        try {
            return (int) result((long) WRITE.invokeExact(state, fd, from, count), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// @param millis -1 for ever
    static int poll(MemorySegment fds, int count, int millis) {
        return poll(fds.address(), count, millis);
    }

    /// The same without the check that the memory is there, which allocates where the compiler does not see through it.
    static int poll(long fds, int count, int millis) {
        MemorySegment state = state();
        try {
            return result((int) POLL.invokeExact(state, fds, (long) count, millis), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int eventfd(int flags) {
        MemorySegment state = state();
        try {
            return result((int) EVENTFD.invokeExact(state, 0, flags), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int ioctl(int fd, long request, MemorySegment argument) {
        MemorySegment state = state();
        try {
            return result((int) IOCTL.invokeExact(state, fd, request, argument), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int fcntl(int fd, int command, int argument) {
        MemorySegment state = state();
        try {
            return result((int) FCNTL.invokeExact(state, fd, command, argument), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// The address, or errno below zero.
    static long mmap(long length, int protection, int flags, int fd) {
        MemorySegment state = state();
        try {
            return result((long) MMAP.invokeExact(state, 0L, length, protection, flags, fd, 0L), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int munmap(long address, long length) {
        MemorySegment state = state();
        try {
            return result((int) MUNMAP.invokeExact(state, address, length), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }
}
