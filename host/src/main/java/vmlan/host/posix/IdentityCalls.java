package vmlan.host.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Whose a process is. Each call that can fail returns 0, or errno below zero. uid_t and gid_t are 32 bits without a
/// sign (sys/types.h, sys/_types/_uid_t.h), which an `int` carries as it is.
///
/// The C library's functions, and not the kernel's calls: on Linux an identity is a thread's own there, and glibc and
/// musl bring all threads to the same one (nptl(7), "setxid"). macOS has one for the whole process (XNU
/// bsd/kern/kern_prot.c: `kauth_cred_proc_update`), which a thread takes over with its next system call.
final class IdentityCalls {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle GETUID = plain("getuid");
    private static final MethodHandle GETEUID = plain("geteuid");
    private static final MethodHandle GETGID = plain("getgid");
    private static final MethodHandle GETEGID = plain("getegid");
    private static final MethodHandle SETUID = setter("setuid");
    private static final MethodHandle SETEUID = setter("seteuid");
    private static final MethodHandle SETGID = setter("setgid");
    private static final MethodHandle SETEGID = setter("setegid");
    /// The group is gid_t on Linux (grp.h) and int on macOS (unistd.h): 32 bits.
    private static final MethodHandle INITGROUPS =
            LINKER.downcallHandle(symbol("initgroups"), FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
    /// The number is size_t on Linux and int on macOS. It travels in a register on all machines here, of which an int
    /// is the lower half.
    private static final MethodHandle SETGROUPS =
            LINKER.downcallHandle(symbol("setgroups"), FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS), ERRNO);

    private static final MethodHandle GETPWUID =
            LINKER.downcallHandle(symbol("getpwuid"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private IdentityCalls() {}

    private static MemorySegment symbol(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsupportedOperationException("the C library has no function " + name));
    }

    private static MethodHandle plain(String name) {
        return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(JAVA_INT));
    }

    private static MethodHandle setter(String name) {
        return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);
    }

    static int getuid() {
        return read(GETUID);
    }

    static int geteuid() {
        return read(GETEUID);
    }

    static int getgid() {
        return read(GETGID);
    }

    static int getegid() {
        return read(GETEGID);
    }

    private static int read(MethodHandle call) {
        try {
            return (int) call.invokeExact();
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int setuid(int uid) {
        return set(SETUID, uid);
    }

    static int seteuid(int uid) {
        return set(SETEUID, uid);
    }

    static int setgid(int gid) {
        return set(SETGID, gid);
    }

    static int setegid(int gid) {
        return set(SETEGID, gid);
    }

    private static int set(MethodHandle call, int id) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            return result((int) call.invokeExact(state, id), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// All groups that the system has the user in, and `gid`.
    ///
    /// @param name of a user
    static int initgroups(MemorySegment name, int gid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            return result((int) INITGROUPS.invokeExact(state, name, gid), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// One group and no other.
    static int setgroups(int gid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment groups = arena.allocateFrom(JAVA_INT, gid);
            return result((int) SETGROUPS.invokeExact(state, 1L, groups), state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// The user's name, where the C library keeps it until the next such call; NULL for a user that the system does
    /// not know. `pw_name` is the first of struct passwd on both systems (pwd.h).
    static MemorySegment nameOf(int uid) {
        try {
            MemorySegment passwd = (MemorySegment) GETPWUID.invokeExact(uid);
            return passwd.address() == 0
                    ? MemorySegment.NULL
                    : passwd.reinterpret(ADDRESS.byteSize()).get(ValueLayout.ADDRESS, 0);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static int result(int result, MemorySegment state) {
        return result >= 0 ? result : -state.get(JAVA_INT, ERRNO_OFFSET);
    }

    private static AssertionError unexpected(Throwable cause) {
        return new AssertionError("a native call threw", cause);
    }
}
