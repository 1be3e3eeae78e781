package vmlan.tests.nat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.tests.real.Await;

/// The guest's NIC: a tap whose frames a program carries to and from a stream socket. Closing it takes it away.
public final class NativeGuest implements AutoCloseable {
    public static final String NIC = "eth0";
    public static final String MAC = "52:54:00:00:00:77";

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern GLOBAL =
            Pattern.compile("inet6 (f[cd][0-9a-f:]+|2[0-9a-f:]+)/\\d+ scope global(?! tentative)");
    private static final Pattern IPV4 = Pattern.compile("inet (\\d+(?:\\.\\d+){3})/\\d+ ");

    private final TestInternet internet;
    private final Process pump;

    private NativeGuest(TestInternet internet, Process pump) {
        this.internet = internet;
        this.pump = pump;
    }

    public static NativeGuest attach(TestInternet internet, Path socket, int mtu)
            throws IOException, InterruptedException {
        internet.ip(Place.GUEST, "tuntap add " + NIC + " mode tap");
        internet.ip(Place.GUEST, "link set " + NIC + " address " + MAC + " mtu " + mtu);
        Process pump = internet.start(
                Place.GUEST, "pump", "ready", CProgram.PUMP.path().toString(), NIC, socket.toString());
        internet.ip(Place.GUEST, "link set " + NIC + " up");
        return new NativeGuest(internet, pump);
    }

    public Process pump() {
        return pump;
    }

    /// An address by DHCP, and one that the kernel makes itself of the gateway's advertisement; resolver and default
    /// routes with them.
    public void configure() throws IOException, InterruptedException {
        internet.in(
                Place.GUEST,
                "busybox",
                "udhcpc",
                "-i",
                NIC,
                "-n",
                "-q",
                "-f",
                "-t",
                "60",
                "-T",
                "1",
                "-s",
                CProgram.resource("lease.sh").toString());
        ipv6();
    }

    /// Addresses that somebody else says.
    public void configure(String ipv4, String gateway) throws IOException, InterruptedException {
        internet.ip(Place.GUEST, "addr replace " + ipv4 + " dev " + NIC);
        internet.ip(Place.GUEST, "route replace default via " + gateway);
    }

    String ipv4() throws IOException, InterruptedException {
        return find(IPV4).orElseThrow(() -> new AssertionError("the guest has no IPv4 address"));
    }

    String ipv6() {
        return Await.until(
                "the guest's IPv6 address and route",
                LIMIT,
                () -> internet.in(Place.GUEST, "ip", "-6", "route", "show", "default")
                                .contains("via")
                        ? find(GLOBAL)
                        : Optional.empty(),
                () -> internet.in(Place.GUEST, "ip", "addr"));
    }

    /// Of the default route.
    String gateway4() throws IOException, InterruptedException {
        List<String> words = List.of(
                internet.in(Place.GUEST, "ip", "route", "show", "default").split(" "));
        return words.get(words.indexOf("via") + 1);
    }

    private Optional<String> find(Pattern pattern) throws IOException, InterruptedException {
        Matcher match = pattern.matcher(internet.in(Place.GUEST, "ip", "addr", "show", "dev", NIC));
        return match.find() ? Optional.of(match.group(1)) : Optional.empty();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        internet.end(pump);
        internet.ip(Place.GUEST, "link del " + NIC);
    }
}
