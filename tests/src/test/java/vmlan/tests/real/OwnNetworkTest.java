package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;
import static vmlan.tests.real.GuestConsole.onConsole;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vmlan.program.files.Fields;
import vmlan.tests.Checkout;

/// A network of networks.yaml, from `create` to `rm`, with real guests on it.
class OwnNetworkTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String SUBNET = "10.219.37";

    private static Fields show(Installation vmlan) throws Exception {
        return Installation.object(
                vmlan.vmlan("network", "show", "lab", "--json").good());
    }

    private static void awaitSetting(Installation vmlan, String name, Object value) {
        Await.until(
                name + " to be " + value,
                LIMIT,
                () -> {
                    Object now =
                            show(vmlan).object("settings").object(name).values().get("value");
                    return value.equals(now) ? Optional.of(now) : Optional.empty();
                },
                () -> vmlan.vmlan("network", "logs", "lab").good());
    }

    /// Answers each connection with a word.
    private static ServerSocket greeter() throws IOException {
        ServerSocket server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    try (Socket client = server.accept()) {
                        client.getOutputStream().write("hello from the host\n".getBytes(StandardCharsets.US_ASCII));
                    }
                }
            } catch (IOException e) {
                // The test is over.
            }
        });
        return server;
    }

    @Test
    void theCommandsOfTheDocumentsWork() throws Exception {
        String page = Files.readString(Checkout.folder().resolve("docs/networks.md"));
        int begin = page.indexOf("```\nvmlan network create");
        List<String> commands = page.substring(begin + 4, page.indexOf("```", begin + 4))
                .lines()
                .map(line -> line.replaceAll(" *#.*", ""))
                .toList();
        assertThat(commands).hasSizeGreaterThan(4);
        try (Installation vmlan = Installation.withoutQemu(List.of())) {
            for (String command : commands) {
                String[] words = command.split(" +");
                vmlan.vmlan(Arrays.copyOfRange(words, 1, words.length)).good();
            }
        }
    }

    @Test
    void aNetworkIsMadeUsedChangedAndRemoved() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10);
                ServerSocket host = greeter()) {
            vmlan.vmlan(
                            "network",
                            "create",
                            "lab",
                            "--ipv4",
                            SUBNET + ".0/24",
                            "--reserve",
                            "web=" + SUBNET + ".77",
                            "--mtu",
                            "4000",
                            "--lease",
                            "10m")
                    .good();
            Path file = vmlan.home().resolve("config/networks.yaml");
            assertThat(Files.readString(file)).contains("lab:", "web: " + SUBNET + ".77");
            assertThat(vmlan.vmlan("network", "ls").good()).containsPattern("lab +shared +stopped");
            assertThat(vmlan.vmlan("network", "check").good()).isEmpty();

            // Whoever comes first does not get it, whatever it asks for.
            assertThat(vmlan.vmlan("run", "-d", "--name", "db", "--net", "lab,ip=" + SUBNET + ".77")
                            .bad(1))
                    .contains("reserves " + SUBNET + ".77 for web");
            vmlan.vmlan("run", "-d", "--name", "db", "--net", "lab").good();
            vmlan.vmlan("run", "-d", "--name", "web", "--net", "lab").good();
            assertThat(vmlan.vmlan("ip", "--timeout", "180", "web").good()).isEqualTo(SUBNET + ".77");
            String db = vmlan.vmlan("ip", "--timeout", "180", "db").good();
            assertThat(db).startsWith(SUBNET + ".").isNotEqualTo(SUBNET + ".77");
            vmlan.awaitConsole("web", ":~#");
            assertThat(vmlan.inGuest("db", "ping -c 2 -W 5 web.vmlan.internal"))
                    .containsPattern(onConsole(" 0% packet loss"));
            assertThat(vmlan.inGuest("db", "ip link show eth0")).containsPattern(onConsole("mtu 4000"));
            assertThat(vmlan.inGuest("db", "ping -c 2 -s 3900 -W 5 " + SUBNET + ".1"))
                    .containsPattern(onConsole(" 0% packet loss"));
            assertThat(vmlan.vmlan("leases", "--json").good()).contains("\"lab\"", SUBNET + ".77");

            String block = Files.readString(file);
            int port = host.getLocalPort();
            Files.writeString(
                    file,
                    block + "    isolated: true\n    allow-host: [" + port + "]\n    names: {mirror: 10.0.0.7}\n");
            awaitSetting(vmlan, "isolated", true);
            assertThat(vmlan.inGuest("db", "ping -c 2 -W 2 " + SUBNET + ".77"))
                    .containsPattern(onConsole(" 100% packet loss"));
            assertThat(vmlan.inGuest("db", "nc host.vmlan.internal " + port + " </dev/null"))
                    .containsPattern(onConsole("hello from the host"));
            assertThat(vmlan.inGuest("db", "nslookup mirror.vmlan.internal")).containsPattern(onConsole("10.0.0.7"));

            Files.writeString(file, block + "    colour: red\n");
            assertThat(vmlan.vmlan("run", "-d", "--name", "third", "--net", "lab")
                            .bad(2))
                    .contains("networks.yaml:")
                    .contains("a network has no setting 'colour'");
            assertThat(vmlan.vmlan("ps").good())
                    .as("what needs no file goes on")
                    .contains("web", "db");
            Files.writeString(file, block);
            awaitSetting(vmlan, "isolated", false);

            assertThat(vmlan.vmlan("network", "rm", "lab").bad(2)).contains("has VMs that run: db, web");
            vmlan.vmlan("stop", "--force", "web").good();
            vmlan.vmlan("stop", "--force", "db").good();
            vmlan.vmlan("network", "rm", "lab").good();
            assertThat(Files.readString(file)).doesNotContain("lab:").contains("networks:");
            assertThat(vmlan.home().resolve("state/networks/lab/network.json")).doesNotExist();
            assertThat(vmlan.vmlan("run", "-d", "--net", "lab").bad(2)).contains("there is no network 'lab'");
        }
    }
}
