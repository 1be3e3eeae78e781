package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Prefix;
import vmlan.packet.MacAddress;
import vmlan.program.config.DefinedName;
import vmlan.program.config.Isolation;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworkMode;
import vmlan.program.config.UplinkChoice;
import vmlan.program.config.VmnetBlock;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Fields;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.ProcessMark;

/// Networks that a QEMU command line defines, from its line to a process that serves them.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetworkDefinitionTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String SHARED = "shared-192.168.205.1";

    @TempDir
    private Path home;

    private Places places;
    private Networks networks;
    private Process qemu;
    private Thread server;
    private ControlClient served;

    @BeforeEach
    void start() throws Exception {
        places = Places.in(home);
        networks = new Networks(places);
        Files.createDirectories(places.config());
        qemu = new ProcessBuilder("sh", "-c", "read line").start();
    }

    @AfterEach
    void stop() throws Exception {
        qemu.destroy();
        if (server != null && server.isAlive()) {
            served.send("POST", "/v1/stop", Map.of(), LIMIT);
            server.join(LIMIT);
        }
    }

    private static NetworkBlock shared(String end, String prefix) {
        return VmnetBlock.shared(
                Ipv4Address.parse("192.168.205.1"),
                Ipv4Address.parse(end),
                Ipv4Address.parse("255.255.255.0"),
                prefix == null ? null : Ipv6Prefix.parse(prefix));
    }

    private void write(String text) throws IOException {
        Path fresh = places.config().resolve("networks.yaml.new");
        Files.writeString(fresh, text);
        Files.move(fresh, places.config().resolve("networks.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static Fields until(ControlClient client, IntPredicate problems) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            Fields shown = client.send("GET", "/v1/network", Map.of(), LIMIT);
            if (problems.test(shown.object("configuration").objects("problems").size())) {
                return shown;
            }
            assertThat(System.nanoTime() - deadline)
                    .as("there is: " + shown.values())
                    .isNegative();
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    /// A VM whose QEMU lives, or one whose has ended.
    private void putVm(String network) throws Exception {
        try (StateKeeper keeper = new StateKeeper(line -> {})) {
            NetworkState state = new NetworkState(places.state("networks", network), keeper);
            state.savePorts(List.of(new PortRecord(
                    "web-0",
                    "web",
                    new MacAddress(0x5254_0000_0001L),
                    false,
                    places.socket(network, "web-0.sock"),
                    places.socket(network, "web-0.qmp"),
                    null,
                    Isolation.AS_THE_NETWORK,
                    null,
                    List.of(),
                    1,
                    qemu.pid(),
                    ProcessMark.of(qemu.pid()).orElseThrow())));
            state.settle();
        }
    }

    private NetworkSettings chosen(String name) throws Exception {
        return new SettingsChoice(places, name, line -> {}).make(UplinkChoice.NONE, new SplittableRandom(1));
    }

    private ControlClient serve(String name) throws Exception {
        PipedInputStream said = new PipedInputStream();
        PipedOutputStream saying = new PipedOutputStream(said);
        server = Thread.ofPlatform().start(() -> {
            try (PrintStream ready = new PrintStream(saying, true, StandardCharsets.UTF_8)) {
                new NetworkServer(places, name).serve(ready);
            } catch (Failure e) {
                throw new IllegalStateException(e.what(), e);
            }
        });
        assertThat(said.read()).as("it is ready").isPositive();
        served = networks.client(name);
        return served;
    }

    @Test
    void isStartedAndShownByItsNameAlone() throws Exception {
        assertThatThrownBy(() -> networks.wanted(SHARED))
                .hasMessage("there is no network 'shared-192.168.205.1'")
                .extracting(e -> ((Failure) e).remedy())
                .asString()
                .contains("-nic vmnet-shared,start-address=192.168.205.1,…");
        networks.define(shared("192.168.205.99", "fd12:3456:789a:1::/64"));

        assertThat(networks.wanted(SHARED).mode()).isEqualTo(NetworkMode.SHARED);
        assertThat(networks.names()).contains(SHARED);
        NetworkSettings settings = chosen(SHARED);
        assertThat(settings.subnet().ipv4()).hasToString("192.168.205.0/24");
        assertThat(settings.subnet().gateway()).hasToString("192.168.205.1");
        assertThat(settings.subnet().ipv6()).hasToString("fd12:3456:789a:1::/64");
        assertThat(settings.firstGuest()).hasToString("192.168.205.2");
        assertThat(settings.lastGuest()).hasToString("192.168.205.99");
        Fields shown = networks.show(SHARED).object("settings");
        assertThat(shown.object("dhcp.to").values())
                .containsEntry("value", "192.168.205.99")
                .containsEntry("from", "command line");

        // The file's mistakes are not of this network.
        write("networks:\n  lab: {mode: nat}\n");
        assertThat(networks.wanted(SHARED).mode()).isEqualTo(NetworkMode.SHARED);
        assertThat(chosen(SHARED)).isEqualTo(settings);
    }

    @Test
    void linesThatAgreeLandOnOneNetworkAndKeepIt() throws Exception {
        networks.define(shared("192.168.205.99", "fd12:3456:789a:1::/64"));
        NetworkSettings settings = chosen(SHARED);
        putVm(SHARED);
        networks.define(shared("192.168.205.99", "fd12:3456:789a:1::/64"));
        networks.define(shared("192.168.205.99", null));
        assertThat(chosen(SHARED)).isEqualTo(settings);
    }

    @Test
    void aLineThatContradictsIsRefusedWhileVmsRunAndReplacesWhatNobodyUses() throws Exception {
        networks.define(shared("192.168.205.99", null));
        putVm(SHARED);
        assertThatThrownBy(() -> networks.define(shared("192.168.205.200", null)))
                .hasMessage("the network shared-192.168.205.1 has VMs that run with dhcp.to 192.168.205.99, and not"
                        + " 192.168.205.200")
                .extracting(e -> ((Failure) e).remedy())
                .isEqualTo("say the same, or stop its VMs first: vmlan stop web");
        assertThat(chosen(SHARED).lastGuest()).hasToString("192.168.205.99");
        assertThatThrownBy(() -> networks.define(shared("192.168.205.99", "fd12:3456:789a:1::/64")))
                .hasMessageContaining("with no ipv6, and not fd12:3456:789a:1::/64");

        qemu.destroy();
        qemu.waitFor();
        networks.define(shared("192.168.205.200", null));
        assertThat(chosen(SHARED).lastGuest()).hasToString("192.168.205.200");
    }

    /// In a process of its own, as in life: locks are of processes.
    @Test
    void oneThatIsServedWithoutAVmMakesWay() throws Exception {
        networks.define(shared("192.168.205.99", null));
        String path =
                System.getProperty("jdk.module.path", "") + File.pathSeparator + System.getProperty("java.class.path");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                path,
                "vmlan.program.Main",
                "network",
                "serve",
                SHARED);
        builder.environment().put("VMLAN_HOME", home.toString());
        builder.redirectError(home.resolve("err").toFile());
        Process process = builder.start();
        try {
            assertThat(process.inputReader().readLine())
                    .as(() -> "it is ready: " + home.resolve("err"))
                    .isEqualTo(NetworkServer.READY);
            assertThat(networks.client(SHARED).isServed()).isTrue();
            networks.define(shared("192.168.205.99", null));
            assertThat(networks.client(SHARED).isServed()).as("nothing changed").isTrue();
            networks.define(shared("192.168.205.200", null));
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(chosen(SHARED).lastGuest()).hasToString("192.168.205.200");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void changesOfTheFileLeaveItAlone() throws Exception {
        networks.define(shared("192.168.205.99", null));
        ControlClient client = serve(SHARED);
        // Broken and mended, so that it is known to have been seen.
        write("networks: [");
        until(client, problems -> problems == 1);
        write("networks:\n  shared: {isolated: true}\n");
        Fields shown = until(client, problems -> problems == 0);
        assertThat(shown.object("configuration").objects("pending")).isEmpty();
        assertThat(shown.object("settings").object("dhcp.to").values()).containsEntry("from", "command line");
    }

    @Test
    void aNetworkOfGuestsOnlyHasASwitchAndNothingElse() throws Exception {
        UUID identifier = UUID.fromString("a8a4b5e4-0f5c-4d0b-9a86-9d6a51b6c1ff");
        NetworkBlock block = VmnetBlock.isolated(identifier);
        networks.define(block);
        String name = "host-a8a4b5e4-0f5c-4d0b-9a86-9d6a51b6c1ff";
        assertThat(networks.wanted(name).mode()).isEqualTo(NetworkMode.SWITCH);
        assertThat(networks.wantsRights(name)).isFalse();
        ControlClient client = serve(name);
        Fields shown = client.send("GET", "/v1/network", Map.of(), LIMIT);
        assertThat(shown.text("mode")).isEqualTo("switch");
        assertThat(shown.optionalText("ipv4")).isEmpty();
        assertThat(shown.object("gateway").optionalText("ipv4")).isEmpty();
        assertThat(networks.leases(name, LIMIT)).isEmpty();
        assertThatThrownBy(() -> client.send("PATCH", "/v1/network", Map.of("allowHost", List.of("80")), LIMIT))
                .hasMessageContaining("guests reach nobody but each other");
    }

    @Test
    void aNameOfTheFileIsNotTakenFromIt() throws Exception {
        NetworkBlock block = NetworkBlock.none(DefinedName.user("web", 0));
        write("networks:\n  user-web-0: {mode: private}\n");
        assertThatThrownBy(() -> networks.define(block))
                .hasMessageContaining("networks.yaml describes a network user-web-0");
        assertThat(networks.wanted("user-web-0").mode()).isEqualTo(NetworkMode.PRIVATE);
        assertThat(places.stateIfAny("networks", "user-web-0")).doesNotExist();
    }

    @Test
    void addressesOfAnotherNetworkAreRefused() throws Exception {
        write("networks:\n  lab: {ipv4: 192.168.205.0/25}\n");
        assertThatThrownBy(() -> networks.define(shared("192.168.205.99", null)))
                .hasMessageContaining(
                        "ipv4 192.168.205.0/24 of shared-192.168.205.1 overlaps 192.168.205.0/25 of the network lab");
        Files.delete(places.config().resolve("networks.yaml"));
        networks.define(shared("192.168.205.99", null));
        NetworkBlock host = VmnetBlock.host(
                Ipv4Address.parse("192.168.205.129"),
                Ipv4Address.parse("192.168.205.140"),
                Ipv4Address.parse("255.255.255.128"));
        assertThatThrownBy(() -> networks.define(host))
                .hasMessageContaining("overlaps 192.168.205.0/24 of the network shared-192.168.205.1")
                .extracting(e -> ((Failure) e).remedy())
                .asString()
                .contains("stop its VMs and forget it: vmlan network rm shared-192.168.205.1");
    }

    @Test
    void isForgottenByCommand() throws Exception {
        networks.define(shared("192.168.205.99", null));
        assertThat(new NetworkRemoval(places, networks).remove(SHARED)).isTrue();
        assertThat(networks.names()).doesNotContain(SHARED);
        assertThatThrownBy(() -> networks.known(SHARED)).hasMessageContaining("there is no network");
    }
}
