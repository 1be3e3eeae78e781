package vmlan.program.vm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.program.message.Failure;
import vmlan.qemu.tool.Tool;

/// What this host has to give to a VM. Unknown figures are no reason to refuse anything.
///
/// @param memoryBytes all of it
/// @param freeBytes what programs can have without anything being swapped out; absent where nobody says it
public record HostResources(OptionalLong memoryBytes, OptionalLong freeBytes, int cpus) {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    public static HostResources current() {
        int cpus = Runtime.getRuntime().availableProcessors();
        try {
            if (System.getProperty("os.name").startsWith("Mac")) {
                String all = Tool.run(LIMIT, List.of("/usr/sbin/sysctl", "-n", "hw.memsize"))
                        .output()
                        .strip();
                return new HostResources(
                        all.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(all)) : OptionalLong.empty(),
                        OptionalLong.empty(),
                        cpus);
            }
            String text = Files.readString(Path.of("/proc/meminfo"), StandardCharsets.US_ASCII);
            return new HostResources(kilobytes(text, "MemTotal"), kilobytes(text, "MemAvailable"), cpus);
        } catch (IOException e) {
            return new HostResources(OptionalLong.empty(), OptionalLong.empty(), cpus);
        }
    }

    /// A line of proc_meminfo(5).
    private static OptionalLong kilobytes(String text, String name) {
        Matcher match = Pattern.compile("(?m)^" + name + ": +([0-9]{1,15}) kB$").matcher(text);
        return match.find() ? OptionalLong.of(Long.parseLong(match.group(1)) << 10) : OptionalLong.empty();
    }

    /// @param note is told what will work, but badly
    public void check(VmSpec spec, Consumer<String> note) throws Failure {
        long wanted = spec.memoryBytes();
        if (memoryBytes.isPresent() && wanted > memoryBytes.getAsLong()) {
            throw Failure.usage(
                    "--memory " + gigabytes(wanted) + " is more than this host has, "
                            + gigabytes(memoryBytes.getAsLong()),
                    "take less");
        }
        if (freeBytes.isPresent() && wanted > freeBytes.getAsLong()) {
            note.accept("the VM may have " + gigabytes(wanted) + " of memory, of which this host has "
                    + gigabytes(freeBytes.getAsLong()) + " free now: when it uses them all, the host will swap");
        }
        if (spec.cpus() > cpus) {
            note.accept("the VM has " + spec.cpus() + " processors and this host " + cpus
                    + ": they will take turns, which slows guests down");
        }
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1fG", bytes / (double) (1 << 30));
    }
}
