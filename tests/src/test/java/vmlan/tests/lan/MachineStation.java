package vmlan.tests.lan;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import vmlan.tests.real.Await;
import vmlan.tests.real.Installation;

/// A machine of the testbed, with socat.
final class MachineStation implements Station {
    private final TestLan lan;
    private final Machine machine;
    private final String ipv4;
    private final String ipv6;
    private final Path sent;
    private final Path received;
    private Process listener;

    MachineStation(TestLan lan, Machine machine) {
        this(lan, machine, machine.ipv4(), machine.ipv6());
    }

    /// With other addresses than those on the LAN.
    MachineStation(TestLan lan, Machine machine, String ipv4, String ipv6) {
        this.lan = lan;
        this.machine = machine;
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
        sent = lan.folder().resolve(machine.suffix() + ".sent");
        received = lan.folder().resolve(machine.suffix() + ".received");
    }

    Machine machine() {
        return machine;
    }

    @Override
    public String ipv4() {
        return ipv4;
    }

    @Override
    public String ipv6() {
        return ipv6;
    }

    @Override
    public String ping(String address, int count) throws IOException, InterruptedException {
        return shell("ping -b -n -i 0.3 -c " + count + " -W 10 " + address);
    }

    @Override
    public String shell(String line) throws IOException, InterruptedException {
        return lan.tryIn(machine, "sh", "-c", line).text();
    }

    @Override
    public String makeFile(int megabytes) throws IOException {
        // The bytes need only be unlike any others; they are the same each time.
        Random random = new Random(machine.mac().hashCode());
        byte[] bytes = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(sent)) {
            for (int i = 0; i < megabytes; i++) {
                random.nextBytes(bytes);
                out.write(bytes);
            }
        }
        return md5(sent);
    }

    @Override
    public void listen() throws IOException {
        listener = lan.start(
                machine,
                lan.folder().resolve(machine.suffix() + ".socat"),
                "socat",
                "-u",
                "TCP6-LISTEN:" + TCP_PORT + ",ipv6-v6only=0,reuseaddr",
                "CREATE:" + received);
        Await.until(
                machine + " to listen",
                Words.LIMIT,
                () -> lan.tryIn(machine, "grep", LISTENING, "/proc/net/tcp6").exitCode() == 0
                        ? Optional.of(true)
                        : Optional.empty(),
                () -> Files.readString(lan.folder().resolve(machine.suffix() + ".socat")));
    }

    @Override
    public void send(String address) throws IOException, InterruptedException {
        boolean ipv6 = address.contains(":");
        lan.in(
                machine,
                "socat",
                "-u",
                "OPEN:" + sent,
                (ipv6 ? "TCP6:[" + address + "]" : "TCP4:" + address) + ":" + TCP_PORT + ",connect-timeout=20");
    }

    @Override
    public String received() throws IOException, InterruptedException {
        if (!listener.waitFor(Installation.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            listener.destroyForcibly();
            throw new AssertionError(
                    machine + " has not received all; there are " + Files.size(received) + " bytes of it");
        }
        String sum = md5(received);
        Files.delete(received);
        return sum;
    }

    @Override
    public Echoes echoes() throws IOException, InterruptedException {
        return Echoes.parse(lan.in(machine, "sh", "-c", Echoes.COMMAND));
    }

    static String md5(String text) {
        return HexFormat.of().formatHex(md5().digest(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static String md5(Path file) throws IOException {
        MessageDigest digest = md5();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = new byte[1 << 20];
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                digest.update(bytes, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /// busybox has it, and this is no matter of security.
    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return machine.suffix();
    }
}
