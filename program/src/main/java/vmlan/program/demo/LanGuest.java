package vmlan.program.demo;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.program.message.Failure;

/// A demo guest on the LAN: what it has and whom it reaches, by its own shell. It has busybox, of which `wget`
/// is not to be used: the static one dies in the C library's name look-up.
public final class LanGuest {
    private static final Duration ASK_LIMIT = Duration.ofSeconds(30);
    private static final Pattern IPV4 = Pattern.compile("inet (192\\.168\\.77\\.[0-9]+)/");
    /// One that is still being tested cannot be used yet (RFC 4862 §5.4).
    private static final Pattern IPV6 =
            Pattern.compile("inet6 (2001:db8:77:[0-9a-f:]+)/[0-9]+ scope global(?! [a-z ]*tentative)");

    private static final Pattern MAC = Pattern.compile("link/ether ([0-9a-f:]{17})");
    private static final Pattern TIME = Pattern.compile("time=([0-9]{1,6}(?:\\.[0-9]{1,6})?) ms");

    private final String name;
    private final GuestShell shell;
    private String ipv4;
    private String ipv6;
    private String mac;

    public LanGuest(String name, GuestShell shell) {
        this.name = name;
        this.shell = shell;
    }

    public String name() {
        return name;
    }

    /// The address of the LAN's own network that it had when it was asked last; empty: none yet.
    public Optional<String> ipv4() {
        return Optional.ofNullable(ipv4);
    }

    /// Likewise, of the LAN's own prefix.
    public Optional<String> ipv6() {
        return Optional.ofNullable(ipv6);
    }

    public Optional<String> mac() {
        return Optional.ofNullable(mac);
    }

    private GuestShell.Result run(String command, Duration limit) throws Failure {
        return shell.run(command, limit);
    }

    /// Asks it for its addresses.
    void look(Duration limit) throws Failure {
        String links = run("ip addr", limit).output();
        ipv4 = first(IPV4, links);
        ipv6 = first(IPV6, links);
        mac = first(MAC, links);
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : null;
    }

    /// One echo, and what `ping` says about it.
    Outcome ping(String address, Duration limit) throws Failure {
        long start = System.nanoTime();
        int seconds = Math.clamp(limit.toSeconds(), 1, 3);
        String program = address.contains(":") ? "ping6" : "ping";
        GuestShell.Result result = run(program + " -c 1 -W " + seconds + " " + address, ASK_LIMIT);
        long nanos = System.nanoTime() - start;
        if (!result.succeeded()) {
            return Outcome.no("no answer from " + address, nanos);
        }
        String millis = first(TIME, result.output());
        return Outcome.yes("", millis == null ? nanos : (long) (Double.parseDouble(millis) * 1e6));
    }

    /// Gets `/` by HTTP.
    Outcome fetch(String address, int tcpPort, Duration limit) throws Failure {
        long start = System.nanoTime();
        int seconds = Math.clamp(limit.toSeconds(), 1, 5);
        String connect = "nc -w " + seconds + " " + address + " " + tcpPort;
        GuestShell.Result result = run("printf 'GET / HTTP/1.0\\r\\n\\r\\n' | " + connect, ASK_LIMIT);
        return new Outcome(result.output().contains("200 OK"), result.output(), System.nanoTime() - start);
    }

    /// What it knows of its neighbours, a line each.
    String neighbours() throws Failure {
        return run("ip neigh; ip -6 neigh; cat /proc/net/arp", ASK_LIMIT).output();
    }
}
