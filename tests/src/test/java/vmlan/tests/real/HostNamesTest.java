package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import vmlan.program.files.Fields;

/// What the host's resolver is answered at the port that `vmlan dns install` tells it of; the
/// installation itself is written by hand, so that the host's own resolver is left alone.
class HostNamesTest {
    private static String dig(int port, String... question) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(
                List.of("dig", "@127.0.0.1", "-p", Integer.toString(port), "+tries=1", "+time=20"));
        command.addAll(List.of(question));
        Process dig = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(dig.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        dig.waitFor();
        return said;
    }

    private static void awaitShort(int port, String expected, String... question) {
        String[] shortly = new String[question.length + 1];
        shortly[0] = "+short";
        System.arraycopy(question, 0, shortly, 1, question.length);
        Await.until(
                String.join(" ", question),
                Duration.ofSeconds(60),
                () -> dig(port, shortly).strip().equals(expected) ? Optional.of(true) : Optional.empty(),
                () -> dig(port, question));
    }

    /// Free for UDP and TCP, and below those that the system usually gives to whoever says none, dig for one (32768 and
    /// more: ip-sysctl.rst, ip_local_port_range): they may be somebody's by the time the network wants them.
    private static int portThatNobodyIsGiven() throws IOException {
        Random random = new Random();
        while (true) {
            InetSocketAddress address =
                    new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), random.nextInt(20_000, 32_000));
            try (ServerSocket tcp = new ServerSocket();
                    DatagramSocket udp = new DatagramSocket(null)) {
                tcp.bind(address);
                udp.bind(address);
                return address.getPort();
            } catch (BindException e) {
                // somebody's
            }
        }
    }

    private static String ipv4(Installation vmlan, String vm) throws Exception {
        return vmlan.vmlan("ip", "--timeout", "180", vm).good().strip();
    }

    @Test
    void guestsOfAllNetworksAreKnownAndAnotherNetworkTakesOverFromOneThatWasKilled() throws Exception {
        int port = portThatNobodyIsGiven();
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            Files.writeString(
                    Files.createDirectories(vmlan.home().resolve("state")).resolve("dns.json"),
                    "{\"resolver\": \"resolved\", \"port\": " + port + "}");
            assertThat(Installation.object(
                                    vmlan.vmlan("dns", "status", "--json").good())
                            .flag("answers"))
                    .as("no network runs")
                    .isFalse();
            assertThat(dig(port, "web.vmlan.internal")).contains("connection refused");
            vmlan.vmlan("run", "-d", "--name", "web").good();
            vmlan.vmlan("run", "-d", "--name", "db", "--net", "private").good();
            String web = ipv4(vmlan, "web");
            String db = ipv4(vmlan, "db");
            for (String transport : List.of("+notcp", "+tcp")) {
                awaitShort(port, web, transport, "web.vmlan.internal");
                awaitShort(port, db, transport, "db.vmlan.internal");
            }
            awaitShort(port, "web.vmlan.internal.", "-x", web);
            assertThat(dig(port, "WEB.vmlan.internal", "AAAA")).contains("status: NOERROR");
            assertThat(dig(port, "nobody.vmlan.internal")).contains("status: NXDOMAIN");
            assertThat(dig(port, "example.com")).contains("status: REFUSED");
            assertThat(dig(port, "-x", "127.0.0.1")).contains("status: REFUSED");
            Fields status =
                    Installation.object(vmlan.vmlan("dns", "status", "--json").good());
            assertThat(status.flag("answers")).isTrue();
            assertThat(status.number("port")).isEqualTo(port);

            // shared was there first, so it holds the port
            Installation.signal("KILL", vmlan.networkPid("shared"));
            awaitShort(port, db, "db.vmlan.internal");
            assertThat(dig(port, "web.vmlan.internal"))
                    .as("its network is gone")
                    .contains("status: NXDOMAIN");
            vmlan.vmlan("ps").good();
            awaitShort(port, web, "web.vmlan.internal");
        }
    }
}
