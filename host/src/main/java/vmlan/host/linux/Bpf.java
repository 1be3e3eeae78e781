package vmlan.host.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The bpf(2) system call: maps, programs, links. Needs CAP_BPF and CAP_NET_ADMIN outside of user namespaces.
///
/// Offsets are those of the members of union bpf_attr (include/uapi/linux/bpf.h).
final class Bpf {
    static final int BPF_TCX_INGRESS = 46;
    static final int BPF_TCX_EGRESS = 47;

    private static final int BPF_MAP_CREATE = 0;
    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_LINK_CREATE = 28;
    private static final int BPF_MAP_TYPE_ARRAY = 2;
    private static final int BPF_F_MMAPABLE = 1 << 10;
    private static final int BPF_PROG_TYPE_SCHED_CLS = 3;
    /// With no other program named: in front of all.
    private static final int BPF_F_BEFORE = 1 << 3;

    private static final int ATTRIBUTE_BYTES = 128;
    /// Up to and with expected_attach_type (kernel 4.17); what the kernel does not know must not be given.
    private static final int LOAD_BYTES = 72;

    private static final int MAP_BYTES = 44;
    private static final int LINK_BYTES = 32;
    private static final int LOG_BYTES = 64 << 10;
    private static final String RIGHTS =
            "CAP_BPF and CAP_NET_ADMIN are needed for it, and eBPF is refused in user namespaces";

    private Bpf() {}

    private static int call(int command, MemorySegment attributes, int length) {
        return ProcessCalls.syscall(ProcessCalls.SYS_BPF, command, attributes.address(), length);
    }

    /// An array of one value, that a process may map into its memory (kernel 5.5).
    ///
    /// @return a descriptor
    static int createTable(int bytes) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
            attributes.set(ValueLayout.JAVA_INT, 0, BPF_MAP_TYPE_ARRAY);
            attributes.set(ValueLayout.JAVA_INT, 4, Integer.BYTES);
            attributes.set(ValueLayout.JAVA_INT, 8, bytes);
            attributes.set(ValueLayout.JAVA_INT, 12, 1);
            attributes.set(ValueLayout.JAVA_INT, 16, BPF_F_MMAPABLE);
            attributes.asSlice(28, 16).setString(0, "vmlan_guests");
            return LinuxException.check(call(BPF_MAP_CREATE, attributes, MAP_BYTES), "bpf(BPF_MAP_CREATE)", RIGHTS);
        }
    }

    /// Loads a program for tc.
    ///
    /// @param attachType of TCX, or 0 for a filter of clsact
    /// @return a descriptor
    static int load(BpfAssembler program, String name, int attachType) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
            attributes.set(ValueLayout.JAVA_INT, 0, BPF_PROG_TYPE_SCHED_CLS);
            attributes.set(ValueLayout.JAVA_INT, 4, program.length());
            attributes.set(ValueLayout.ADDRESS, 8, program.encode(arena));
            // None of the helpers that we call is for GPL programs only (net/core/filter.c, gpl_only).
            attributes.set(ValueLayout.ADDRESS, 16, arena.allocateFrom("Apache-2.0"));
            attributes.asSlice(48, 16).setString(0, name);
            attributes.set(ValueLayout.JAVA_INT, 68, attachType);
            int fd = call(BPF_PROG_LOAD, attributes, LOAD_BYTES);
            if (fd >= 0) {
                return fd;
            }
            boolean refused = fd == -Errno.EACCES || fd == -Errno.EINVAL;
            throw new LinuxException(
                    "bpf(BPF_PROG_LOAD " + name + ")", fd, refused ? verdict(attributes, arena) : RIGHTS);
        }
    }

    /// Loads once more, to hear the last of what the verifier has to say.
    private static String verdict(MemorySegment attributes, Arena arena) {
        MemorySegment log = arena.allocate(LOG_BYTES);
        attributes.set(ValueLayout.JAVA_INT, 24, 1);
        attributes.set(ValueLayout.JAVA_INT, 28, LOG_BYTES);
        attributes.set(ValueLayout.ADDRESS, 32, log);
        int fd = call(BPF_PROG_LOAD, attributes, LOAD_BYTES);
        if (fd >= 0) {
            Libc.close(fd);
        }
        String text = log.getString(0).strip();
        return "verifier: " + text.substring(Math.max(0, text.length() - 300));
    }

    /// Attaches a program in front of all others, for as long as the descriptor that is returned lives (kernel 6.6).
    static int link(int program, int ifIndex, int attachType) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
            attributes.set(ValueLayout.JAVA_INT, 0, program);
            attributes.set(ValueLayout.JAVA_INT, 4, ifIndex);
            attributes.set(ValueLayout.JAVA_INT, 8, attachType);
            attributes.set(ValueLayout.JAVA_INT, 12, BPF_F_BEFORE);
            return LinuxException.check(
                    call(BPF_LINK_CREATE, attributes, LINK_BYTES),
                    "bpf(BPF_LINK_CREATE)",
                    "kernels before 6.6 have no TCX links");
        }
    }
}
