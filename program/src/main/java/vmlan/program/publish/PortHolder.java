package vmlan.program.publish;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import vmlan.program.files.Sysctl;
import vmlan.qemu.tool.Printable;

/// Who has a port of the host, as far as Linux' /proc tells this user; for the text of an error.
final class PortHolder {
    private static final Path PROC = Path.of("/proc");
    /// What the kernel has unless it is told otherwise (net/ipv4/af_inet.c, inet_init_net).
    private static final int PRIVILEGED = 1024;
    /// A machine with ten thousand processes answers no error message in time.
    private static final long LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private PortHolder() {}

    /// @return such as `nginx (pid 812)`
    static Optional<String> of(boolean udp, int port) {
        try {
            Set<String> sockets = new HashSet<>();
            for (String table : udp ? List.of("udp", "udp6") : List.of("tcp", "tcp6")) {
                Path file = PROC.resolve("net").resolve(table);
                if (Files.exists(file)) {
                    sockets.addAll(sockets(Files.readAllLines(file, StandardCharsets.US_ASCII), udp, port));
                }
            }
            return sockets.isEmpty() ? Optional.empty() : holder(sockets);
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /// The links in /proc/PID/fd that lead to sockets at the port.
    ///
    /// @param lines as net/ipv4/tcp_ipv4.c, tcp4_seq_show, prints them: number, local address and port in
    ///     hexadecimal, far end, state (0A listens), …, the inode in the tenth column
    static Set<String> sockets(List<String> lines, boolean udp, int port) {
        Set<String> sockets = new HashSet<>();
        String ending = String.format(":%04X", port);
        for (String line : lines) {
            String[] columns = line.strip().split("\\s+");
            if (columns.length > 9
                    && columns[1].endsWith(ending)
                    && (udp || columns[3].equals("0A"))
                    && !columns[9].equals("0")) {
                sockets.add("socket:[" + columns[9] + "]");
            }
        }
        return sockets;
    }

    private static Optional<String> holder(Set<String> sockets) throws IOException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
            for (Path process : processes) {
                if (System.nanoTime() - deadline > 0) {
                    return Optional.empty();
                }
                if (hasOne(process, sockets)) {
                    String name = Printable.marked(Files.readString(process.resolve("comm"), StandardCharsets.UTF_8)
                            .strip());
                    return Optional.of(name + " (pid " + process.getFileName() + ")");
                }
            }
        }
        return Optional.empty();
    }

    /// Of other users' processes the system says nothing.
    private static boolean hasOne(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return false;
        }
        return false;
    }

    /// The first port that everybody may open.
    static int firstUnprivileged() {
        try {
            return Integer.parseInt(Sysctl.read("net/ipv4/ip_unprivileged_port_start"));
        } catch (IOException | NumberFormatException e) {
            return PRIVILEGED;
        }
    }
}
