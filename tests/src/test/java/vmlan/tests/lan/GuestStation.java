package vmlan.tests.lan;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.tests.real.Await;
import vmlan.tests.real.GuestConsole;
import vmlan.tests.real.Installation;

/// A demo guest, by way of its console. What it says of itself is believed: it is the witness.
public final class GuestStation implements Station {
    private static final Pattern IPV4 = Pattern.compile("inet (\\d+(?:\\.\\d+){3})/\\d+ ");
    private static final Pattern SLAAC = Pattern.compile("inet6 ([0-9a-f:]+)/64 scope global(?! tentative)");
    private static final Pattern MAC = Pattern.compile("link/ether ([0-9a-f:]{17}) ");
    private static final Pattern MD5 = Pattern.compile("(?m)^([0-9a-f]{32})  /tmp/");

    private static final Pattern HEX =
            Pattern.compile(GuestConsole.onConsole("begin\r\n").pattern() + "([0-9a-f.\\s]*\\.)");
    private static final Pattern SAID = Pattern.compile("(?s)(.*)([0-9a-f]{32})  -\n");

    /// Of programs in the guest, below the limit for its console: a shell that hangs would fail all later tests, too.
    private static final int LIMIT_SECONDS = 150;

    private final Installation vmlan;
    private final String name;

    public GuestStation(Installation vmlan, String name) {
        this.vmlan = vmlan;
        this.name = name;
    }

    String name() {
        return name;
    }

    @Override
    public String shell(String line) throws IOException, InterruptedException {
        return type(line);
    }

    /// Types a line at its shell, and gives what it printed. On a busy machine the emulated serial port repeats
    /// characters, one in a few hundred. So the text comes with its sum, and each byte as two digits and a point.
    public String type(String command) throws IOException, InterruptedException {
        String show = "echo be''gin; { cat /tmp/said; md5sum </tmp/said; } | hexdump -v -e '/1 \"%02x.\"'; echo";
        String log = vmlan.inGuest(name, "{ " + command + "; } >/tmp/said 2>&1; " + show);
        for (int i = 0; i < 10; i++) {
            Matcher hex = HEX.matcher(log);
            Matcher said = SAID.matcher(hex.find() ? bytes(hex.group(1)) : "");
            if (said.matches() && MachineStation.md5(said.group(1)).equals(said.group(2))) {
                return said.group(1);
            }
            log = vmlan.inGuest(name, show);
        }
        throw new AssertionError("the console of " + name + " cannot be read:\n" + log);
    }

    /// 455. and 445. are 45, 44. and 444. are 44.
    private static String bytes(String stuttered) {
        StringBuilder text = new StringBuilder();
        for (String digits : stuttered.split("[.\\s]+")) {
            if (!digits.isEmpty()) {
                char high = digits.charAt(0);
                char low = digits.charAt(digits.length() - 1);
                text.append((char) (Character.digit(high, 16) << 4 | Character.digit(low, 16)));
            }
        }
        return text.toString();
    }

    private String address(String what, Pattern pattern) {
        return Await.until(
                what + " of " + name,
                Installation.LIMIT,
                () -> find(pattern, type("ip addr show dev eth0")),
                () -> vmlan.consoleLog(name));
    }

    private static Optional<String> find(Pattern pattern, String text) {
        Matcher match = pattern.matcher(text);
        return match.find() ? Optional.of(match.group(1)) : Optional.empty();
    }

    @Override
    public String ipv4() {
        return address("the lease", IPV4);
    }

    /// The autoconfigured one.
    @Override
    public String ipv6() {
        return address("the autoconfigured address", SLAAC);
    }

    /// Bytes of a frame that has come in, on the average between two calls.
    Received counted() throws IOException, InterruptedException {
        String folder = "/sys/class/net/eth0/statistics/";
        String said = type("echo $(cat " + folder + "rx_packets) $(cat " + folder + "rx_bytes) counted");
        Matcher match = Pattern.compile("(\\d+) (\\d+) counted").matcher(said);
        if (!match.find()) {
            throw new AssertionError("no counters from " + name + ":\n" + said);
        }
        return new Received(Long.parseLong(match.group(1)), Long.parseLong(match.group(2)));
    }

    record Received(long frames, long bytes) {
        long bytesPerFrameSince(Received before) {
            return (bytes - before.bytes) / Math.max(1, frames - before.frames);
        }
    }

    String mac() {
        return address("the MAC address", MAC);
    }

    /// Asks for an address by DHCPv6, and gives it.
    String dhcpv6() throws IOException, InterruptedException {
        String said = type("timeout " + LIMIT_SECONDS + " " + Dhcpv6Client.COMMAND + " eth0");
        return find(Pattern.compile("dhcpv6 (" + Pattern.quote(TestLan.PREFIX6) + "[0-9a-f:]+)"), said)
                .orElseThrow(() -> new AssertionError("no address by DHCPv6:\n" + said));
    }

    @Override
    public String ping(String address, int count) throws IOException, InterruptedException {
        return type("ping -c " + count + " -i 0.3 -W 10 " + address);
    }

    @Override
    public String makeFile(int megabytes) throws IOException, InterruptedException {
        return sum(type("dd if=/dev/urandom of=/tmp/sent bs=1M count=" + megabytes + " 2>/dev/null; md5sum /tmp/sent"));
    }

    private String sum(String said) {
        return find(MD5, said).orElseThrow(() -> new AssertionError("no MD5 from " + name + ":\n" + said));
    }

    /// busybox's nc closes its half when its standard input ends, and socat and another nc then end before all has
    /// come: so it reads from a pipe that has a writer, itself, and never an end.
    @Override
    public void listen() throws IOException, InterruptedException {
        type("[ -p /tmp/never ] || mkfifo /tmp/never; { timeout " + LIMIT_SECONDS + " nc -l -p " + TCP_PORT
                + " <>/tmp/never >/tmp/received & }; until grep -q '" + LISTENING
                + "' /proc/net/tcp /proc/net/tcp6; do sleep 0.1; done");
    }

    /// nc ends when its peer has closed, after it has closed its own half at the end of the file.
    @Override
    public void send(String address) throws IOException, InterruptedException {
        type("timeout " + LIMIT_SECONDS + " nc " + address + " " + TCP_PORT + " </tmp/sent >/dev/null");
    }

    @Override
    public String received() throws IOException, InterruptedException {
        return sum(type("wait; md5sum /tmp/received; rm /tmp/received"));
    }

    @Override
    public Echoes echoes() throws IOException, InterruptedException {
        return Echoes.parse(type(Echoes.COMMAND));
    }

    @Override
    public String toString() {
        return "guest " + name;
    }
}
