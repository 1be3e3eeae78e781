package vmlan.host.linux;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// How functions of the C library become method handles, and how their errno comes back.
///
/// A variadic function needs `firstVariadicArg`: on some systems such arguments travel elsewhere than fixed ones.
final class Native {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> STATES =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private Native() {}

    /// The first argument of the handle is [#state].
    static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(symbol(name), descriptor, ERRNO);
    }

    /// @param fixed how many arguments come before the dots
    static MethodHandle variadic(String name, int fixed, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(symbol(name), descriptor, ERRNO, Linker.Option.firstVariadicArg(fixed));
    }

    private static MemorySegment symbol(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsupportedOperationException("the C library has no function " + name));
    }

    /// Where this thread's errno is put.
    static MemorySegment state() {
        return STATES.get();
    }

    /// The result, or errno below zero.
    static int result(int result, MemorySegment state) {
        return result >= 0 ? result : -state.get(INT, ERRNO_OFFSET);
    }

    /// Addresses may have the highest bit set; only -1 is an error.
    static long result(long result, MemorySegment state) {
        return result != -1 ? result : -state.get(INT, ERRNO_OFFSET);
    }

    /// A call threw something of Java's, which it never does.
    static AssertionError unexpected(Throwable cause) {
        return new AssertionError("a native call threw", cause);
    }
}
