package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.program.files.Fields;

/// How the host reaches a guest by the commands: published ports, `connect`, `ssh`. The demo guest has a web page.
class WaysInTest {
    private static final String PAGE = "This is web, the demo guest of vmlan.";
    private static final String REQUEST = "GET / HTTP/1.0\r\n\r\n";

    private static String page(String address, int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral(address), port)) {
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static int hostPort(String rule) {
        return Integer.parseInt(rule.substring(0, rule.indexOf(':')));
    }

    private static List<String> published(Installation vmlan) throws Exception {
        return vmlan.vm("web").objects("networks").getFirst().texts("published");
    }

    private static String typed(Installation vmlan, String input, String... arguments) throws Exception {
        Installation.Running running = vmlan.start(Installation.Redirect.PIPE, List.of(), arguments);
        try (OutputStream in = running.process().getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.US_ASCII));
        }
        return running.await().good();
    }

    /// The TCP sockets with which a process listens.
    private static List<String> listening(long pid) throws IOException {
        List<String> sockets = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    sockets.add(Files.readSymbolicLink(descriptor).toString());
                } catch (NoSuchFileException e) {
                    // the process has closed it: it listens no more with that
                }
            }
        }
        List<String> listening = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            // net/ipv4/tcp_ipv4.c, tcp4_seq_show: the fourth column is the state, 0A listens, the tenth the inode
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table))) {
                String[] columns = line.strip().split("\\s+");
                if (columns[3].equals("0A") && sockets.contains("socket:[" + columns[9] + "]")) {
                    listening.add(columns[1]);
                }
            }
        }
        return listening;
    }

    @Test
    void publishedPortsLeadToTheGuestUntilTheyAreTakenBackOrItStops() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            Fields started = Installation.object(vmlan.vmlan("run", "-d", "--json", "--name", "web", "-p", "0:80")
                    .good());
            int port = hostPort(started.texts("published").getFirst());
            // who comes while the guest boots is waited for ten seconds (GuestDialerTest): a busy machine needs more
            vmlan.vmlan("ip", "--timeout", "300", "web").good();
            assertThat(page("127.0.0.1", port)).contains(PAGE);
            assertThat(page("::1", port)).contains(PAGE);
            assertThat(published(vmlan)).containsExactly(port + ":80");
            assertThat(vmlan.vmlan("ps").good()).contains(port + ":80");

            String line =
                    vmlan.vmlan("publish", "web", "127.0.0.1:0:80", "0:53/udp").good();
            assertThat(line).contains("→ web:80").contains("→ web:53/udp");
            String second = published(vmlan).get(1);
            int secondPort = Integer.parseInt(second.split(":", -1)[1]);
            assertThat(page("127.0.0.1", secondPort)).contains(PAGE);
            assertThat(vmlan.vmlan("publish", "web", "0:81", port + ":80").bad(1))
                    .as("all or none")
                    .contains("web has '" + port + ":80' published");
            assertThat(published(vmlan)).hasSize(3);

            long pid = vmlan.networkPid("shared");
            Installation.signal("KILL", pid);
            ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
            assertThat(vmlan.vmlan("ps").good()).as("revived").contains(port + ":80");
            assertThat(page("127.0.0.1", port)).contains(PAGE);

            vmlan.vmlan("unpublish", "web", second).good();
            assertThatThrownBy(() -> page("127.0.0.1", secondPort)).hasMessageContaining("refused");
            assertThat(page("127.0.0.1", port)).contains(PAGE);
            vmlan.vmlan("unpublish", "web", "--all").good();
            assertThat(published(vmlan)).isEmpty();
            assertThat(listening(vmlan.networkPid("shared")))
                    .as("ports of the host at which the control API could be reached by a guest")
                    .isEmpty();
            vmlan.vmlan("publish", "web", port + ":80").good();
            vmlan.vmlan("stop", "--force", "web").good();
            assertThatThrownBy(() -> page("127.0.0.1", port)).hasMessageContaining("refused");
        }
    }

    @Test
    void aPortThatCannotBeHadStopsTheStartBeforeQemuRuns() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10);
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            String said = vmlan.vmlan("run", "-d", "-p", "0:22", "-p", taken.getLocalPort() + ":80")
                    .bad(1);
            assertThat(said)
                    .contains("127.0.0.1:" + taken.getLocalPort() + " cannot be published: it is in use by")
                    .contains("(pid " + ProcessHandle.current().pid() + ")");
            assertThat(vmlan.ps()).isEmpty();
            assertThat(vmlan.qemus()).isEmpty();
            assertThat(Installation.object(vmlan.vmlan("network", "show", "shared", "--json")
                                    .good())
                            .objects("published"))
                    .isEmpty();
        }
    }

    @Test
    void wrongRulesAndNetworksWithoutAGatewayAreWrongUsage() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            assertThat(vmlan.vmlan("run", "-p", "80").bad(2)).contains("it names no port of the guest");
            assertThat(vmlan.vmlan("run", "-p", "80:80/icmp").bad(2)).contains("neither tcp nor udp");
            assertThat(vmlan.vmlan("run", "--net", "user", "-p", "8080:80").bad(2))
                    .contains("needs a network of ours");
            assertThat(vmlan.vmlan("run", "--net", "none", "--allow-host", "80").bad(2))
                    .contains("needs a network of ours");
            assertThat(vmlan.vmlan("run", "--allow-host", "x").bad(2)).contains("'x' is not a port of the host");
            assertThat(vmlan.vmlan("publish", "nobody", "80:80").bad(2)).contains("there is no VM 'nobody'");
            assertThat(vmlan.vmlan("unpublish", "nobody").bad(2)).contains("which ports");
            assertThat(vmlan.vmlan("connect", "nobody").bad(2)).contains("is not NAME:PORT");
            assertThat(vmlan.vmlan("ssh", "-l", "a", "b@c").bad(2)).contains("two users");
            assertThat(vmlan.vmlan("network", "set", "shared").bad(2)).contains("nothing was said");
            assertThat(vmlan.vmlan("network", "set", "bridged-en0", "--allow-host", "80")
                            .bad(2))
                    .contains("no gateway of ours");
            assertThat(vmlan.ps()).isEmpty();
        }
    }

    @Test
    void connectJoinsStandardInputAndOutputAndSshGoesThatWay() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            vmlan.vmlan("run", "-d", "--name", "web").good();
            vmlan.vmlan("ip", "--timeout", "180", "web").good();
            // The guest serves when it has its address, or soon after.
            vmlan.awaitConsole("web", ":~#");
            assertThat(typed(vmlan, REQUEST, "connect", "web:80")).contains(PAGE);
            assertThat(vmlan.vmlan("connect", "web:81").bad(1)).contains("web refuses connections (port 81)");

            vmlan.inGuest("web", "httpd -p 22 -h /");
            Path config = Files.writeString(
                    vmlan.home().resolve("ssh.conf"), vmlan.vmlan("ssh-config").good());
            for (String host : List.of("web", "web.vmlan.internal", "root@web")) {
                assertThat(sshSays(config, host))
                        .as("what answers at the guest's port 22, to the system's ssh: " + host)
                        .contains("banner line 0: HTTP/1.");
            }
            Path folder = Files.createDirectories(vmlan.home().resolve("config/programs"));
            Path ssh = Files.writeString(folder.resolve("ssh"), FAKE_SSH);
            Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwxr-xr-x"));
            vmlan.with("PATH", folder + ":" + System.getenv("PATH"));
            Installation.Result result = vmlan.vmlan("ssh", "-l", "root", "web", "--", "-v", "uname");
            assertThat(result.exitCode()).as("ssh's own").isEqualTo(7);
            assertThat(result.out())
                    .contains("HTTP/1")
                    .contains("HostKeyAlias=web.vmlan.internal")
                    .contains("UserKnownHostsFile=\"" + vmlan.home().resolve("state/vms/web/known_hosts") + "\"")
                    .contains("-l root web.vmlan.internal -v uname");
        }
    }

    private static String sshSays(Path config, String host) throws Exception {
        Process ssh = new ProcessBuilder("ssh", "-v", "-F", config.toString(), "-o", "BatchMode=yes", host, "true")
                .redirectErrorStream(true)
                .start();
        ssh.getOutputStream().close();
        String said = new String(ssh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        ssh.waitFor();
        return said;
    }

    /// Goes the way that it is told, and says what it was told.
    private static final String FAKE_SSH = """
            #!/bin/sh
            echo "$*"
            for word; do
                case $word in
                ProxyCommand=*) printf 'GET / HTTP/1.0\\r\\n\\r\\n' | sh -c "exec ${word#ProxyCommand=}" ;;
                esac
            done
            exit 7
            """;
}
