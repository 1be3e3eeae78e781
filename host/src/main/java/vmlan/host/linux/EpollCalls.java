package vmlan.host.linux;

import static vmlan.host.linux.Native.INT;
import static vmlan.host.linux.Native.LONG;
import static vmlan.host.linux.Native.result;
import static vmlan.host.linux.Native.state;
import static vmlan.host.linux.Native.unexpected;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Waiting for many descriptors at once. Each call returns its result, or errno below zero.
final class EpollCalls {
    /// include/uapi/linux/eventpoll.h
    static final int EPOLL_CLOEXEC = 0x80000;

    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;
    static final int EPOLL_CTL_MOD = 3;
    static final int EPOLLIN = 1;
    static final int EPOLLERR = 8;
    static final int EPOLLONESHOT = 1 << 30;

    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

    /// struct epoll_event: 32 bits of events, 64 of data; packed on x86-64 alone
    static final int EVENT_BYTES = PACKED ? 12 : 16;

    static final int EVENT_DATA = PACKED ? 4 : 8;

    private static final MethodHandle CREATE = Native.function("epoll_create1", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle CTL =
            Native.function("epoll_ctl", FunctionDescriptor.of(INT, INT, INT, INT, LONG));
    private static final MethodHandle WAIT =
            Native.function("epoll_wait", FunctionDescriptor.of(INT, INT, LONG, INT, INT));

    private EpollCalls() {}

    static int create(int flags) {
        MemorySegment state = state();
        try {
            return result((int) CREATE.invokeExact(state, flags), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// @param event the address of a struct epoll_event
    static int ctl(int epoll, int operation, int fd, long event) {
        MemorySegment state = state();
        try {
            return result((int) CTL.invokeExact(state, epoll, operation, fd, event), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// @param events the address of an array of struct epoll_event
    /// @param millis -1 for ever
    static int await(int epoll, long events, int count, int millis) {
        MemorySegment state = state();
        try {
            return result((int) WAIT.invokeExact(state, epoll, events, count, millis), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }
}
