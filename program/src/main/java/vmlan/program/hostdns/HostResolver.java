package vmlan.program.hostdns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntSupplier;

/// Who resolves names on this host, and can be told that one domain is somebody else's. What each is
/// told is in setup/host-names.sh.
public enum HostResolver {
    /// systemd-resolved since 258, which asks a delegate for its domain and for nothing else
    /// (systemd.dns-delegate(5)).
    DELEGATE("systemd-resolved", "etc/systemd/dns-delegate.d/vmlan.dns-delegate"),
    /// systemd-resolved since 246, whose servers may have a port. A global server has its domain to
    /// itself; what no domain fits goes to it beside those of the links (systemd-resolved.service(8),
    /// Protocols and Routing), and is refused.
    RESOLVED("systemd-resolved", "etc/systemd/resolved.conf.d/vmlan.conf"),
    /// NetworkManager with `dns=dnsmasq` (NetworkManager.conf(5)).
    NETWORKMANAGER("NetworkManager's dnsmasq", "etc/NetworkManager/dnsmasq.d/vmlan.conf"),
    /// macOS (resolver(5)).
    MACOS("macOS", "etc/resolver/vmlan.internal");

    private static final int DELEGATES_SINCE = 258;
    /// systemd's NEWS for 246: "DNS= … port".
    private static final int PORTS_SINCE = 246;

    private final String title;
    private final String file;

    HostResolver(String title, String file) {
        this.title = title;
        this.file = file;
    }

    /// For people.
    public String title() {
        return title;
    }

    /// As the script and the state file call it.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// What is written.
    public Path file(Path root) {
        return root.resolve(file);
    }

    /// @param root `/`
    /// @param systemdVersion asked only where systemd-resolved is in use; 0 when it is not known
    /// @return empty where nobody can be told
    static Optional<HostResolver> of(Path root, boolean mac, IntSupplier systemdVersion) throws IOException {
        if (mac) {
            return Optional.of(MACOS);
        }
        if (usesResolved(root)) {
            int version = systemdVersion.getAsInt();
            return version >= DELEGATES_SINCE
                    ? Optional.of(DELEGATE)
                    : version >= PORTS_SINCE ? Optional.of(RESOLVED) : Optional.empty();
        }
        return usesManagersDnsmasq(root) ? Optional.of(NETWORKMANAGER) : Optional.empty();
    }

    /// It runs, and programs ask it: by its address (resolv.conf(5)) or by its module (nss-resolve(8)).
    private static boolean usesResolved(Path root) throws IOException {
        if (!Files.exists(root.resolve("run/systemd/resolve/resolv.conf"))) {
            return false;
        }
        return lines(root.resolve("etc/resolv.conf")).stream()
                        .anyMatch(line -> line.matches("\\s*nameserver\\s+127\\.0\\.0\\.5[34]\\s*"))
                || lines(root.resolve("etc/nsswitch.conf")).stream()
                        .anyMatch(line -> line.matches("\\s*hosts:.*\\bresolve\\b.*"));
    }

    /// A file that gives systemd-resolved servers for all names. Beside these ours would be one of a
    /// list, of which one is asked at a time, whatever the name (resolved.conf(5), DNS=).
    static Optional<Path> globalServers(Path root) throws IOException {
        for (String place : List.of("etc", "run", "usr/local/lib", "usr/lib")) {
            Path folder = root.resolve(place).resolve("systemd");
            List<Path> files = new ArrayList<>(List.of(folder.resolve("resolved.conf")));
            files.addAll(confFiles(folder.resolve("resolved.conf.d")));
            for (Path file : files) {
                if (!file.equals(RESOLVED.file(root))
                        && lines(file).stream().anyMatch(line -> line.matches("\\s*DNS\\s*=\\s*\\S.*"))) {
                    return Optional.of(file);
                }
            }
        }
        return Optional.empty();
    }

    private static List<Path> confFiles(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.conf")) {
                found.forEach(files::add);
            }
        }
        return files;
    }

    private static boolean usesManagersDnsmasq(Path root) throws IOException {
        if (!Files.isDirectory(root.resolve("run/NetworkManager"))) {
            return false;
        }
        Path folder = root.resolve("etc/NetworkManager");
        List<Path> files = new ArrayList<>(List.of(folder.resolve("NetworkManager.conf")));
        files.addAll(confFiles(folder.resolve("conf.d")));
        for (Path file : files) {
            if (lines(file).stream().anyMatch(line -> line.matches("\\s*dns\\s*=\\s*dnsmasq\\s*"))) {
                return true;
            }
        }
        return false;
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.isReadable(file) && Files.isRegularFile(file)
                ? Files.readAllLines(file, StandardCharsets.ISO_8859_1)
                : List.of();
    }
}
