package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.host.EventLoop;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;
import vmlan.program.config.Isolation;
import vmlan.program.config.NetworkBlock;
import vmlan.program.files.Fields;
import vmlan.program.files.Places;
import vmlan.program.files.StateFile;
import vmlan.qemu.ProcessMark;

/// A network process reads what an earlier one left behind.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestoreTest {
    @TempDir
    private Path home;

    /// What the network takes for QEMU.
    private Process qemu;

    @BeforeEach
    void startQemu() throws IOException {
        qemu = new ProcessBuilder("sh", "-c", "read line").start();
    }

    @AfterEach
    void endQemu() {
        qemu.destroy();
    }

    private PortRecord record(Places places, String id, int mac, Ipv4Address address) throws Exception {
        return new PortRecord(
                id,
                id,
                new MacAddress(0x5254_0000_0000L | mac),
                false,
                places.socket("shared", id + ".sock"),
                places.socket("shared", id + ".qmp"),
                null,
                Isolation.AS_THE_NETWORK,
                address,
                List.of(),
                1,
                qemu.pid(),
                ProcessMark.of(qemu.pid()).orElseThrow());
    }

    /// Its socket's folder is no more.
    private PortRecord lost(PortRecord record) {
        Map<String, Object> json = record.toJson();
        json.put("socket", home.resolve("gone/x.sock").toString());
        return PortRecord.of(new Fields(json));
    }

    private NetworkProcess open(Places places, EventLoop loop, StateKeeper keeper) throws Exception {
        Path folder = places.state("networks", "shared");
        NetworkSettings settings = NetworkSettings.read(places, "shared", line -> {})
                .orElse(TestSettings.of("shared").written(places));
        return new NetworkProcess(
                settings,
                new NetworkState(folder, keeper),
                new NetworkLog(folder.resolve("network.log")),
                loop,
                places,
                Devices.NONE,
                1_000_000_000L,
                new SplittableRandom(2));
    }

    @Test
    void portsComeBackAlsoWhenOneOfThemAskedForAnAddressThatAnotherWouldGet() throws Exception {
        Places places = Places.in(home);
        List<PortRecord> records = List.of(
                record(places, "any", 1, null),
                record(places, "wants", 2, Ipv4Address.parse("192.168.64.2")),
                record(places, "otherwise", 4, Ipv4Address.parse("10.0.0.1")),
                lost(record(places, "elsewhere", 3, null)));
        try (StateKeeper keeper = new StateKeeper(line -> {});
                EventLoop loop = new EventLoop(e -> {})) {
            NetworkState state = new NetworkState(places.state("networks", "shared"), keeper);
            state.savePorts(records);
            state.settle();
            NetworkProcess network = open(places, loop, keeper);
            assertThat(network.ports().all())
                    .extracting(port -> port.record().id())
                    .containsExactly("wants", "any", "otherwise");
            assertThat(network.gateway()
                            .orElseThrow()
                            .leaseTable()
                            .reserved(records.get(1).mac()))
                    .contains(Ipv4Address.parse("192.168.64.2"));
            assertThat(network.gateway()
                            .orElseThrow()
                            .leaseTable()
                            .reserved(records.getFirst().mac()))
                    .contains(Ipv4Address.parse("192.168.64.3"));
            assertThat(Files.readString(places.stateIfAny("networks", "shared", "network.log")))
                    .contains("elsewhere: cannot be taken back")
                    .contains("otherwise: its address 10.0.0.1 is not of 192.168.64.0/24, so it gets another one");
            // What could not be taken back is not forgotten while its VM runs.
            network.ports().ended(network.ports().of("any"), "test");
            state.settle();
            assertThat(state.knownPorts(line -> {}))
                    .extracting(PortRecord::id)
                    .containsExactlyInAnyOrder("wants", "otherwise", "elsewhere");
            List.copyOf(network.ports().all()).forEach(GuestPort::close);
            network.handPorts().close();
        }
    }

    @Test
    void twoVmsCannotHaveOneMac() throws Exception {
        Places places = Places.in(home);
        try (StateKeeper keeper = new StateKeeper(line -> {});
                EventLoop loop = new EventLoop(e -> {})) {
            NetworkProcess network = open(places, loop, keeper);
            network.ports().register(record(places, "a-0", 1, null));
            assertThatThrownBy(() -> network.ports().register(record(places, "b-0", 1, null)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("belongs to a-0");
            List.copyOf(network.ports().all()).forEach(GuestPort::close);
            network.handPorts().close();
        }
    }

    @Test
    void whatADeadQemuLeftMakesWayForTheNext() throws Exception {
        Places places = Places.in(home);
        try (StateKeeper keeper = new StateKeeper(line -> {});
                EventLoop loop = new EventLoop(e -> {})) {
            NetworkProcess network = open(places, loop, keeper);
            Ipv4Address address = Ipv4Address.parse("192.168.64.9");
            network.ports().register(record(places, "a-0", 1, address));
            assertThatThrownBy(() -> network.ports().register(record(places, "a-0", 1, address)))
                    .hasMessageContaining("in use by a running VM");
            PortRecord other = record(places, "b-0", 2, address).withProcess(0, 0);
            assertThatThrownBy(() -> network.ports().register(other)).hasMessageContaining("192.168.64.9 is reserved");
            PortRecord reordered = record(places, "a-1", 1, null);
            endQemu();
            qemu.waitFor();
            startQemu();
            // The loop has not been told of the end.
            network.ports().register(other);
            network.ports().register(reordered.withProcess(0, 0));
            assertThat(network.ports().all())
                    .extracting(port -> port.record().id())
                    .containsExactly("b-0", "a-1");
            List.copyOf(network.ports().all()).forEach(GuestPort::close);
            network.handPorts().close();
        }
    }

    @Test
    void aPortGoesWhenItsQemuDoesThoughJavaDoesNotSayIt() throws Exception {
        Places places = Places.in(home);
        // Nobody waits for it, so Java takes it for alive for as long as its parent lives.
        Process parent = new ProcessBuilder("sh", "-c", "sleep 600 & echo $!; exec sleep 600").start();
        try (BufferedReader reader = parent.inputReader(StandardCharsets.US_ASCII);
                StateKeeper keeper = new StateKeeper(line -> {});
                EventLoop loop = new EventLoop(e -> {})) {
            long pid = Long.parseLong(reader.readLine());
            NetworkProcess network = open(places, loop, keeper);
            PortRecord record = record(places, "a-0", 1, null)
                    .withProcess(pid, ProcessMark.of(pid).orElseThrow());
            GuestPort port = network.ports().register(record);
            Thread runner = Thread.ofPlatform().start(network::run);
            CompletableFuture<Boolean> attached = new CompletableFuture<>();
            CompletableFuture<Boolean> gone = new CompletableFuture<>();
            Runnable watcher = () -> {
                if (port.isAttached()) {
                    attached.complete(true);
                }
            };
            loop.execute(() -> {
                network.watch(watcher);
                // The connection may have been first.
                watcher.run();
            });
            try (SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(record.socket()))) {
                attached.get(30, TimeUnit.SECONDS);
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                assertThat(connection.isConnected()).isTrue();
            }
            loop.execute(() -> look(network, loop, gone));
            assertThat(gone.get(30, TimeUnit.SECONDS)).isTrue();
            loop.execute(loop::stop);
            runner.join();
        } finally {
            parent.descendants().forEach(ProcessHandle::destroyForcibly);
            parent.destroyForcibly();
        }
    }

    private static void look(NetworkProcess network, EventLoop loop, CompletableFuture<Boolean> gone) {
        if (network.ports().all().isEmpty()) {
            gone.complete(true);
        } else {
            loop.after(TimeUnit.MILLISECONDS.toNanos(10), () -> look(network, loop, gone));
        }
    }

    @Test
    void aWriteThatFailsIsToldToWhoWaitsForIt() throws Exception {
        List<String> said = Collections.synchronizedList(new ArrayList<>());
        Path inTheWay = home.resolve("ports.json");
        Files.createDirectories(inTheWay.resolve("not empty"));
        try (StateKeeper keeper = new StateKeeper(said::add)) {
            StateFile file = new StateFile(inTheWay);
            keeper.save(file, Map.of("a", 1));
            assertThatThrownBy(keeper::settle).isInstanceOf(IOException.class).hasMessageContaining("cannot write");
            Files.delete(inTheWay.resolve("not empty"));
            Files.delete(inTheWay);
            keeper.save(file, Map.of("a", 2));
            keeper.settle();
            assertThat(file.read(said::add)).contains(Map.of("a", 2));
        }
        assertThat(said).hasSize(1);
    }

    @Test
    void settingsThatAPartRefusesAreInForceNowhere() throws Exception {
        Places places = Places.in(home);
        try (StateKeeper keeper = new StateKeeper(line -> {});
                EventLoop loop = new EventLoop(e -> {})) {
            NetworkProcess network = open(places, loop, keeper);
            NetworkSettings before = network.settings();
            Map<String, Object> json = Map.of("dhcp", Map.of("from", "10.0.0.1"), "allow-host", List.of("80"));
            NetworkBlock block = NetworkBlock.ofJson(before.networkName(), new Fields(json));
            assertThat(block.dhcpFrom()).isNotNull();

            assertThatThrownBy(() -> network.configure(before.withBlock(block)))
                    .isInstanceOf(IllegalArgumentException.class);

            assertThat(network.settings()).isSameAs(before);
            assertThat(network.gateway().orElseThrow().settings()).isSameAs(before);
        }
    }
}
