package vmlan.program.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import vmlan.host.HostBoot;
import vmlan.program.files.Fields;
import vmlan.program.files.StateFile;

/// The clock of a network, which its processes hand on to each other: it counts the time that the host was awake since
/// the network was first served after the host's start, from the time of day then.
///
/// Guests measure their leases by a clock that stands still while their host sleeps, as this one does, and that nobody
/// sets. So an end that is on disk means the same for the next process, after a sleep, and whatever was done to
/// the time of day. Across a start of the host, when no guest runs, the time of day has to do.
final class NetworkClock {
    private final StateFile file;
    private final Consumer<String> log;

    NetworkClock(Path folder, Consumer<String> log) {
        this.file = new StateFile(folder.resolve("clock.json"));
        this.log = log;
    }

    /// How much it is ahead of the time of day now.
    ///
    /// @param keeper writes it down when it begins anew
    long aheadNanos(StateKeeper keeper) throws IOException {
        Optional<String> boot = HostBoot.id();
        return aheadNanos(keeper, boot.orElse(null), System.nanoTime(), timeOfDay());
    }

    /// @param boot null when it cannot be told from others
    long aheadNanos(StateKeeper keeper, String boot, long nanoTime, long timeOfDay) throws IOException {
        Fields last = new Fields(file.read(log).orElse(Map.of()));
        Long then = boot == null || !last.optionalText("boot").equals(Optional.of(boot)) ? null : ahead(last, nanoTime);
        if (then != null) {
            return then - timeOfDay;
        }
        if (boot != null) {
            Map<String, Object> content = new LinkedHashMap<>();
            content.put("boot", boot);
            content.put("nanoTime", nanoTime);
            content.put("nanos", timeOfDay);
            keeper.save(file, content);
        }
        return 0;
    }

    /// @return what the clock says now, or null when the file makes no sense
    private static Long ahead(Fields last, long nanoTime) {
        try {
            long since = nanoTime - last.number("nanoTime");
            return since < 0 ? null : last.number("nanos") + since;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static long timeOfDay() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }
}
