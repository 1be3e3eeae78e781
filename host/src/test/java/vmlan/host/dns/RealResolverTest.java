package vmlan.host.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.host.EventLoop;
import vmlan.network.FrameSink;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.dns.DnsCount;
import vmlan.network.dns.DnsLimits;
import vmlan.network.dns.DnsServer;
import vmlan.network.dns.DnsServers;
import vmlan.network.dns.DnsService;
import vmlan.network.dns.DnsSettings;
import vmlan.network.dns.FixedNames;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;

/// `dig` asks dnsmasq, and asks it by way of us: both times it hears the same.
class RealResolverTest {
    /// Below those that the kernel chooses from (ip_local_port_range), so that nobody gets it by chance.
    private static final int NOBODYS_PORT = 1;

    @TempDir
    Path folder;

    private final List<Process> processes = new ArrayList<>();
    private EventLoop loop;
    private Thread thread;
    private DnsService service;
    private DnsSockets sockets;
    private DnsFront front;
    private Path resolvConf;
    /// By the last number of a server's address in the file.
    private volatile int[] ports;

    @BeforeEach
    void begin() throws Exception {
        ports = new int[] {0, dnsmasq("192.0.2.80"), NOBODYS_PORT};
        resolvConf = folder.resolve("resolv.conf");
        Files.writeString(resolvConf, "nameserver 127.0.0.1\n");
        loop = new EventLoop(Throwable::printStackTrace);
        sockets = new DnsSockets(loop, 100);
        service = new DnsService(
                new DnsSettings(
                        "vmlan.internal",
                        List.of(IpAddress.parse("192.168.64.1")),
                        Ipv4Prefix.parse("192.168.64.0/24"),
                        Ipv6Prefix.parse("fd00:1:2:3::/64"),
                        DnsLimits.USUAL),
                new FixedNames(Map.of("web", List.of(IpAddress.parse("192.168.64.2")))),
                List.of(),
                atTheirPorts(new ResolvConfServers(resolvConf)),
                sockets,
                new SecureRandom());
        SwitchPort guest = new Switch(16, 1_000_000_000L).connect("web-0", false, port -> new Nowhere());
        front = new DnsFront(loop, service, guest);
        thread = Thread.ofPlatform()
                .name("loop")
                .start(() -> loop.run(now -> {
                    service.tick(now);
                    return service.nanosToTick(now);
                }));
    }

    @AfterEach
    void end() throws Exception {
        loop.stop();
        thread.join(TimeUnit.SECONDS.toMillis(60));
        front.close();
        loop.close();
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    /// The guest's frames are not looked at here.
    private static final class Nowhere implements FrameSink {
        @Override
        public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {}

        @Override
        public void flush() {}
    }

    /// The file has no place for a port.
    private DnsServers atTheirPorts(DnsServers file) {
        return new DnsServers() {
            @Override
            public List<DnsServer> serversOf(String name, long now) {
                return file.serversOf(name, now).stream()
                        .map(server -> new DnsServer(
                                IpAddress.parse("127.0.0.1"),
                                "",
                                ports[server.address().ipv4().bits() & 0xff]))
                        .toList();
            }

            @Override
            public long changes() {
                return file.changes();
            }
        };
    }

    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                    DatagramSocket udp = new DatagramSocket(null)) {
                udp.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), tcp.getLocalPort()));
                return tcp.getLocalPort();
            } catch (java.net.BindException e) {
                // the same number is in use for UDP
            }
        }
    }

    /// Another process may take a port before dnsmasq does, which cannot be told to choose one: then it is another.
    private int dnsmasq(String address) throws Exception {
        while (true) {
            int port = freePort();
            Process process = dnsmasq(port, address);
            Path log = folder.resolve("dnsmasq-" + port + ".log");
            long begin = System.nanoTime();
            // It is not there before its port is; until then dig hears at once that it is refused.
            while (!dig(port, "+tries=1 +time=1 www.example A").contains("NOERROR")) {
                if (!process.isAlive()) {
                    assertThat(Files.readString(log)).contains("in use");
                    break;
                }
                assertThat(System.nanoTime() - begin)
                        .as("dnsmasq does not answer: " + Files.readString(log))
                        .isLessThan(TimeUnit.SECONDS.toNanos(60));
            }
            if (process.isAlive()) {
                return port;
            }
        }
    }

    private Process dnsmasq(int port, String address) throws Exception {
        String txt = ("x".repeat(250) + ",").repeat(6);
        String dnsmasq = Files.isExecutable(Path.of("/usr/sbin/dnsmasq")) ? "/usr/sbin/dnsmasq" : "dnsmasq";
        Process process = new ProcessBuilder(
                        dnsmasq,
                        "--keep-in-foreground",
                        "--conf-file=/dev/null",
                        "--pid-file=",
                        "--no-resolv",
                        "--no-hosts",
                        "--log-facility=-",
                        "--listen-address=127.0.0.1",
                        "--bind-interfaces",
                        "--port=" + port,
                        "--local-ttl=60",
                        "--neg-ttl=60",
                        "--local=/example/",
                        "--local=/in-addr.arpa/",
                        "--host-record=www.example," + address + ",2001:db8::80",
                        "--cname=a.example,b.example",
                        "--cname=b.example,www.example",
                        "--mx-host=example,mail.example,10",
                        "--srv-host=_ldap._tcp.example,www.example,389,1,2",
                        "--txt-record=txt.example,some words",
                        "--txt-record=big.example," + txt.substring(0, txt.length() - 1),
                        "--dns-rr=odd.example,65399,0102030405",
                        "--ptr-record=9.2.0.192.in-addr.arpa,www.example")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("dnsmasq-" + port + ".log").toFile())
                .start();
        processes.add(process);
        return process;
    }

    private static String dig(int port, String arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of("dig", "@127.0.0.1", "-p", Integer.toString(port)));
        words.addAll(List.of(arguments.split(" ")));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private String ask(String arguments) throws Exception {
        return dig(front.port(), arguments);
    }

    private long count(DnsCount what) throws Exception {
        return loop.call(() -> service.count(what)).get(60, TimeUnit.SECONDS);
    }

    /// All but what differs by its nature: id, times, cookies, the server's own port, the order in which dnsmasq deals
    /// out records, and a second that has passed in the cache.
    private static String comparable(String output) {
        return output.lines()
                .filter(line -> !line.startsWith("; <<>>")
                        && !line.startsWith("; COOKIE")
                        && !line.startsWith(";; Query time")
                        && !line.startsWith(";; SERVER")
                        && !line.startsWith(";; WHEN"))
                .map(line -> line.replaceAll("id: \\d+", "id").replaceAll("\t5[0-9]\t", "\t60\t"))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "www.example A",
                "www.example AAAA",
                "WwW.eXaMpLe A",
                "a.example A",
                "a.example CNAME",
                "example MX",
                "_ldap._tcp.example SRV",
                "txt.example TXT",
                "odd.example TYPE65399",
                "-x 192.0.2.9",
                "-x 192.0.2.10",
                "nobody.example A",
                "www.example MX",
                "www.example ANY",
                "www.example A +noedns",
                "www.example A +dnssec",
                "www.example A +cdflag +adflag",
                "www.example A +nocookie +bufsize=600",
                "www.example A +norecurse",
                "www.example A +subnet=192.0.2.0/24",
                "www.example A +ednsopt=65001:0102",
                "www.example A +edns=1 +noednsnegotiation",
                "www.example A +tcp",
                "version.bind CH TXT",
                "big.example TXT +ignore +bufsize=512",
                "big.example TXT +ignore +noedns",
                "big.example TXT +noedns",
                "big.example TXT +bufsize=4096",
                "big.example TXT +tcp"
            })
    void whatTheServerSaysIsHeard(String question) throws Exception {
        String direct = comparable(dig(ports[1], question));
        assertThat(direct).contains("status:");

        assertThat(comparable(ask(question))).isEqualTo(direct);
        // and from the cache, where it may be kept
        assertThat(comparable(ask(question))).isEqualTo(direct);
    }

    @Test
    void theCacheAnswersAndCountsDown() throws Exception {
        ask("+nocookie www.example A");
        assertThat(count(DnsCount.CACHED)).isZero();
        assertThat(ask("+nocookie wwW.example A")).contains("192.0.2.80");
        assertThat(count(DnsCount.CACHED)).isEqualTo(1);
    }

    @Test
    void manyQuestionsOnOneConnectionAreAnswered() throws Exception {
        assertThat(ask("+tcp +keepopen +short www.example A www.example AAAA txt.example TXT web A"))
                .isEqualTo("192.0.2.80\n2001:db8::80\n\"some words\"\n192.168.64.2\n");
    }

    @Test
    void ownNamesNeedNoServer() throws Exception {
        assertThat(ask("+short -x 192.168.64.2")).isEqualTo("web.vmlan.internal.\n");
        assertThat(ask("nobody.vmlan.internal A")).contains("NXDOMAIN").contains("SOA");
        assertThat(count(DnsCount.ASKED)).isZero();
    }

    @Test
    void aChangeOfTheServersIsFollowed() throws Exception {
        assertThat(ask("+short +nocookie www.example A")).isEqualTo("192.0.2.80\n");
        ports = new int[] {0, ports[1], dnsmasq("192.0.2.81")};
        Files.writeString(folder.resolve("new"), "nameserver 127.0.0.2\n");
        Files.move(folder.resolve("new"), resolvConf, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        long begin = System.nanoTime();
        String heard = "";
        while (!heard.equals("192.0.2.81\n") && System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(60)) {
            heard = ask("+short +nocookie www.example A");
        }
        assertThat(heard).isEqualTo("192.0.2.81\n");
    }

    @Test
    void aServerThatIsNotThereIsSaidAtOnceAndASecondOneHelps() throws Exception {
        Files.writeString(resolvConf, "nameserver 127.0.0.2\n");
        long begin = System.nanoTime();
        assertThat(ask("+tries=1 +time=60 www.example A")).contains("SERVFAIL");
        assertThat(ask("+tcp +tries=1 +time=60 www.example A")).contains("SERVFAIL");
        assertThat(count(DnsCount.ASKED))
                .as("once by each transport; one that is silent is asked three times by UDP alone")
                .isLessThan(4);

        Files.writeString(resolvConf, "nameserver 127.0.0.2\nnameserver 127.0.0.1\n");
        Files.setLastModifiedTime(resolvConf, java.nio.file.attribute.FileTime.fromMillis(1));
        String heard = "";
        while (!heard.equals("192.0.2.80\n") && System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(60)) {
            heard = ask("+short www.example A");
        }
        assertThat(heard).isEqualTo("192.0.2.80\n");
    }

    @Test
    void aServerThatIsSilentIsAnsweredServfailWithinFiveSeconds() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
            Files.writeString(resolvConf, "nameserver 127.0.0.2\n");
            ports = new int[] {0, ports[1], silent.getLocalPort()};
            long begin = System.nanoTime();
            assertThat(ask("+tries=1 +time=60 www.example A")).contains("SERVFAIL");
            assertThat(System.nanoTime() - begin)
                    .as("three tries, and a busy machine")
                    .isBetween(TimeUnit.MILLISECONDS.toNanos(4400), TimeUnit.SECONDS.toNanos(20));
            assertThat(loop.call(sockets::open).get(60, TimeUnit.SECONDS))
                    .as("all sockets are closed")
                    .isZero();
        }
    }
}
