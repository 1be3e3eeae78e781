package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.FreePorts;
import vmlan.program.config.HostPort;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Fields;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.ProcessMark;

/// A whole network process, asked by its control socket; its VMs are processes that do nothing.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OutsideApiTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    private Places places;
    private Process qemu;
    private Thread server;
    private ControlClient client;

    @BeforeEach
    void start() throws Exception {
        places = Places.in(home);
        qemu = new ProcessBuilder("sh", "-c", "read line").start();
        serve("shared");
    }

    private void serve(String name) throws Exception {
        PipedInputStream said = new PipedInputStream();
        OutputStream saying = new PipedOutputStream(said);
        server = Thread.ofPlatform().start(() -> {
            try (PrintStream ready = new PrintStream(saying, true, StandardCharsets.UTF_8)) {
                new NetworkServer(places, name).serve(ready);
            } catch (Failure e) {
                throw new IllegalStateException(e.what(), e);
            }
        });
        assertThat(said.read()).as("it is ready").isPositive();
        client = new ControlClient(places.socket(name, "control.sock"), name);
    }

    private void stopServer() throws Exception {
        client.send("POST", "/v1/stop", Map.of(), LIMIT);
        server.join(LIMIT);
        assertThat(server.isAlive()).isFalse();
    }

    @AfterEach
    void stop() throws Exception {
        stopServer();
        qemu.destroy();
    }

    private Fields register(String vm, String... rules) throws Exception {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("vm", vm);
        body.put("mac", "52:54:00:00:00:0" + vm.length());
        body.put("qmp", places.socket("vm." + vm, "qmp-network.sock").toString());
        body.put("published", List.of(rules));
        Fields answer = client.send("PUT", "/v1/ports/" + vm + "-0", body, LIMIT);
        client.send(
                "PUT",
                "/v1/ports/" + vm + "-0/process",
                Map.of("pid", qemu.pid(), "pidMark", ProcessMark.of(qemu.pid()).orElseThrow()),
                LIMIT);
        return answer;
    }

    private Fields network() throws Failure {
        return client.send("GET", "/v1/network", Map.of(), LIMIT);
    }

    private static int port(Fields publication) {
        String rule = publication.text("rule");
        return Integer.parseInt(rule.substring(0, rule.indexOf(':')));
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    @Test
    void aVmsPortsAreOpenBeforeItsQemuStartsAndGoWithIt() throws Exception {
        Fields published = register("web", "0:80").objects("published").getFirst();
        int port = port(published);
        assertThat(published.texts("bound")).containsExactly("127.0.0.1:" + port, "[::1]:" + port);
        try (Socket waiting = connect(port)) {
            client.send("DELETE", "/v1/ports/web-0", Map.of(), LIMIT);
            assertThatThrownBy(() -> waiting.getInputStream().read())
                    .as("who waits is told when the VM goes")
                    .hasMessageContaining("reset");
        }
        assertThatThrownBy(() -> connect(port).close()).hasMessageContaining("refused");
        assertThat(network().objects("published")).isEmpty();
    }

    @Test
    void aPortThatIsTakenFailsTheWholeRegistration() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            String rule = "127.0.0.1:" + taken.getLocalPort() + ":80";
            assertThatThrownBy(() -> register("web", "0:22", rule)).isInstanceOfSatisfying(Failure.class, failure -> {
                assertThat(failure.exitCode()).isEqualTo(Failure.WORLD);
                assertThat(failure.what()).contains("it is in use by");
            });
            assertThat(network().objects("ports")).isEmpty();
            assertThat(network().objects("published")).isEmpty();
            register("web");
            assertThat(network().objects("ports")).hasSize(1);
        }
    }

    @Test
    void portsComeAndGoWhileTheVmRunsAndARestartOpensThemAgain() throws Exception {
        register("web");
        register("data");
        int free = FreePorts.first(2);
        Fields opened = client.send(
                "PUT",
                "/v1/publications/web",
                Map.of("rules", List.of(free + ":80", "*:" + (free + 1) + ":53/udp")),
                LIMIT);
        assertThat(opened.objects("published")).hasSize(2);
        int port = port(opened.objects("published").getFirst());
        String udp = opened.objects("published").getLast().text("rule");
        assertThatThrownBy(
                        () -> client.send("PUT", "/v1/publications/data", Map.of("rules", List.of(port + ":1")), LIMIT))
                .hasMessageContaining("web has '" + port + ":80' published");

        stopServer();
        assertThatThrownBy(() -> connect(port).close()).hasMessageContaining("refused");
        serve("shared");
        connect(port).close();
        assertThat(client.send("GET", "/v1/publications/web", Map.of(), LIMIT).objects("published"))
                .extracting(rule -> rule.text("rule"))
                .containsExactly(port + ":80", udp);
        assertThat(network().objects("ports"))
                .filteredOn(json -> json.text("vm").equals("web"))
                .singleElement()
                .satisfies(json -> assertThat(json.texts("published")).containsExactly(port + ":80", udp));

        client.send("DELETE", "/v1/publications/web", Map.of("rules", List.of(udp)), LIMIT);
        assertThat(network().objects("published")).hasSize(1);
        assertThat(client.send("DELETE", "/v1/publications/web", Map.of(), LIMIT)
                        .objects("published"))
                .isEmpty();
        assertThatThrownBy(() -> connect(port).close()).hasMessageContaining("refused");
    }

    @Test
    void aRestartThatCannotHaveAPortSaysSoAndKeepsTheRule() throws Exception {
        int port = FreePorts.first(1);
        register("web", port + ":80");
        stopServer();
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            serve("shared");
            assertThat(network().objects("published").getFirst().text("problem"))
                    .contains("in use");
            assertThat(Files.readString(places.stateIfAny("networks", "shared", "network.log")))
                    .contains("web-0: '" + port + ":80' is not published now");
            assertThat(taken.isBound()).isTrue();
        }
    }

    @Test
    void whatGuestsReachOfTheHostAndNamesAreChangedAndKept() throws Exception {
        Fields changed = client.send(
                "PATCH",
                "/v1/network",
                Map.of("allowHost", List.of("5432", "514/udp"), "names", Map.of("db", List.of("10.0.0.5"))),
                LIMIT);
        assertThat(changed.texts("allowedHostPorts")).containsExactly("514/udp", "5432");
        assertThatThrownBy(() -> client.send("PATCH", "/v1/network", Map.of("forbidHost", List.of("1")), LIMIT))
                .hasMessageContaining("port 1 of the host is not open");
        stopServer();
        serve("shared");
        assertThat(network().texts("allowedHostPorts")).containsExactly("514/udp", "5432");
        assertThat(network().object("names").texts("db")).containsExactly("10.0.0.5");
        Networks networks = new Networks(places);
        networks.change(
                "shared", new SettingsChange(List.of(), HostPort.parseAll(List.of("5432")), List.of(), List.of("db")));
        assertThat(network().texts("allowedHostPorts")).containsExactly("514/udp");
        assertThat(network().object("names").values()).isEmpty();
    }

    @Test
    void aNetworkThatDoesNotRunIsChangedOnDisk() throws Exception {
        Networks networks = new Networks(places);
        networks.change("private", SettingsChange.allowing(HostPort.parseAll(List.of("80"))));
        assertThat(networks.show("private").texts("allowedHostPorts")).containsExactly("80");
        assertThatThrownBy(
                        () -> networks.change("bridged-en0", SettingsChange.allowing(HostPort.parseAll(List.of("80")))))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.exitCode()).isEqualTo(Failure.USAGE));
    }

    @Test
    void connectingToNobodyIsAnError() throws Exception {
        assertThatThrownBy(() -> client.upgrade("/v1/connect/web/22", LIMIT))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.what()).contains("there is no VM 'web'");
                    assertThat(failure.exitCode()).isEqualTo(Failure.USAGE);
                });
        register("web");
        assertThatThrownBy(() -> client.upgrade("/v1/connect/web/0", LIMIT)).hasMessageContaining("not a TCP port");
        assertThatThrownBy(() -> client.upgrade("/v1/connect/web/22", LIMIT))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.what()).isEqualTo("web has shown no address (port 22)");
                    assertThat(failure.exitCode()).isEqualTo(Failure.WORLD);
                });
    }

    @Test
    void everyTableIsShownWithItsBound() throws Exception {
        Fields network = network();
        for (Fields table : List.of(
                network.object("nat").object("tcp").object("flows"),
                network.object("nat").object("tcp").object("bytes"),
                network.object("nat").object("udp").object("flows"),
                network.object("nat").object("udp").object("clients"),
                network.object("nat").object("echo").object("waiting"),
                network.object("nat").object("fragments").object("packets"),
                network.object("dns").object("waiting"),
                network.object("dns").object("connections"),
                network.object("dns").object("cachedAnswers"),
                network.object("dns").object("cachedBytes"),
                network.object("publishing").object("sockets"),
                network.object("publishing").object("waiting"))) {
            assertThat(table.number("used")).isZero();
            assertThat(table.number("limit")).isPositive();
        }
    }

    @Test
    void onAPrivateNetworkNoServerIsAsked() throws Exception {
        stopServer();
        serve("private");
        assertThat(network().object("dns").texts("servers")).isEmpty();
    }
}
