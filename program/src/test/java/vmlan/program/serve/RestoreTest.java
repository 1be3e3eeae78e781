package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.host.EventLoop;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;
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
                false,
                address,
                1,
                qemu.pid(),
                ProcessMark.of(qemu.pid()).orElseThrow());
    }

    private NetworkProcess open(Places places, EventLoop loop, StateKeeper keeper) throws Exception {
        Path folder = places.state("networks", "shared");
        NetworkSettings settings = NetworkSettings.read(places, "shared", line -> {})
                .orElse(NetworkSettings.choose(
                                NetworkName.of("shared"), MacTranslation.AUTO, List.of(), new SplittableRandom(1))
                        .written(places));
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
                record(places, "elsewhere", 3, Ipv4Address.parse("10.0.0.1")));
        try (StateKeeper keeper = new StateKeeper(line -> {});
                EventLoop loop = new EventLoop(e -> {})) {
            NetworkState state = new NetworkState(places.state("networks", "shared"), keeper);
            state.savePorts(records);
            state.settle();
            NetworkProcess network = open(places, loop, keeper);
            assertThat(network.ports()).extracting(port -> port.record().id()).containsExactly("wants", "any");
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
                    .contains("elsewhere: cannot be taken back");
            // What could not be taken back is not forgotten while its VM runs.
            network.portEnded(network.port("any"), "test");
            state.settle();
            assertThat(state.knownPorts(line -> {}))
                    .extracting(PortRecord::id)
                    .containsExactlyInAnyOrder("wants", "elsewhere");
            List.copyOf(network.ports()).forEach(GuestPort::close);
            network.handPorts().close();
        }
    }

    @Test
    void twoVmsCannotHaveOneMac() throws Exception {
        Places places = Places.in(home);
        try (StateKeeper keeper = new StateKeeper(line -> {});
                EventLoop loop = new EventLoop(e -> {})) {
            NetworkProcess network = open(places, loop, keeper);
            network.register(record(places, "a-0", 1, null));
            assertThatThrownBy(() -> network.register(record(places, "b-0", 1, null)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("belongs to a-0");
            List.copyOf(network.ports()).forEach(GuestPort::close);
            network.handPorts().close();
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
}
