package vmlan.program.hostdns;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.ShellWords;

/// `vmlan dns`: tells the host's resolver who knows `*.vmlan.internal`, and takes that back.
public final class HostDns {
    /// Beside mDNS' 5353, and assigned to nobody (IANA's registry of ports, 5391 to 5396).
    private static final int FIRST_PORT = 5391;

    private static final int PORTS = 40;

    private final Places places;
    private final Path root;
    private final String launcher;
    private final boolean mac;
    private final IntSupplier systemdVersion;
    private final boolean bySudo;

    /// @param bySudo whether sudo may be asked for what takes rights
    public HostDns(Places places, String launcher, boolean mac, boolean bySudo) {
        this(places, Path.of("/"), launcher, mac, HostDns::systemdVersion, bySudo);
    }

    /// @param root `/`, and another folder in tests: nothing outside of it is written then
    HostDns(Places places, Path root, String launcher, boolean mac, IntSupplier systemdVersion, boolean bySudo) {
        this.places = places;
        this.root = root;
        this.launcher = launcher;
        this.mac = mac;
        this.systemdVersion = systemdVersion;
        this.bySudo = bySudo;
    }

    /// Where things stand.
    ///
    /// @param resolver of this host; empty where it cannot be told about a domain
    /// @param installed what was told by this user
    /// @param isThere whether the host's resolver has been told exactly that
    /// @param answers whether somebody answers at the port now
    public record Status(
            Optional<HostResolver> resolver, Optional<HostDnsSettings> installed, boolean isThere, boolean answers) {}

    public Status status() throws Failure {
        Optional<HostDnsSettings> installed = HostDnsSettings.read(places, line -> {});
        boolean isThere = installed.isPresent()
                && portOf(installed.get().resolver())
                        .equals(OptionalInt.of(installed.get().port()));
        return new Status(
                resolver(),
                installed,
                isThere,
                installed.isPresent() && !isFree(installed.get().port()));
    }

    /// @return what is installed now
    public HostDnsSettings install() throws Failure {
        HostResolver resolver = resolver().orElseThrow(HostDns::nobody);
        checkServers(resolver);
        Optional<HostDnsSettings> before = HostDnsSettings.read(places, line -> {});
        OptionalInt there = portOf(resolver);
        if (there.isPresent() && !before.map(HostDnsSettings::port).equals(Optional.of(there.getAsInt()))) {
            throw Failure.usage(
                    resolver.file(root) + " is there already, for another user or another folder of vmlan's",
                    "that one takes it away by: vmlan dns remove; or remove the file as root");
        }
        if (before.isPresent() && before.get().resolver() != resolver) {
            // the host has got another one since
            script(List.of("remove", before.get().resolver().word()));
        }
        int port = before.isPresent() ? before.get().port() : freePort();
        HostDnsSettings settings = new HostDnsSettings(resolver, port);
        if (there.isEmpty()) {
            script(List.of("install", resolver.word(), Integer.toString(port)));
        }
        settings.write(places);
        return settings;
    }

    private void checkServers(HostResolver resolver) throws Failure {
        try {
            Optional<Path> others =
                    resolver == HostResolver.RESOLVED ? HostResolver.globalServers(root) : Optional.empty();
            if (others.isPresent()) {
                throw Failure.world(
                        "systemd-resolved has servers for all names in " + others.get()
                                + ", and beside these it takes none for one domain before systemd 258",
                        "give these servers to a link instead (systemd.network(5), NetworkManager), then type it again");
            }
        } catch (IOException e) {
            throw Failure.world(
                    "cannot read systemd-resolved's configuration: " + Places.reason(e), "check its permissions", e);
        }
    }

    /// @return whether there was something to take back
    public boolean remove() throws Failure {
        Optional<HostDnsSettings> installed = HostDnsSettings.read(places, line -> {});
        if (installed.isEmpty()) {
            return false;
        }
        if (Files.exists(installed.get().resolver().file(root))) {
            script(List.of("remove", installed.get().resolver().word()));
        }
        HostDnsSettings.forget(places);
        return true;
    }

    private static Failure nobody() {
        return Failure.world(
                "nobody on this host can be told who knows *.vmlan.internal: names are resolved by /etc/resolv.conf"
                        + " alone, which has servers for all names or none",
                "use systemd-resolved (since 246) or NetworkManager with dns=dnsmasq; without either there are vmlan"
                        + " ssh, vmlan ssh-config --install, vmlan ip and published ports");
    }

    private Optional<HostResolver> resolver() throws Failure {
        try {
            return HostResolver.of(root, mac, systemdVersion);
        } catch (IOException e) {
            throw Failure.world(
                    "cannot tell who resolves names here: " + Places.reason(e), "check the permissions of /etc", e);
        }
    }

    /// `systemd 252 (252.39-1~deb12u1)`
    private static int systemdVersion() {
        try {
            Process process = new ProcessBuilder("resolvectl", "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher matcher = Pattern.compile("^systemd ([0-9]{1,5})\\b").matcher(said);
            return process.waitFor(10, TimeUnit.SECONDS) && matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /// The port that a file of ours names; empty when there is none.
    private OptionalInt portOf(HostResolver resolver) throws Failure {
        Path file = resolver.file(root);
        if (!Files.exists(file)) {
            return OptionalInt.empty();
        }
        try {
            Matcher port = Pattern.compile("127\\.0\\.0\\.1[:#]([0-9]{1,5})|^port ([0-9]{1,5})$", Pattern.MULTILINE)
                    .matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            return port.find()
                    ? OptionalInt.of(Integer.parseInt(port.group(1) != null ? port.group(1) : port.group(2)))
                    : OptionalInt.of(0);
        } catch (IOException e) {
            throw Failure.world("cannot read " + file + ": " + Places.reason(e), "check its permissions", e);
        }
    }

    private static int freePort() throws Failure {
        for (int port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
            if (isFree(port)) {
                return port;
            }
        }
        throw Failure.world(
                "no port of 127.0.0.1 from " + FIRST_PORT + " to " + (FIRST_PORT + PORTS - 1) + " is free",
                "end what has them: ss -lntup");
    }

    private static boolean isFree(int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
        try (DatagramSocket datagrams = new DatagramSocket(null);
                ServerSocket streams = new ServerSocket()) {
            datagrams.bind(address);
            streams.setReuseAddress(true);
            streams.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Writes or removes what takes rights.
    private void script(List<String> arguments) throws Failure {
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh",
                Path.of(launcher).resolveSibling("setup/host-names.sh").toString()));
        command.addAll(arguments);
        boolean real = root.equals(Path.of("/"));
        if (!real) {
            command.addAll(List.of("--root", root.toString()));
        }
        boolean isRoot = "root".equals(System.getProperty("user.name"));
        if (real && !isRoot) {
            if (!bySudo) {
                throw Failure.world(
                        "to tell the host's resolver takes rights",
                        "add --sudo to the command; it types: sudo " + ShellWords.join(command));
            }
            command.addFirst("sudo");
        }
        try {
            Process process = new ProcessBuilder(command)
                    .inheritIO()
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor() != 0) {
                throw Failure.world(
                        "the host's resolver could not be told",
                        "see above; it was tried by: " + ShellWords.join(command));
            }
        } catch (IOException e) {
            throw Failure.world(
                    command.getFirst() + " cannot be started: " + Places.reason(e),
                    "as root, type: " + ShellWords.join(command),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.world("interrupted", "try again");
        }
    }
}
