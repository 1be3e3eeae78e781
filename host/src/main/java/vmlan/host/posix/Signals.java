package vmlan.host.posix;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// kill(2).
public final class Signals {
    /// The same on Linux and macOS (signal.h).
    public static final int SIGKILL = 9;

    public static final int SIGTERM = 15;

    private static final MethodHandle KILL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().find("kill").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private Signals() {}

    /// To all processes of a group.
    ///
    /// @param signal 0 to send nothing, and see whether there is any process
    /// @return whether there was one that could be reached
    public static boolean sendToGroup(long group, int signal) {
        if (group <= 1) {
            // 0 would be our own group, and -1 is everybody
            throw new IllegalArgumentException("no process group of ours: " + group);
        }
        try {
            return (int) KILL.invokeExact(-Math.toIntExact(group), signal) == 0;
        } catch (Throwable t) {
            throw new AssertionError("a native call threw", t);
        }
    }
}
