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

/// What concerns the process or the calling thread. Each call returns its result, or errno below zero.
final class ProcessCalls {
    /// include/uapi/linux/prctl.h
    static final int PR_SET_NO_NEW_PRIVS = 38;

    static final int PR_CAP_AMBIENT = 47;
    static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;

    /// include/uapi/linux/sched.h
    static final int CLONE_NEWNET = 0x4000_0000;

    /// include/uapi/linux/close_range.h; the number is the same on all machines (scripts/syscall.tbl)
    static final int SYS_CLOSE_RANGE = 436;

    static final int CLOSE_RANGE_CLOEXEC = 4;

    /// arch/x86/entry/syscalls/syscall_64.tbl, scripts/syscall.tbl
    static final int SYS_BPF = System.getProperty("os.arch").equals("aarch64") ? 280 : 321;

    private static final MethodHandle SYSCALL =
            Native.variadic("syscall", 1, FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG));
    private static final MethodHandle PRCTL =
            Native.variadic("prctl", 1, FunctionDescriptor.of(INT, INT, LONG, LONG, LONG, LONG));
    private static final MethodHandle CAPSET = Native.function("capset", FunctionDescriptor.of(INT, POINTER, POINTER));
    private static final MethodHandle EXECVE =
            Native.function("execve", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER));
    private static final MethodHandle UNSHARE = Native.function("unshare", FunctionDescriptor.of(INT, INT));

    private static final MethodHandle PTHREAD_SIGMASK =
            Native.function("pthread_sigmask", FunctionDescriptor.of(INT, INT, POINTER, POINTER));

    private ProcessCalls() {}

    /// For what the C library has no function.
    static int syscall(int number, long first, long second, long third) {
        MemorySegment state = state();
        try {
            return (int) result((long) SYSCALL.invokeExact(state, (long) number, first, second, third), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int prctl(int operation, long argument) {
        MemorySegment state = state();
        try {
            return result((int) PRCTL.invokeExact(state, operation, argument, 0L, 0L, 0L), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// Of the calling thread only.
    static int capset(MemorySegment header, MemorySegment data) {
        MemorySegment state = state();
        try {
            return result((int) CAPSET.invokeExact(state, header, data), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// Returns only when it failed.
    static int execve(MemorySegment path, MemorySegment arguments, MemorySegment environment) {
        MemorySegment state = state();
        try {
            return result((int) EXECVE.invokeExact(state, path, arguments, environment), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// Of the calling thread only.
    static int unshare(int flags) {
        MemorySegment state = state();
        try {
            return result((int) UNSHARE.invokeExact(state, flags), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// Of the calling thread only.
    ///
    /// @return 0, or errno above zero, as pthreads have it
    static int pthreadSigmask(int how, MemorySegment set) {
        MemorySegment state = state();
        try {
            return (int) PTHREAD_SIGMASK.invokeExact(state, how, set, MemorySegment.NULL);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }
}
