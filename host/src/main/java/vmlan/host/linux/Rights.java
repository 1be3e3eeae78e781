package vmlan.host.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What the calling thread may do, and how to give it up for good.
///
/// @param effective the effective capabilities, a bit for each
/// @param inUserNamespace whether they only hold in a user namespace that is not the first one
public record Rights(long effective, boolean inUserNamespace) {
    /// include/uapi/linux/capability.h
    public static final int CAP_NET_ADMIN = 12;

    public static final int CAP_NET_RAW = 13;
    public static final int CAP_BPF = 39;

    /// struct __user_cap_header_struct: version, process (0 is the caller); then two of effective, permitted,
    /// inheritable (include/uapi/linux/capability.h, _LINUX_CAPABILITY_VERSION_3)
    private static final int CAPABILITY_VERSION = 0x2008_0522;

    private static final int CAPABILITY_HEADER_BYTES = 8;
    private static final int CAPABILITY_DATA_BYTES = 24;

    /// Reads what the calling thread may do.
    public static Rights ofThisThread() throws IOException {
        long effective = 0;
        for (String line : Files.readAllLines(Path.of("/proc/thread-self/status"))) {
            if (line.startsWith("CapEff:")) {
                effective = Long.parseUnsignedLong(line.substring(7).strip(), 16);
            }
        }
        // In the first namespace all numbers stand for themselves (man 7 user_namespaces).
        String map = Files.readString(Path.of("/proc/self/uid_map")).strip().replaceAll("\\s+", " ");
        return new Rights(effective, !map.equals("0 0 4294967295"));
    }

    public boolean has(int capability) {
        return (effective >>> capability & 1) != 0;
    }

    /// Whether packet sockets can be opened and the redirect be made, at least without eBPF.
    public boolean mayOpenNic() {
        return has(CAP_NET_RAW) && has(CAP_NET_ADMIN);
    }

    /// Gives up all capabilities, for good, and becomes another program. All other threads end.
    ///
    /// Capabilities are each thread's own, and those of the JVM's other threads cannot be taken from outside;
    /// exec ends them. A program with no_new_privs gets none back, whoever owns its file and whoever runs it.
    ///
    /// @param arguments with the program's name as the first
    /// @param inherited descriptors that stay open; others, but for standard input, output and error, are
    ///     closed
    /// @throws LinuxException when it failed; then the calling thread may have no rights any more
    public static void dropAndExec(
            Path program, List<String> arguments, Map<String, String> environment, int... inherited)
            throws IOException {
        Exec.become(program, arguments, environment, Rights::drop, inherited);
    }

    /// Of the calling thread only.
    static void drop() throws LinuxException {
        LinuxException.check(ProcessCalls.prctl(ProcessCalls.PR_SET_NO_NEW_PRIVS, 1), "prctl(PR_SET_NO_NEW_PRIVS)");
        LinuxException.check(
                ProcessCalls.prctl(ProcessCalls.PR_CAP_AMBIENT, ProcessCalls.PR_CAP_AMBIENT_CLEAR_ALL),
                "prctl(PR_CAP_AMBIENT_CLEAR_ALL)");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(CAPABILITY_HEADER_BYTES, Integer.BYTES);
            header.set(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION);
            LinuxException.check(
                    ProcessCalls.capset(header, arena.allocate(CAPABILITY_DATA_BYTES, Integer.BYTES)), "capset");
        }
    }
}
