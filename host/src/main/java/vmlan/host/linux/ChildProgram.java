package vmlan.host.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/// A program beside this process that inherits open files of its choice, which [ProcessBuilder] closes. Its input,
/// output and errors are this process' own.
public final class ChildProgram {
    /// glibc and musl: include/spawn.h
    private static final short POSIX_SPAWN_SETSIGMASK = 8;

    /// posix_spawnattr_t has 336 bytes in both, with room to grow.
    private static final int ATTRIBUTES_BYTES = 1024;

    private static final int NOT_EXITED = 0x7f;

    private final int pid;

    private ChildProgram(int pid) {
        this.pid = pid;
    }

    /// @param arguments with the program's name as the first
    /// @param inherited as with [Exec]
    /// @throws LinuxException when it failed
    public static ChildProgram start(Path program, List<String> arguments, int... inherited) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES, Long.BYTES);
            MemorySegment none = arena.allocate(Exec.SIGNAL_SET_BYTES, Long.BYTES);
            MemorySegment pid = arena.allocate(Native.INT);
            check(SpawnCalls.initialize(attributes), "posix_spawnattr_init");
            check(SpawnCalls.setSignalMask(attributes, none), "posix_spawnattr_setsigmask");
            check(SpawnCalls.setFlags(attributes, POSIX_SPAWN_SETSIGMASK), "posix_spawnattr_setflags");
            Exec.leaveOpen(inherited);
            check(
                    SpawnCalls.spawn(
                            pid,
                            arena.allocateFrom(program.toString()),
                            attributes,
                            Exec.strings(arguments, arena),
                            Exec.environment(arena)),
                    "posix_spawn(" + program + ")");
            return new ChildProgram(pid.get(Native.INT, 0));
        }
    }

    private static void check(int error, String call) throws LinuxException {
        LinuxException.check(-error, call);
    }

    public long pid() {
        return pid;
    }

    /// Waits for its end. Once.
    ///
    /// @return its exit status, as a shell tells it (bash(1), "EXIT STATUS")
    public int await() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(Native.INT);
            int result = SpawnCalls.waitpid(pid, status);
            while (result == -Errno.EINTR) {
                result = SpawnCalls.waitpid(pid, status);
            }
            LinuxException.check(result, "waitpid(" + pid + ")");
            int word = status.get(Native.INT, 0);
            int signal = word & NOT_EXITED;
            return signal == 0 ? (word >> 8) & 0xff : 128 + signal;
        }
    }
}
