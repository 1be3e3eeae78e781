package vmlan.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// How much a clock that goes on in the host's sleep is ahead of [System#nanoTime], which stands still in it: that is
/// CLOCK_MONOTONIC on Linux (clock_gettime(2)), mach_absolute_time on a Mac. Only differences of what this says mean
/// anything.
///
/// The other clock is CLOCK_BOOTTIME on Linux, by way of /proc/uptime (fs/proc/uptime.c), in hundredths of a second,
/// which no setting of the time of day moves; elsewhere it is the time of day.
public final class SleepClock {
    /// Since 1 s of sleep leaves a gap of 1 s, and a hundredth is the error.
    private static final long LEAST_BY_UPTIME = TimeUnit.SECONDS.toNanos(1);
    /// NTP moves the time of day in steps of less, but for the first one (ntpd(8), step threshold 128 ms; chrony and
    /// systemd-timesyncd step after the start).
    private static final long LEAST_BY_TIME_OF_DAY = TimeUnit.SECONDS.toNanos(10);
    /// Two clocks are read one after the other; a process that is stopped in between would read sleep out of it.
    private static final long TORN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Path UPTIME = Path.of("/proc/uptime");

    private final LongSupplier awake;
    private final LongSupplier always;
    private final long leastNanos;

    /// @param awake stands still in sleep
    /// @param always goes on; [Long#MIN_VALUE] when it cannot be read now
    SleepClock(LongSupplier awake, LongSupplier always, long leastNanos) {
        this.awake = awake;
        this.always = always;
        this.leastNanos = leastNanos;
    }

    public static SleepClock ofSystem() {
        return Files.isReadable(UPTIME)
                ? new SleepClock(System::nanoTime, SleepClock::uptime, LEAST_BY_UPTIME)
                : new SleepClock(
                        System::nanoTime,
                        () -> TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()),
                        LEAST_BY_TIME_OF_DAY);
    }

    private static long uptime() {
        try {
            return parse(Files.readString(UPTIME, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return Long.MIN_VALUE;
        }
    }

    /// Such as `350735.47 234388.90`: the first is it.
    static long parse(String text) {
        String[] parts = text.split("[. ]", 3);
        if (parts.length < 3 || !parts[0].matches("[0-9]{1,10}") || !parts[1].matches("[0-9]{2}")) {
            return Long.MIN_VALUE;
        }
        return TimeUnit.SECONDS.toNanos(Long.parseLong(parts[0]))
                + TimeUnit.MILLISECONDS.toNanos(10L * Integer.parseInt(parts[1]));
    }

    /// What is less than this is no sleep.
    public long leastNanos() {
        return leastNanos;
    }

    /// Empty when it cannot be told now.
    public OptionalLong aheadNanos() {
        long before = awake.getAsLong();
        long other = always.getAsLong();
        long after = awake.getAsLong();
        return other == Long.MIN_VALUE || after - before >= TORN_NANOS
                ? OptionalLong.empty()
                : OptionalLong.of(other - after);
    }
}
