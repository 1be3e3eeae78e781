package vmlan.tests.nat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import vmlan.tests.lan.Evidence;
import vmlan.tests.lan.LanNames;
import vmlan.tests.lan.MachineLock;
import vmlan.tests.lan.Words;
import vmlan.tests.real.Await;

/// The namespaces; see the package. Closing it removes them, and fails when a program still ran in one.
public final class TestInternet implements AutoCloseable {
    /// The host on its LAN (RFC 5737, RFC 3849), and its router, which is the internet.
    public static final String HOST4 = "192.0.2.10";

    public static final String HOST6 = "2001:db8:2::10";
    public static final String ROUTER4 = "192.0.2.1";
    public static final String ROUTER6 = "2001:db8:2::1";

    /// Servers beyond the router.
    public static final String SERVER4 = "198.51.100.1";

    public static final String SERVER6 = "2001:db8:99::1";

    /// Where the router says at once that there is nobody.
    static final String UNREACHABLE4 = "203.0.113.9";

    static final String UNREACHABLE6 = "2001:db8:dead::9";

    /// A host behind one more router.
    static final String BEYOND4 = "203.0.113.129";

    static final String BEYOND6 = "2001:db8:beef::1";

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String name = LanNames.fresh();
    private final Path folder;
    private final List<Process> programs = new ArrayList<>();
    private final Map<Place, Map<String, Path>> mounted = new EnumMap<>(Place.class);
    private final Map<Place, NamespaceThreads> threads = new EnumMap<>(Place.class);

    private TestInternet(Path folder) {
        this.folder = folder;
        for (Place place : Place.values()) {
            threads.put(place, new NamespaceThreads(namespace(place)));
        }
    }

    public static TestInternet create() throws IOException, InterruptedException {
        if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            throw new AssertionError("these tests make network namespaces; start them as root");
        }
        LanNames.removeLeftovers();
        TestInternet internet = new TestInternet(Files.createTempDirectory(Path.of("/tmp"), "vmlan-nat"));
        try {
            internet.build();
            return internet;
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            try {
                internet.close();
            } catch (AssertionError second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private void build() throws IOException, InterruptedException {
        for (Place place : Place.values()) {
            Words.of("ip", "netns", "add", namespace(place)).good();
            ip(place, "link set lo up");
            // Many short connections: all ports, and again after a second.
            sysctl(place, "net/ipv4/ip_local_port_range", "10000 65000");
            sysctl(place, "net/ipv4/tcp_tw_reuse", "1");
        }
        cubic();
        ip(Place.HOST, "link add en0 type veth peer name e0 netns " + namespace(Place.INTERNET));
        ip(Place.INTERNET, "link set e0 up");
        ip(Place.INTERNET, "addr add " + ROUTER4 + "/24 dev e0");
        ip(Place.INTERNET, "addr add " + ROUTER6 + "/64 dev e0 nodad");
        ip(Place.INTERNET, "addr add " + SERVER4 + "/32 dev lo");
        ip(Place.INTERNET, "addr add " + SERVER6 + "/128 dev lo");
        sysctl(Place.INTERNET, "net/ipv4/ip_forward", "1");
        sysctl(Place.INTERNET, "net/ipv6/conf/all/forwarding", "1");
        // tests ask for more errors in a second than a router would send
        sysctl(Place.INTERNET, "net/ipv4/icmp_ratelimit", "0");
        sysctl(Place.INTERNET, "net/ipv6/icmp/ratelimit", "0");
        ip(Place.INTERNET, "link add b0 type veth peer name e0 netns " + namespace(Place.BEYOND));
        ip(Place.INTERNET, "link set b0 up");
        ip(Place.INTERNET, "addr add 198.18.0.1/24 dev b0");
        ip(Place.INTERNET, "addr add 2001:db8:18::1/64 dev b0 nodad");
        ip(Place.BEYOND, "link set e0 up");
        ip(Place.BEYOND, "addr add 198.18.0.2/24 dev e0");
        ip(Place.BEYOND, "addr add 2001:db8:18::2/64 dev e0 nodad");
        ip(Place.BEYOND, "addr add " + BEYOND4 + "/32 dev lo");
        ip(Place.BEYOND, "addr add " + BEYOND6 + "/128 dev lo");
        ip(Place.BEYOND, "route add default via 198.18.0.1");
        ip(Place.BEYOND, "-6 route add default via 2001:db8:18::1");
        ip(Place.INTERNET, "route add " + BEYOND4 + "/32 via 198.18.0.2");
        ip(Place.INTERNET, "-6 route add " + BEYOND6 + "/128 via 2001:db8:18::2");
        unreachable();
        ip(Place.HOST, "link set en0 up");
        ip(Place.HOST, "addr add " + HOST4 + "/24 dev en0");
        ip(Place.HOST, "route add default via " + ROUTER4);
        ipv6(true);
        resolver(Place.HOST, "nameserver " + SERVER4 + "\n");
        hosts(Place.HOST, "127.0.0.1 localhost\n");
        resolver(Place.GUEST, "");
        hosts(Place.GUEST, "127.0.0.1 localhost\n");
    }

    /// By a filter: of `unreachable` routes the kernel tells each peer once a second at most (ip_error in
    /// net/ipv4/route.c).
    private void unreachable() throws IOException, InterruptedException {
        in(Place.INTERNET, "nft", """
                table inet unreachable {
                  chain forward {
                    type filter hook forward priority 0
                    ip daddr %s reject with icmp type host-unreachable
                    ip6 daddr %s reject with icmpv6 type addr-unreachable
                  }
                }
                """.formatted(UNREACHABLE4, UNREACHABLE6));
        ip(Place.INTERNET, "route add " + UNREACHABLE4 + "/32 via 198.18.0.2");
        ip(Place.INTERNET, "-6 route add " + UNREACHABLE6 + "/128 via 2001:db8:18::2");
    }

    /// The machine's own choice would be compared otherwise, and bbr is not what a NAT is to be measured
    /// with. Only what the whole machine allows may be chosen in a namespace (ip-sysctl,
    /// tcp_allowed_congestion_control); that is as it was afterwards.
    private void cubic() throws IOException, InterruptedException {
        Path allowed = Path.of("/proc/sys/net/ipv4/tcp_allowed_congestion_control");
        try (MachineLock lock = MachineLock.take()) {
            String before = Files.readString(allowed).strip();
            Files.writeString(allowed, before + " cubic");
            try {
                for (Place place : Place.values()) {
                    sysctl(place, "net/ipv4/tcp_congestion_control", "cubic");
                }
            } finally {
                Files.writeString(allowed, before);
            }
        }
    }

    /// Gives the host IPv6, or takes it away: then there is neither address nor route.
    void ipv6(boolean on) throws IOException, InterruptedException {
        sysctl(Place.HOST, "net/ipv6/conf/en0/disable_ipv6", on ? "0" : "1");
        if (on) {
            ip(Place.HOST, "-6 addr add " + HOST6 + "/64 dev en0 nodad");
            ip(Place.HOST, "-6 route add default via " + ROUTER6);
        }
    }

    /// Writes the namespace's /etc/resolv.conf, in place: programs that run there have this file mounted.
    void resolver(Place place, String lines) throws IOException {
        Files.writeString(etc(place, "resolv.conf"), lines);
    }

    String resolver(Place place) throws IOException {
        return Files.readString(etc(place, "resolv.conf"));
    }

    /// The same for /etc/hosts.
    void hosts(Place place, String lines) throws IOException {
        Files.writeString(etc(place, "hosts"), lines);
    }

    private Path etc(Place place, String file) throws IOException {
        return Files.createDirectories(Path.of("/etc/netns", namespace(place))).resolve(file);
    }

    public String namespace(Place place) {
        return name + "-" + place.suffix();
    }

    /// The words that make a command run in a place.
    public List<String> words(Place place, String... words) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace(place)));
        mounted.getOrDefault(place, Map.of())
                .forEach((at, file) -> all.addAll(List.of(
                        "sh", "-c", "mount --bind \"$0\" \"$1\" && shift && exec \"$@\"", file.toString(), at)));
        all.addAll(List.of(words));
        return all;
    }

    /// Programs that are run in a place from now on see this file in another one's place, such as in /proc.
    void mount(Place place, String at, Path file) {
        mounted.computeIfAbsent(place, any -> new LinkedHashMap<>()).put(at, file);
    }

    /// Runs a program in a place, and gives what it printed. It must succeed.
    public String in(Place place, String... words) throws IOException, InterruptedException {
        return new Words(words(place, words)).good();
    }

    Words.Output tryIn(Place place, String... words) throws IOException, InterruptedException {
        return new Words(words(place, words)).run();
    }

    /// Runs Java there, on a thread of its own, to its end.
    <T> T call(Place place, Callable<T> task) throws Exception {
        return threads.get(place).call(task);
    }

    /// Begins to run Java there.
    <T> CompletableFuture<T> begin(Place place, Callable<T> task) {
        return threads.get(place).start(task);
    }

    /// Starts a program that goes on until it or the namespaces end; when it has printed the line, this returns.
    ///
    /// @param ready null not to wait
    public Process start(Place place, String log, String ready, String... words) throws IOException {
        Path out = log(log);
        Process process = new Words(words(place, words)).start(out);
        programs.add(process);
        if (ready != null) {
            Await.until(
                    "'" + ready + "' of " + String.join(" ", words),
                    LIMIT,
                    () -> {
                        if (Files.readString(out).contains(ready)) {
                            return Optional.of(true);
                        }
                        if (!process.isAlive()) {
                            throw new AssertionError(String.join(" ", words) + " ended:\n" + Files.readString(out));
                        }
                        return Optional.empty();
                    },
                    () -> Files.readString(out));
        }
        return process;
    }

    /// Ends one of those.
    public void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        programs.remove(process);
    }

    /// `ip` in a place.
    public void ip(Place place, String line) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("ip", "-n", namespace(place)));
        words.addAll(List.of(line.split(" ")));
        new Words(words).good();
    }

    public void sysctl(Place place, String path, String value) throws IOException, InterruptedException {
        in(place, "sh", "-c", "echo " + value + " >/proc/sys/" + path);
    }

    /// A place for files that are gone with it.
    public Path folder() {
        return folder;
    }

    /// A file for what may explain a failure; it stays.
    public Path log(String log) throws IOException {
        return Files.createDirectories(Evidence.FOLDER.resolve(name)).resolve(log + ".log");
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (Process program : List.copyOf(programs)) {
            end(program);
        }
        List<String> left = new ArrayList<>();
        for (Place place : Place.values()) {
            left.addAll(LanNames.remove(namespace(place)));
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        if (!left.isEmpty()) {
            throw new AssertionError("left running:\n" + String.join("\n", left));
        }
    }
}
