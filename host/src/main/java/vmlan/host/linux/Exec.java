package vmlan.host.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// This process becomes another program. The process identifier stays, and so do its start and its parent, so whoever
/// waits for this process waits for that program; all threads and shutdown hooks of the JVM are gone without a word.
///
/// What a JVM leaves behind otherwise: descriptors without close-on-exec (its NIO opens files and sockets so), and a
/// signal mask in which SIGQUIT is blocked (HotSpot signals_posix.cpp, hotspot_sigmask). Signals that it handles are as
/// usual again after execve(2), and those that were ignored when it began stay so.
public final class Exec {
    /// include/uapi/asm-generic/signal-defs.h
    private static final int SIG_SETMASK = 2;

    /// sigset_t of glibc and musl: 1024 bits.
    static final int SIGNAL_SET_BYTES = 128;

    private Exec() {}

    /// What is to be done at the last moment, by the thread that becomes the program.
    interface LastStep {
        void take() throws IOException;
    }

    /// With the environment of this process.
    ///
    /// @param arguments with the program's name as the first
    /// @param inherited descriptors that stay open; others, but for standard input, output and error, are
    ///     closed
    /// @throws LinuxException when it failed
    public static void become(Path program, List<String> arguments, int... inherited) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            LastStep unblock = () -> {
                MemorySegment none = arena.allocate(SIGNAL_SET_BYTES, Long.BYTES);
                LinuxException.check(-ProcessCalls.pthreadSigmask(SIG_SETMASK, none), "pthread_sigmask(SIG_SETMASK)");
            };
            become(program, strings(arguments, arena), environment(arena), unblock, inherited);
        }
    }

    static void become(
            Path program, List<String> arguments, Map<String, String> environment, LastStep lastStep, int... inherited)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment envp = strings(
                    environment.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue())
                            .toList(),
                    arena);
            become(program, strings(arguments, arena), envp, lastStep, inherited);
        }
    }

    private static void become(
            Path program, MemorySegment argv, MemorySegment envp, LastStep lastStep, int... inherited)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(program.toString());
            leaveOpen(inherited);
            lastStep.take();
            int result = ProcessCalls.execve(path, argv, envp);
            throw new LinuxException("execve(" + program + ")", result, "");
        }
    }

    /// Has all descriptors but these and the first three closed when a program is begun.
    static void leaveOpen(int... inherited) throws LinuxException {
        // First, since it may fail on an old kernel (5.11): the JVM's own files are close-on-exec anyway.
        ProcessCalls.syscall(ProcessCalls.SYS_CLOSE_RANGE, 3, Integer.MAX_VALUE, ProcessCalls.CLOSE_RANGE_CLOEXEC);
        for (int fd : inherited) {
            LinuxException.check(Libc.fcntl(fd, Libc.F_SETFD, 0), "fcntl(" + fd + ", F_SETFD)");
        }
    }

    /// What this process was given, to the byte: Java knows it as text only, and what is none is changed.
    static MemorySegment environment(Arena arena) throws IOException {
        byte[] all = Files.readAllBytes(Path.of("/proc/self/environ"));
        MemorySegment bytes = arena.allocate(all.length + 1L);
        MemorySegment.copy(all, 0, bytes, ValueLayout.JAVA_BYTE, 0, all.length);
        List<MemorySegment> starts = new ArrayList<>();
        for (int i = 0; i < all.length; i++) {
            if (all[i] != 0 && (i == 0 || all[i - 1] == 0)) {
                starts.add(bytes.asSlice(i));
            }
        }
        return pointers(starts, arena);
    }

    static MemorySegment strings(List<String> texts, Arena arena) {
        return pointers(texts.stream().map(arena::allocateFrom).toList(), arena);
    }

    /// As C wants it: pointers, then a null.
    private static MemorySegment pointers(List<MemorySegment> texts, Arena arena) {
        MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, texts.size() + 1L);
        for (int i = 0; i < texts.size(); i++) {
            pointers.setAtIndex(ValueLayout.ADDRESS, i, texts.get(i));
        }
        return pointers;
    }
}
