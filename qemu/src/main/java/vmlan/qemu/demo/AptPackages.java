package vmlan.qemu.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import vmlan.qemu.tool.Tool;

/// Debian's and Ubuntu's packages, fetched without being root and without a trace in the system: everything that apt
/// writes lies in a folder of ours. Sources, keys and proxies are the machine's own, and so apt checks signatures.
///
/// The machine's package lists are tried first. They may be missing (container images come without), out of date, or
/// for another architecture; then apt gets lists of its own into the folder.
final class AptPackages {
    private static final Duration QUERY_LIMIT = Duration.ofSeconds(60);
    private static final Duration UPDATE_LIMIT = Duration.ofMinutes(5);
    private static final Duration DOWNLOAD_LIMIT = Duration.ofMinutes(10);

    /// Packages by which an image depends on its parts: Ubuntu's modules, and what newer Debians split off.
    private static final Pattern PART =
            Pattern.compile("^ *(?:Pre)?Depends: (linux-(?:image|modules|binary)-[a-z0-9.+~-]+)$");

    /// 'URI' file size checksum
    private static final Pattern PRINTED_URI = Pattern.compile("^'[^']+' (\\S+) (\\d{1,12})(?: .*)?$");

    private final Path folder;
    private final String architecture;
    private final boolean ownLists;

    private AptPackages(Path folder, String architecture, boolean ownLists) {
        this.folder = folder;
        this.architecture = architecture;
        this.ownLists = ownLists;
    }

    /// What would be fetched.
    record Selection(List<String> packages, long bytes) {}

    /// @param folder empty, ours
    static AptPackages withLists(boolean own, Path folder, String architecture) throws IOException {
        for (String name : List.of("state/lists/partial", "cache/archives/partial", "packages")) {
            Files.createDirectories(folder.resolve(name));
        }
        Files.writeString(folder.resolve("state/status"), "");
        return new AptPackages(folder, architecture.equals("aarch64") ? "arm64" : "amd64", own);
    }

    /// Whether the machine's own lists are about packages of that architecture.
    static boolean isNative(String architecture) throws IOException {
        Tool dpkg = Tool.run(QUERY_LIMIT, List.of("dpkg", "--print-architecture"));
        return dpkg.output().strip().equals(architecture.equals("aarch64") ? "arm64" : "amd64");
    }

    void update() throws IOException {
        Tool run = apt(UPDATE_LIMIT, "apt-get", "update");
        // One source of several that fails need not matter: what is then missing is said later. (apt succeeds, with
        // warnings, when none could be reached.)
        if (lists() == 0) {
            throw new IOException(complaint(run));
        }
    }

    private long lists() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("state/lists"))) {
            return files.filter(file -> file.getFileName().toString().contains("_Packages"))
                    .count();
        }
    }

    /// The packages of the best kernel that there is: the ones for virtual machines first, which are smaller; but
    /// Debian's one of those for Arm has no driver for the power button of QEMU's `virt` (gpio_keys).
    List<String> kernel() throws IOException {
        List<String> metas = architecture.equals("arm64")
                ? List.of("linux-image-arm64", "linux-image-virtual", "linux-image-generic")
                : List.of("linux-image-cloud-amd64", "linux-image-virtual", "linux-image-amd64", "linux-image-generic");
        for (String meta : metas) {
            Set<String> parts = new LinkedHashSet<>();
            collect(meta, parts, 3);
            if (!parts.isEmpty()) {
                return List.copyOf(parts);
            }
        }
        throw new IOException("apt knows no package of a kernel");
    }

    private void collect(String name, Set<String> parts, int depth) throws IOException {
        Tool run = apt(QUERY_LIMIT, "apt-cache", "depends", "--important", name);
        if (!run.succeeded() || depth == 0) {
            return;
        }
        for (String line : run.output().lines().toList()) {
            Matcher match = PART.matcher(line);
            if (match.matches() && parts.add(match.group(1))) {
                collect(match.group(1), parts, depth - 1);
            }
        }
    }

    Selection select(List<String> packages) throws IOException {
        Tool run = apt(QUERY_LIMIT, command("apt-get", "download", "--print-uris", packages));
        if (!run.succeeded()) {
            throw new IOException(complaint(run));
        }
        long bytes = 0;
        for (String line : run.output().lines().toList()) {
            Matcher match = PRINTED_URI.matcher(line);
            bytes += match.matches() ? Long.parseLong(match.group(2)) : 0;
        }
        return new Selection(packages, bytes);
    }

    List<DebPackage> download(Selection selection) throws IOException {
        Tool run = apt(DOWNLOAD_LIMIT, command("apt-get", "download", "-q", selection.packages));
        if (!run.succeeded()) {
            throw new IOException(complaint(run));
        }
        try (Stream<Path> files = Files.list(folder.resolve("packages"))) {
            return files.filter(file -> file.toString().endsWith(".deb"))
                    .map(DebPackage::new)
                    .toList();
        }
    }

    private static String[] command(String program, String verb, String option, List<String> packages) {
        List<String> words = new ArrayList<>(List.of(program, verb, option));
        words.addAll(packages);
        return words.toArray(String[]::new);
    }

    private Tool apt(Duration limit, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(words[0]));
        option(command, "Dir::Cache=" + folder.resolve("cache"));
        if (ownLists) {
            option(command, "Dir::State=" + folder.resolve("state"));
            option(command, "Dir::State::status=" + folder.resolve("state/status"));
            option(command, "APT::Architecture=" + architecture);
            option(command, "APT::Architectures=" + architecture);
        }
        option(command, "APT::Sandbox::User=root");
        option(command, "Acquire::Languages=none");
        option(command, "Acquire::http::Timeout=20");
        option(command, "Acquire::https::Timeout=20");
        option(command, "Acquire::Retries=1");
        command.addAll(List.of(words).subList(1, words.length));
        Tool run = Tool.run(limit, folder.resolve("packages"), command);
        if (run.timedOut()) {
            throw new IOException(words[0] + " " + words[1] + " did not end within " + limit.toSeconds() + " s");
        }
        return run;
    }

    private static void option(List<String> command, String setting) {
        command.add("-o");
        command.add(setting);
    }

    /// The last error of apt that names a cause; its very last line is mostly a summary.
    static String complaint(Tool run) {
        List<String> lines = run.errors()
                .lines()
                .filter(line -> line.startsWith("E: ") || line.startsWith("W: "))
                .toList();
        return lines.stream()
                .filter(line -> line.contains("Failed to fetch"))
                .reduce((first, last) -> last)
                .or(() -> lines.stream().filter(line -> line.startsWith("E: ")).findFirst())
                .orElseGet(run::lastLine)
                .replaceFirst("^[EW]: ", "apt: ")
                .strip();
    }
}
