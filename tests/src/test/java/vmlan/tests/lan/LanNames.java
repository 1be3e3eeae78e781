package vmlan.tests.lan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The namespaces' names: with the pid of the tests' process, so that what a killed one left is known by the next.
public final class LanNames {
    private static final Pattern OURS = Pattern.compile("vmt(\\d{1,9})-\\d+-[a-z]+");

    private static final AtomicInteger COUNT = new AtomicInteger();

    private LanNames() {}

    public static String fresh() {
        return "vmt" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    }

    /// Removes the namespaces of tests that are no longer there.
    public static void removeLeftovers() throws IOException, InterruptedException {
        try (MachineLock lock = MachineLock.take()) {
            for (String name : existing()) {
                Matcher match = OURS.matcher(name);
                if (match.matches()
                        && ProcessHandle.of(Long.parseLong(match.group(1))).isEmpty()) {
                    remove(name);
                }
            }
        }
    }

    private static List<String> existing() throws IOException, InterruptedException {
        // NAME (id: 3)
        return Words.of("ip", "netns", "list")
                .good()
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .toList();
    }

    /// Removes a namespace, and ends what still runs in it, which is told.
    public static List<String> remove(String name) throws IOException, InterruptedException {
        if (!existing().contains(name)) {
            return List.of();
        }
        List<String> left = new ArrayList<>();
        for (String pid : Words.of("ip", "netns", "pids", name).good().lines().toList()) {
            Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(pid));
            if (process.isPresent()) {
                left.add(name + ": " + pid + " "
                        + process.get().info().commandLine().orElse(""));
                process.get().destroyForcibly();
                process.get().onExit().join();
            }
        }
        Words.of("ip", "netns", "delete", name).good();
        // what `ip netns exec` mounts over /etc there
        Words.of("rm", "-rf", "/etc/netns/" + name).good();
        return left;
    }
}
