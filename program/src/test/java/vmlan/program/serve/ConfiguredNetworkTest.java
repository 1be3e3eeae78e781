package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.config.UplinkChoice;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Fields;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.ProcessMark;

/// A whole network process and its block of networks.yaml, while that file changes.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConfiguredNetworkTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String LAB = """
            networks:
              lab:
                mode: private
                ipv4: 10.99.20.0/24
                reservations: {web: 10.99.20.10}
            """;

    @TempDir
    private Path home;

    private Places places;
    private String name;
    private Process qemu;
    private Thread server;
    private ControlClient client;

    @BeforeEach
    void start() throws Exception {
        places = Places.in(home);
        Files.createDirectories(places.config());
        qemu = new ProcessBuilder("sh", "-c", "read line").start();
    }

    @AfterEach
    void stop() throws Exception {
        stopServer();
        qemu.destroy();
    }

    private void write(String text) throws IOException {
        Path fresh = places.config().resolve("networks.yaml.new");
        Files.writeString(fresh, text);
        Files.move(fresh, file(), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path file() {
        return places.config().resolve("networks.yaml");
    }

    private void serve(String served) throws Exception {
        name = served;
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
        if (server != null && server.isAlive()) {
            client.send("POST", "/v1/stop", Map.of(), LIMIT);
            server.join(LIMIT);
            assertThat(server.isAlive()).isFalse();
        }
    }

    private Fields show() throws Exception {
        return client.send("GET", "/v1/network", Map.of(), LIMIT);
    }

    private Fields until(Predicate<Fields> seen) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            Fields shown = show();
            if (seen.test(shown)) {
                return shown;
            }
            assertThat(System.nanoTime() - deadline)
                    .as("there is: " + shown.values() + "\n" + log())
                    .isNegative();
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private String log() throws IOException {
        return Files.readString(places.stateIfAny("networks", name, "network.log"));
    }

    private static Object setting(Fields shown, String name) {
        return shown.object("settings").object(name).values().get("value");
    }

    private Fields register(String vm, int mac, String address) throws Exception {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("vm", vm);
        body.put("mac", "52:54:00:00:00:0" + mac);
        body.put("qmp", home.resolve(vm + ".qmp").toString());
        body.put("address", address);
        Fields answer = client.send("PUT", "/v1/ports/" + vm + "-0", body, LIMIT);
        client.send(
                "PUT",
                "/v1/ports/" + vm + "-0/process",
                Map.of("pid", qemu.pid(), "pidMark", ProcessMark.of(qemu.pid()).orElseThrow()),
                LIMIT);
        return answer;
    }

    private boolean isIsolated(Fields shown, String port) {
        return shown.objects("ports").stream()
                .filter(each -> each.text("id").equals(port))
                .findFirst()
                .orElseThrow()
                .flag("isolated");
    }

    @Test
    void whatCanChangeWhileItRunsDoesAndTheRestIsSaid() throws Exception {
        write(LAB);
        serve("lab");
        Fields begun = show();
        assertThat(begun.text("ipv4")).isEqualTo("10.99.20.0/24");
        assertThat(begun.object("settings").object("ipv4").text("from")).isEqualTo("networks.yaml");
        assertThat(begun.object("settings").object("ipv6").text("from")).isEqualTo("chosen");
        assertThat(begun.object("settings").object("dhcp.lease").text("from")).isEqualTo("default");
        register("web", 1, null);
        register("db", 2, null);

        write(LAB + "    isolated: true\n    allow-host: [5432]\n    names: {mirror: 10.0.0.7}\n"
                + "    dhcp: {from: 10.99.20.100, lease: 5m}\n    mtu: 9000\n    ipv6: fd00:1::/64\n");
        Fields changed = until(shown -> "5m".equals(setting(shown, "dhcp.lease")));
        assertThat(changed.texts("allowedHostPorts")).containsExactly("5432");
        assertThat(changed.object("names").texts("mirror")).containsExactly("10.0.0.7");
        assertThat(setting(changed, "dhcp.from")).isEqualTo("10.99.20.100");
        assertThat(setting(changed, "mtu")).isEqualTo(1500);
        assertThat(isIsolated(changed, "web-0")).isTrue();
        Fields configuration = changed.object("configuration");
        assertThat(configuration.objects("pending"))
                .extracting(each -> each.text("setting"))
                .containsExactly("ipv6", "mtu");
        assertThat(configuration.objects("pending").get(1).text("what"))
                .isEqualTo("mtu 9000 of networks.yaml waits for the next start: 1500 is what runs");
        assertThat(configuration.objects("pending").get(1).text("do")).contains("vmlan network stop lab");
        assertThat(log())
                .contains("networks.yaml: allow-host is now 5432 (was none)", "mtu 9000 of networks.yaml waits");

        write(LAB);
        Fields back = until(shown -> "12h".equals(setting(shown, "dhcp.lease")));
        assertThat(back.texts("allowedHostPorts")).isEmpty();
        assertThat(isIsolated(back, "web-0")).isFalse();
        assertThat(back.object("configuration").objects("pending")).isEmpty();

        write(LAB.replace("10.99.20.0", "10.99.30.0").replace("web: 10.99.20.10", "web: 10.99.30.10"));
        Fields moved =
                until(shown -> !shown.object("configuration").objects("pending").isEmpty());
        assertThat(moved.text("ipv4")).isEqualTo("10.99.20.0/24");
        assertThat(setting(moved, "reservations")).as("they wait with it").isEqualTo(Map.of("web", "10.99.20.10"));
        stopServer();
        serve("lab");
        Fields anew = show();
        assertThat(anew.text("ipv4")).isEqualTo("10.99.30.0/24");
        assertThat(anew.text("ipv6")).as("chosen once").isEqualTo(begun.text("ipv6"));
        assertThat(anew.object("configuration").objects("pending")).isEmpty();
        assertThat(anew.objects("ports")).as("the VMs are back").hasSize(2);
    }

    @Test
    void aFileWithMistakesChangesNothingAndIsSaid() throws Exception {
        write(LAB);
        serve("lab");
        write(LAB + "    allow-host: [99999]\n    colour: red\n");
        Fields broken = until(
                shown -> !shown.object("configuration").objects("problems").isEmpty());
        assertThat(broken.object("configuration").objects("problems"))
                .extracting(each -> each.number("line") + ":" + each.number("column"))
                .containsExactly("6:18", "7:5");
        assertThat(broken.text("ipv4")).isEqualTo("10.99.20.0/24");
        assertThat(log()).contains("networks.yaml:6:18: allow-host: '99999' is not a port");

        // The process can be started anew meanwhile, from what it kept; nothing new can be put on the network.
        stopServer();
        serve("lab");
        assertThat(show().text("ipv4")).isEqualTo("10.99.20.0/24");
        assertThat(setting(show(), "reservations")).isEqualTo(Map.of("web", "10.99.20.10"));
        assertThatThrownBy(() -> new Networks(places).wanted("lab"))
                .satisfies(e -> assertThat(((Failure) e).problems()).hasSize(2))
                .satisfies(e -> assertThat(((Failure) e).exitCode()).isEqualTo(Failure.USAGE));
        assertThat(new Networks(places).known("lab").text()).isEqualTo("lab");
        assertThat(new Networks(places).wanted("shared").text()).isEqualTo("shared");

        write(LAB + "    allow-host: [80]\n");
        assertThat(until(shown -> !shown.texts("allowedHostPorts").isEmpty())
                        .object("configuration")
                        .objects("problems"))
                .isEmpty();
        write("networks: {}\n");
        Fields gone =
                until(shown -> !shown.object("configuration").objects("pending").isEmpty());
        assertThat(gone.object("configuration").objects("pending").getFirst().text("what"))
                .contains("no longer in networks.yaml");
        assertThat(gone.object("configuration").objects("pending").getFirst().text("do"))
                .endsWith("stop its VMs and forget it: vmlan network rm lab");
        assertThat(gone.texts("allowedHostPorts")).as("it runs on as it was").containsExactly("80");
    }

    @Test
    void aReservationHoldsForAVmThatNeverRanAndFollowsTheFile() throws Exception {
        write(LAB);
        serve("lab");
        assertThatThrownBy(() -> register("db", 2, "10.99.20.10")).hasMessageContaining("reserves 10.99.20.10 for web");
        assertThatThrownBy(() -> register("web", 1, "10.99.20.11"))
                .hasMessageContaining("reserves 10.99.20.10 for web");
        register("db", 2, "10.99.20.11");
        write(LAB.replace("web: 10.99.20.10", "web: 10.99.20.11"));
        Fields waits = until(shown -> !shown.texts("waitingReservations").isEmpty());
        assertThat(waits.texts("waitingReservations"))
                .containsExactly("10.99.20.11 is reserved for web, and db has it until it is stopped");
        client.send("DELETE", "/v1/ports/db-0", Map.of(), LIMIT);
        assertThat(until(shown -> shown.texts("waitingReservations").isEmpty()).texts("waitingReservations"))
                .isEmpty();
        register("web", 1, "10.99.20.11");
    }

    @Test
    void commandsDoNotChangeWhatTheFileSays() throws Exception {
        write(LAB + "    allow-host: [80]\n");
        serve("lab");
        assertThatThrownBy(() -> client.send("PATCH", "/v1/network", Map.of("allowHost", List.of("81")), LIMIT))
                .hasMessageContaining("allow-host of the network lab is said by networks.yaml");
        client.send("PATCH", "/v1/network", Map.of("allowHost", List.of("80")), LIMIT);
        Fields set = client.send("PATCH", "/v1/network", Map.of("names", Map.of("db", List.of("10.0.0.5"))), LIMIT);
        assertThat(set.texts("allowedHostPorts")).containsExactly("80");
        Fields shown = show();
        assertThat(shown.object("settings").object("names").text("from")).isEqualTo("network set");
        assertThat(shown.object("settings").object("allow-host").text("from")).isEqualTo("networks.yaml");
        write(LAB);
        Fields without = until(each -> each.texts("allowedHostPorts").isEmpty());
        assertThat(without.object("names").values()).containsOnlyKeys("db");
    }

    @Test
    void aBuiltInNetworkTakesItsBlockWhenTheFileAppears() throws Exception {
        Files.delete(places.config());
        serve("shared");
        assertThat(places.config()).doesNotExist();
        assertThat(isSettled()).isTrue();
        Files.createDirectories(places.config());
        write("networks: {shared: {allow-host: 80}}\n");
        until(shown -> shown.texts("allowedHostPorts").equals(List.of("80")));
        write("networks: {}\n");
        until(shown -> shown.texts("allowedHostPorts").isEmpty());
        Files.delete(file());
        assertThat(show().object("configuration").objects("problems")).isEmpty();
    }

    private boolean isSettled() throws Exception {
        return show().object("configuration").objects("pending").isEmpty();
    }

    @Test
    void settingsThatWereDamagedComeBackFromTheFile() throws Exception {
        write(LAB);
        serve("lab");
        stopServer();
        Path kept = places.stateIfAny("networks", "lab", "network.json");
        Files.writeString(kept, "{\"mode\": ");
        assertThat(new Networks(places).known("lab").text())
                .as("a look sets nothing aside")
                .isEqualTo("lab");
        assertThat(new Networks(places).show("lab").text("state")).isEqualTo("stopped");
        serve("lab");
        assertThat(show().text("ipv4")).isEqualTo("10.99.20.0/24");
        assertThat(setting(show(), "reservations")).isEqualTo(Map.of("web", "10.99.20.10"));
        assertThat(log()).contains("network.json is damaged");
    }

    @Test
    void aSubnetThatAnotherNetworkHasChosenIsRefused() throws Exception {
        serve("shared");
        String taken = show().text("ipv4");
        stopServer();
        write("networks: {lab: {ipv4: " + taken + "}}\n");
        assertThatThrownBy(() ->
                        new SettingsChoice(places, "lab", line -> {}).make(UplinkChoice.NONE, new SplittableRandom(1)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("overlaps " + taken + " of the network shared");
    }

    @Test
    void aNetworkIsRemovedWithAllThatItHad() throws Exception {
        write("# first\n" + LAB + "  other: {}\n");
        serve("lab");
        register("web", 1, null);
        NetworkRemoval removal = new NetworkRemoval(places, new Networks(places));
        assertThatThrownBy(() -> removal.remove("lab"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("has VMs that run: web");
        stopServer();
        assertThatThrownBy(() -> removal.remove("lab"))
                .as("QEMU runs without its network")
                .hasMessageContaining("has VMs that run: web");
        qemu.destroy();
        qemu.waitFor();
        Path folder = places.stateIfAny("networks", "lab");
        Files.writeString(
                Files.createDirectories(folder.resolve("notes/of mine")).resolve("file"), "");
        assertThat(removal.remove("lab")).isTrue();
        assertThat(Files.readString(file())).isEqualTo("# first\nnetworks:\n  other: {}\n");
        assertThat(folder)
                .as("who waits for a lock is to get that of the file that others see")
                .isDirectoryContaining("glob:**/start.lock")
                .isDirectoryNotContaining("glob:**{.json,.log,notes}");
        assertThatThrownBy(() -> removal.remove("lab")).hasMessageContaining("there is no network 'lab'");
    }

    @Test
    void aRemovalThatWasCutShortIsFinishedByTheSameCommand() throws Exception {
        write(LAB + "  other: {}\n");
        serve("lab");
        stopServer();
        NetworkRemoval removal = new NetworkRemoval(places, new Networks(places));
        Files.delete(places.stateIfAny("networks", "lab", "network.json"));
        assertThat(removal.remove("lab")).as("its settings went first").isTrue();
        assertThat(Files.readString(file())).isEqualTo("networks:\n  other: {}\n");

        write(LAB);
        serve("lab");
        stopServer();
        write("networks: {}\n");
        assertThat(removal.remove("lab")).as("its block went first").isTrue();
        assertThat(places.stateIfAny("networks", "lab", "network.json")).doesNotExist();

        assertThat(removal.remove("shared")).as("it never ran").isFalse();
        new Networks(places).change("shared", new SettingsChange(List.of(), List.of(), List.of(), List.of()));
        assertThat(removal.remove("shared")).isTrue();
        assertThat(removal.remove("shared")).as("only its locks are left").isFalse();
    }

    @Test
    void aFileThatCannotBeChangedKeepsTheNetworkWhole() throws Exception {
        write("networks: {lab: {ipv4: 10.99.20.0/24}, other: {}}\n");
        serve("lab");
        stopServer();
        NetworkRemoval removal = new NetworkRemoval(places, new Networks(places));
        assertThatThrownBy(() -> removal.remove("lab")).hasMessageContaining("is not possible here");
        assertThat(places.stateIfAny("networks", "lab", "network.log")).exists();
    }
}
