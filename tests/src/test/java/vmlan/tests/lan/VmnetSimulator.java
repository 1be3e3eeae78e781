package vmlan.tests.lan;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import vmlan.tests.Checkout;
import vmlan.tests.real.Await;

/// A Mac's networks on the host of a [TestLan]: the simulator of vmnet (host/src/test/c/vmnet), with which vmlan on
/// Linux
/// behaves as on a Mac; a stand-in for socket_vmnet; and what Apple has behind them. An interface is a tap, `vmenet0`
/// as
/// macOS calls it.
final class VmnetSimulator {
    static final String TAP = "vmenet0";
    /// What macOS gives a host network unless it is asked for another.
    static final String HOST4 = "192.168.105.1";

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final TestLan lan;

    VmnetSimulator(TestLan lan) {
        this.lan = lan;
    }

    /// Compiles the simulator.
    ///
    /// @return for `$VMLAN_VMNET_LIBRARY`
    Path library() throws IOException, InterruptedException {
        Path library = lan.folder().resolve("libvmnet.so");
        List<String> words = new ArrayList<>(List.of("gcc", "-std=gnu11", "-O1", "-fPIC", "-shared", "-pthread"));
        words.addAll(List.of("-fvisibility=hidden", "-Wl,-Bsymbolic", "-DMACOS=1500", "-o", library.toString()));
        try (Stream<Path> sources = Files.list(Checkout.folder().resolve("host/src/test/c/vmnet"))) {
            sources.map(Path::toString)
                    .filter(name -> name.endsWith(".c"))
                    .sorted()
                    .forEach(words::add);
        }
        new Words(words).good();
        return library;
    }

    /// A tap on the segment that the host's en0 is on, as Apple's bridge joins the two.
    void bridge() throws IOException, InterruptedException {
        tap();
        lan.ip(Machine.LAN, "link add p-apple type veth peer name apple netns " + lan.namespace(Machine.HOST));
        lan.ip(Machine.LAN, "link set p-apple master br0 up");
        lan.ip(Machine.HOST, "link add bridge100 type bridge mcast_snooping 0");
        quiet("bridge100");
        quiet("apple");
        for (String member : List.of("apple", TAP)) {
            lan.ip(Machine.HOST, "link set " + member + " master bridge100 up");
        }
        lan.ip(Machine.HOST, "link set bridge100 up");
    }

    /// A tap that is the host's own on a segment of Apple's, with the DHCP service of macOS, which dnsmasq stands for.
    void segment() throws IOException, InterruptedException {
        tap();
        lan.ip(Machine.HOST, "addr add " + HOST4 + "/24 dev " + TAP);
        lan.ip(Machine.HOST, "link set " + TAP + " up");
        Path log = lan.evidence().resolve("bootpd.log");
        lan.start(
                Machine.HOST,
                log,
                "dnsmasq",
                "-C",
                "/dev/null",
                "-k",
                "--port=0",
                "--interface=" + TAP,
                "--bind-dynamic",
                "--dhcp-authoritative",
                "--dhcp-range=192.168.105.2,192.168.105.254,1h",
                "--no-ping",
                "--dhcp-leasefile=" + lan.folder().resolve("bootpd.leases"),
                "--pid-file=" + lan.folder().resolve("bootpd.pid"),
                "--log-dhcp",
                "--log-facility=-",
                "--user=root");
        Await.until(
                "dnsmasq to serve " + TAP,
                LIMIT,
                () -> Files.readString(log).contains("DHCP, IP range") ? Optional.of(true) : Optional.empty(),
                () -> Files.readString(log));
    }

    private void tap() throws IOException, InterruptedException {
        lan.ip(Machine.HOST, "tuntap add mode tap name " + TAP);
        quiet(TAP);
    }

    /// It says nothing of its own.
    private void quiet(String nic) throws IOException, InterruptedException {
        lan.in(Machine.HOST, "sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/" + nic + "/disable_ipv6");
    }

    /// Starts what stands for a socket_vmnet.
    ///
    /// @param name of its socket
    Process daemon(String name) throws IOException, InterruptedException {
        Path source = lan.folder().resolve("daemon.c");
        try (InputStream in = VmnetSimulator.class.getResourceAsStream("daemon.c")) {
            Files.write(source, in.readAllBytes());
        }
        Path program = lan.folder().resolve("daemon");
        Words.of("gcc", "-Wall", "-Werror", "-O1", "-o", program.toString(), source.toString())
                .good();
        return start(name);
    }

    /// The same again, after its end.
    Process start(String name) throws IOException {
        Path log = lan.evidence().resolve("socket_vmnet.log");
        Process daemon = lan.start(
                Machine.HOST,
                log,
                lan.folder().resolve("daemon").toString(),
                lan.folder().resolve(name).toString(),
                TAP);
        Await.until(
                "the daemon to listen",
                LIMIT,
                () -> Files.readString(log).contains("ready") ? Optional.of(true) : Optional.empty(),
                () -> Files.readString(log));
        return daemon;
    }
}
