package vmlan.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How many descriptors this process may have, so that limits can be set below it.
public final class Descriptors {
    /// OPEN_MAX of macOS (sys/syslimits.h), up to which the JVM raises the soft limit there (os_bsd.cpp).
    private static final int ELSEWHERE = 10_240;
    /// More is of no use to anybody here, and `unlimited` has to be some number.
    private static final int MOST = 1 << 20;

    private Descriptors() {}

    /// Reads the limit; on Linux the JVM has raised it to the hard one by then (-XX:+MaxFDLimit).
    public static int limit() {
        Path limits = Path.of("/proc/self/limits");
        try {
            return Files.isReadable(limits) ? parse(Files.readAllLines(limits)) : ELSEWHERE;
        } catch (IOException e) {
            return ELSEWHERE;
        }
    }

    /// Lines as fs/proc/base.c, proc_pid_limits, prints them: `Max open files  1024  1048576  files`.
    static int parse(List<String> lines) {
        String name = "Max open files";
        for (String line : lines) {
            if (line.startsWith(name)) {
                String soft = line.substring(name.length()).strip().split(" +")[0];
                return soft.equals("unlimited") ? MOST : (int) Math.min(MOST, Long.parseLong(soft));
            }
        }
        return ELSEWHERE;
    }
}
