package vmlan.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What tells a process from a later one with the same identifier: a number that stays the same for its whole life,
/// whatever happens to the clock.
///
/// On Linux it is the start in ticks since the boot (proc(5), /proc/PID/stat, field 22) below 32 bits of the boot's
/// random identifier. Java's own start instant adds the ticks to the boot's time by the clock of now, so it moves when
/// the clock is set. Elsewhere it is that instant, which macOS keeps with the process.
public final class ProcessMark {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int START_FIELD = 22;

    private ProcessMark() {}

    /// The mark of a living process; empty when there is none, also when it ended and nobody has waited for it yet.
    public static Optional<Long> of(long pid) {
        if (!Files.exists(BOOT_ID)) {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .flatMap(process -> process.info().startInstant())
                    .map(start -> start.toEpochMilli());
        }
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            // The second field is the name, in brackets, and may hold anything; the third is the state.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            boolean ended = fields[0].equals("Z") || fields[0].equals("X");
            return ended
                    ? Optional.empty()
                    : Optional.of((boot() << 32) | (Long.parseLong(fields[START_FIELD - 3]) & 0xffff_ffffL));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /// Whether the process with that mark lives.
    public static boolean isAlive(long pid, long mark) {
        return pid > 0 && of(pid).filter(now -> now == mark).isPresent();
    }

    /// Whether the machine was started anew since; false where that cannot be told.
    public static boolean isOfEarlierBoot(long mark) {
        try {
            return Files.exists(BOOT_ID) && (int) (mark >>> 32) != (int) boot();
        } catch (IOException e) {
            return false;
        }
    }

    private static long boot() throws IOException {
        return Files.readString(BOOT_ID).hashCode();
    }
}
