package vmlan.tests.lan;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import vmlan.tests.real.Await;
import vmlan.tests.real.Installation;

/// The LAN; see the package. Closing it removes all of it, and fails when a program still ran in it.
final class TestLan implements AutoCloseable {
    static final String PREFIX4 = "192.168.77.";
    static final String PREFIX6 = "2001:db8:77:";
    static final String BROADCAST = PREFIX4 + "255";

    /// Addresses of the router's that are not of the segment (RFC 5737, RFC 3849).
    static final String OUTSIDE4 = "198.51.100.1";

    static final String OUTSIDE6 = "2001:db8:99::1";

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// How the host hangs on the LAN.
    enum Link {
        CABLE,
        /// As an access point treats a station: a frame with another source MAC than the station's is dropped and
        /// counted, the station sees unicast for its own MAC only, and its own group frames come back to it.
        WIFI_LIKE
    }

    private final String name = LanNames.fresh();
    private final Link link;
    private final int mtu;
    private final Path folder;
    private final List<Process> programs = new ArrayList<>();

    private TestLan(Link link, int mtu, Path folder) {
        this.link = link;
        this.mtu = mtu;
        this.folder = folder;
    }

    static TestLan create(Link link) throws IOException, InterruptedException {
        return create(link, 1500);
    }

    static TestLan create(Link link, int mtu) throws IOException, InterruptedException {
        if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            throw new AssertionError(
                    "the LAN of these tests is made of network namespaces by root; start them as root");
        }
        LanNames.removeLeftovers();
        TestLan lan = new TestLan(link, mtu, Files.createTempDirectory("vmlan-lan"));
        try {
            lan.build();
            return lan;
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            try {
                lan.close();
            } catch (AssertionError second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private void build() throws IOException, InterruptedException {
        for (Machine machine : Machine.values()) {
            Words.of("ip", "netns", "add", namespace(machine)).good();
            ip(machine, "link set lo up");
            // so that a ping of a group counts at every receiver
            sysctl(machine, "net/ipv4/icmp_echo_ignore_broadcasts", "0");
        }
        // without snooping: a querier would be needed, and the first reports take seconds
        ip(Machine.LAN, "link add br0 mtu " + mtu + " type bridge mcast_snooping 0");
        ip(Machine.LAN, "link set br0 up");
        // The bridge takes part in nothing itself.
        sysctl(Machine.LAN, "net/ipv6/conf/br0/disable_ipv6", "1");
        buildRouter();
        plug(Machine.OTHER);
        addresses(Machine.OTHER);
        plugHost();
        awaitAutoconfigured(Machine.OTHER);
        awaitAutoconfigured(Machine.HOST);
    }

    private void buildRouter() throws IOException, InterruptedException {
        plug(Machine.ROUTER);
        addresses(Machine.ROUTER);
        ip(Machine.ROUTER, "addr add " + OUTSIDE4 + "/32 dev lo");
        ip(Machine.ROUTER, "addr add " + OUTSIDE6 + "/128 dev lo");
        sysctl(Machine.ROUTER, "net/ipv4/ip_forward", "1");
        sysctl(Machine.ROUTER, "net/ipv6/conf/all/forwarding", "1");
        String nic = Machine.ROUTER.nic();
        start(
                Machine.ROUTER,
                log(),
                "dnsmasq",
                "-C",
                "/dev/null",
                "-k",
                "--port=0",
                "--interface=" + nic,
                "--bind-interfaces",
                "--dhcp-authoritative",
                "--dhcp-range=" + PREFIX4 + "100," + PREFIX4 + "199,1h",
                "--dhcp-range=" + PREFIX6 + ":1000," + PREFIX6 + ":1fff,slaac,64,1h",
                "--enable-ra",
                "--ra-param=" + nic + ",5,1800",
                "--no-resolv",
                "--no-hosts",
                "--no-ping",
                "--dhcp-leasefile=" + leaseFile(),
                "--pid-file=" + folder.resolve("dnsmasq.pid"),
                "--log-dhcp",
                "--log-facility=-",
                "--user=root");
        Await.until(
                "dnsmasq to serve " + nic,
                LIMIT,
                () -> routerLog().contains("router advertisement on " + PREFIX6) ? Optional.of(true) : Optional.empty(),
                this::routerLog);
    }

    /// The host's NIC with its addresses; also again after [#unplugHost].
    void plugHost() throws IOException, InterruptedException {
        plug(Machine.HOST);
        if (link == Link.WIFI_LIKE) {
            ip(Machine.LAN, "link set " + Machine.HOST.port() + " type bridge_slave hairpin on");
            if (!new Words(words(Machine.LAN, "nft", "list", "tables")).good().contains("air")) {
                accessPoint();
            }
        }
        addresses(Machine.HOST);
    }

    /// Takes the NIC out of the host.
    void unplugHost() throws IOException, InterruptedException {
        ip(Machine.LAN, "link del " + Machine.HOST.port());
    }

    private void accessPoint() throws IOException, InterruptedException {
        String port = Machine.HOST.port();
        String station = Machine.HOST.mac();
        Path rules = folder.resolve("air.nft");
        Files.writeString(rules, """
                table bridge air {
                  counter foreign {
                  }
                  chain in {
                    type filter hook prerouting priority -300
                    iifname "%1$s" ether saddr != %2$s counter name foreign drop
                  }
                  chain out {
                    type filter hook forward priority -300
                    oifname "%1$s" ether daddr & 01:00:00:00:00:00 == 00:00:00:00:00:00 ether daddr != %2$s drop
                  }
                }
                """.formatted(port, station));
        in(Machine.LAN, "nft", "-f", rules.toString());
    }

    /// How many frames the access point has dropped because of their source MAC.
    long foreignFrames() throws IOException, InterruptedException {
        var answer = JSON.std.mapFrom(in(Machine.LAN, "nft", "-j", "list", "counter", "bridge", "air", "foreign"));
        for (Object entry : (List<?>) answer.get("nftables")) {
            if (((java.util.Map<?, ?>) entry).get("counter") instanceof java.util.Map<?, ?> counter) {
                return ((Number) counter.get("packets")).longValue();
            }
        }
        throw new AssertionError("no counter in " + answer);
    }

    /// A cable from the bridge to a machine's NIC.
    private void plug(Machine machine) throws IOException, InterruptedException {
        ip(
                Machine.LAN,
                "link add %s mtu %d type veth peer name %s mtu %d address %s netns %s"
                        .formatted(machine.port(), mtu, machine.nic(), mtu, machine.mac(), namespace(machine)));
        ip(Machine.LAN, "link set " + machine.port() + " master br0 up");
        sysctl(Machine.LAN, "net/ipv6/conf/" + machine.port() + "/disable_ipv6", "1");
    }

    /// The NIC up and its addresses on it; a NIC that was down has lost those of IPv6.
    void addresses(Machine machine) throws IOException, InterruptedException {
        String nic = machine.nic();
        ip(machine, "link set " + nic + " up");
        ip(machine, "addr replace " + machine.ipv4() + "/24 brd " + BROADCAST + " dev " + nic);
        ip(machine, "addr replace " + machine.ipv6() + "/64 dev " + nic + " nodad");
        if (machine != Machine.ROUTER) {
            ip(machine, "route replace default via " + Machine.ROUTER.ipv4() + " dev " + nic);
            ip(machine, "-6 route replace default via " + Machine.ROUTER.ipv6() + " dev " + nic + " metric 512");
        }
    }

    /// The router's advertisement has come, so that from now on the machine's addresses and routes stay as they are.
    void awaitAutoconfigured(Machine machine) {
        Await.until(
                "autoconfigured addresses of " + machine,
                LIMIT,
                () -> {
                    String addresses = in(machine, "ip", "-6", "addr", "show", "dev", machine.nic());
                    return addresses.contains("dynamic")
                                    && addresses.contains("inet6 fe80:")
                                    && !addresses.contains("tentative")
                            ? Optional.of(true)
                            : Optional.empty();
                },
                () -> in(machine, "ip", "addr") + "\n" + routerLog());
    }

    Link link() {
        return link;
    }

    String namespace(Machine machine) {
        return name + "-" + machine.suffix();
    }

    /// The words that make a command run on a machine.
    List<String> words(Machine machine, String... words) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace(machine)));
        all.addAll(List.of(words));
        return all;
    }

    /// Runs a program on a machine, and gives what it printed. It must succeed.
    String in(Machine machine, String... words) throws IOException, InterruptedException {
        return new Words(words(machine, words)).good();
    }

    /// Runs a program on a machine, with whatever end.
    Words.Output tryIn(Machine machine, String... words) throws IOException, InterruptedException {
        return new Words(words(machine, words)).run();
    }

    /// Starts a program that goes on until it or the LAN ends.
    Process start(Machine machine, Path out, String... words) throws IOException {
        Process process = new Words(words(machine, words)).start(out);
        programs.add(process);
        return process;
    }

    /// `ip` on a machine.
    void ip(Machine machine, String line) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("ip", "-n", namespace(machine)));
        words.addAll(List.of(line.split(" ")));
        new Words(words).good();
    }

    private void sysctl(Machine machine, String path, String value) throws IOException, InterruptedException {
        // not sysctl(8): a package of its own. /proc/sys/net is the namespace's of who opens it.
        in(machine, "sh", "-c", "echo " + value + " >/proc/sys/" + path);
    }

    /// A place for files that are gone with the LAN.
    Path folder() {
        return folder;
    }

    /// A place for what may explain a failure; it stays.
    Path evidence() throws IOException {
        return Files.createDirectories(Evidence.FOLDER.resolve(name));
    }

    private Path log() throws IOException {
        return evidence().resolve("router.log");
    }

    /// What dnsmasq said, from the beginning.
    String routerLog() throws IOException {
        return Files.readString(log());
    }

    private Path leaseFile() {
        return folder.resolve("leases");
    }

    /// Waits for words in dnsmasq's leases. It empties the file and writes it anew with each change (its
    /// lease_update_file), and for DHCPv6 only after the client has its answer (its dhcp6_packet): a single
    /// look may be too early.
    void awaitLease(String words) {
        Await.until(
                "'" + words + "' in the router's leases",
                Installation.LIMIT,
                () -> leases().contains(words) ? Optional.of(true) : Optional.empty(),
                () -> leases() + "\n" + routerLog());
    }

    /// dnsmasq's leases, a line each; at times they are just being written.
    private String leases() throws IOException {
        return Files.exists(leaseFile()) ? Files.readString(leaseFile()) : "";
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (Process program : programs) {
            program.destroy();
            if (!program.waitFor(5, java.util.concurrent.TimeUnit.SECONDS)) {
                program.destroyForcibly().waitFor();
            }
        }
        List<String> left = new ArrayList<>();
        for (Machine machine : Machine.values()) {
            left.addAll(LanNames.remove(namespace(machine)));
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        if (!left.isEmpty()) {
            throw new AssertionError("left running on the LAN:\n" + String.join("\n", left));
        }
    }
}
