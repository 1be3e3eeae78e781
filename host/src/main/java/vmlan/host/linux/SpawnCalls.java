package vmlan.host.linux;

import static vmlan.host.linux.Native.INT;
import static vmlan.host.linux.Native.POINTER;
import static vmlan.host.linux.Native.result;
import static vmlan.host.linux.Native.state;
import static vmlan.host.linux.Native.unexpected;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// posix_spawn(3) and what belongs to it: each returns 0, or errno above zero; waitpid(2) as other calls do.
final class SpawnCalls {
    private static final MethodHandle INITIALIZE =
            Native.function("posix_spawnattr_init", FunctionDescriptor.of(INT, POINTER));
    private static final MethodHandle SET_SIGNAL_MASK =
            Native.function("posix_spawnattr_setsigmask", FunctionDescriptor.of(INT, POINTER, POINTER));
    private static final MethodHandle SET_FLAGS =
            Native.function("posix_spawnattr_setflags", FunctionDescriptor.of(INT, POINTER, ValueLayout.JAVA_SHORT));
    private static final MethodHandle SPAWN = Native.function(
            "posix_spawn", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER));
    private static final MethodHandle WAITPID =
            Native.function("waitpid", FunctionDescriptor.of(INT, INT, POINTER, INT));

    private SpawnCalls() {}

    static int initialize(MemorySegment attributes) {
        MemorySegment state = state();
        try {
            return (int) INITIALIZE.invokeExact(state, attributes);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int setSignalMask(MemorySegment attributes, MemorySegment signals) {
        MemorySegment state = state();
        try {
            return (int) SET_SIGNAL_MASK.invokeExact(state, attributes, signals);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int setFlags(MemorySegment attributes, short flags) {
        MemorySegment state = state();
        try {
            return (int) SET_FLAGS.invokeExact(state, attributes, flags);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int spawn(
            MemorySegment pid,
            MemorySegment path,
            MemorySegment attributes,
            MemorySegment arguments,
            MemorySegment environment) {
        MemorySegment state = state();
        try {
            return (int) SPAWN.invokeExact(state, pid, path, MemorySegment.NULL, attributes, arguments, environment);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// @return the process, or errno below zero
    static int waitpid(int pid, MemorySegment status) {
        MemorySegment state = state();
        try {
            return result((int) WAITPID.invokeExact(state, pid, status, 0), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }
}
