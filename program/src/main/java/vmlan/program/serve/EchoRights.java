package vmlan.program.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import vmlan.program.files.Sysctl;

/// Whether this process may send echoes, as Linux says before anybody has tried.
public final class EchoRights {
    private static final Path STATUS = Path.of("/proc/self/status");
    /// CAP_NET_RAW (linux/capability.h).
    private static final int NET_RAW = 13;

    private EchoRights() {}

    /// False, too, where the system has no such files.
    static boolean areHere() {
        try {
            return areIn(
                    Sysctl.read("net/ipv4/ping_group_range"), Files.readAllLines(STATUS, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return false;
        }
    }

    /// @param groups the first and the last group that may have ping sockets, which are also those for IPv6
    ///     (icmp(7)); none where the first is the greater one
    /// @param status as proc_pid_status(5) has it
    public static boolean areIn(String groups, List<String> status) {
        String[] range = groups.strip().split("\\s+");
        long first = Long.parseLong(range[0]);
        long last = Long.parseLong(range[range.length - 1]);
        List<String> own = new ArrayList<>();
        for (String line : status) {
            if (line.startsWith("CapEff:") && (Long.parseUnsignedLong(value(line), 16) >>> NET_RAW & 1) == 1) {
                return true;
            }
            if (line.startsWith("Gid:") || line.startsWith("Groups:")) {
                own.addAll(List.of(value(line).split("\\s+")));
            }
        }
        return own.stream()
                .filter(group -> !group.isEmpty())
                .mapToLong(Long::parseLong)
                .anyMatch(group -> first <= group && group <= last);
    }

    private static String value(String line) {
        return line.substring(line.indexOf(':') + 1).strip();
    }
}
