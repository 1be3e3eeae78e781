package vmlan.tests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a process has used of the processors.
final class ProcessorTime {
    /// USER_HZ, which is 100 on every architecture that runs this (sysconf(3)).
    private static final double TICKS_PER_SECOND = 100;

    private ProcessorTime() {}

    /// User's and system's, of all threads (proc_pid_stat(5), fields 14 and 15).
    static double seconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }
}
