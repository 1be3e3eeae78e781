package vmlan.program.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vmlan.program.message.Failure;
import vmlan.qemu.tool.Tool;

/// The LAN itself: real namespaces, real packets.
class DemoLanTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(1500);

    private DemoLan lan;

    /// The processes in the network namespaces that these keepers keep.
    static List<ProcessHandle> processes(List<Long> keepers) {
        Set<String> insides =
                keepers.stream().map(pid -> namespace(Path.of("/proc/" + pid))).collect(Collectors.toSet());
        assertThat(insides)
                .as("each has its own, which is not ours")
                .hasSize(Place.values().length)
                .doesNotContain("", namespace(Path.of("/proc/self")));
        return ProcessHandle.allProcesses()
                .filter(process -> insides.contains(namespace(Path.of("/proc/" + process.pid()))))
                .toList();
    }

    /// One that has ended has no namespace any more, also while nobody has asked for its exit status. Numbers of
    /// processes and namespaces are used again, by others.
    static boolean isThere(ProcessHandle process) {
        return process.isAlive()
                && !namespace(Path.of("/proc/" + process.pid())).isEmpty();
    }

    private static String namespace(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("ns/net")).toString();
        } catch (IOException e) {
            return "";
        }
    }

    @AfterEach
    void nothingIsLeft() {
        if (lan != null) {
            List<ProcessHandle> processes = processes(Arrays.stream(Place.values())
                    .map(place -> Long.parseLong(lan.prefix(place).get(2)))
                    .toList());
            lan.close();
            assertThat(processes).noneMatch(DemoLanTest::isThere);
            assertThat(lan.folder()).doesNotExist();
        }
    }

    private void reaches(Place from, String address) throws Failure {
        assertThat(lan.station(from).ping(address, LIMIT))
                .as("%s > %s", from, address)
                .matches(Outcome::holds);
    }

    private Tool run(Place place, String command) throws IOException {
        List<String> words = Stream.concat(lan.prefix(place).stream(), Stream.of("sh", "-c", command))
                .toList();
        return Tool.run(LIMIT, words);
    }

    @Test
    void everyMachineReachesTheOthersOverBothFamilies() throws Failure {
        lan = DemoLan.build(false);
        for (String address : List.of(
                AddressPlan.ROUTER4,
                AddressPlan.ROUTER6,
                AddressPlan.OTHER4,
                AddressPlan.OTHER6,
                AddressPlan.OUTSIDE4,
                AddressPlan.OUTSIDE6)) {
            reaches(Place.HOST, address);
        }
        reaches(Place.OTHER, AddressPlan.OUTSIDE4);
        reaches(Place.OUTSIDE, AddressPlan.HOST6);
        assertThat(lan.station(Place.HOST).ping("192.168.77.99", SHORT).holds()).isFalse();
    }

    @Test
    void stationsServeAndFetchThroughTheRouter() throws Failure {
        lan = DemoLan.build(false);
        lan.station(Place.OUTSIDE).serve(8080, "grüße\nvon draußen");
        for (String address : List.of(AddressPlan.OUTSIDE4, AddressPlan.OUTSIDE6)) {
            Outcome outcome = lan.station(Place.OTHER).fetch(address, 8080, LIMIT);
            assertThat(outcome).matches(Outcome::holds);
            assertThat(outcome.detail()).startsWith("HTTP/1.0 200 OK\r\n").endsWith("\r\n\r\ngrüße\nvon draußen");
        }
        assertThat(lan.station(Place.OTHER)
                        .fetch(AddressPlan.OUTSIDE4, 8081, LIMIT)
                        .holds())
                .as("nobody serves there")
                .isFalse();
    }

    /// A guest bridged without translation is one more MAC on the host's port, which an access point does not
    /// take.
    @Test
    void wifiTakesTheHostsOwnMacOnly() throws Failure, IOException {
        lan = DemoLan.build(true);
        reaches(Place.HOST, AddressPlan.ROUTER4);
        reaches(Place.OTHER, AddressPlan.HOST6);
        Tool changed = run(
                Place.HOST,
                "PATH=$PATH:/usr/sbin:/sbin; ip link set en0 address 02:00:00:00:77:99 && ip neigh flush dev en0");
        assertThat(changed.succeeded()).as(changed.lastLine()).isTrue();
        assertThat(lan.station(Place.HOST).ping(AddressPlan.ROUTER4, SHORT).holds())
                .isFalse();
        assertThat(lan.station(Place.HOST).ping(AddressPlan.OTHER6, SHORT).holds())
                .isFalse();
    }

    @Test
    void aCableTakesAnyMac() throws Failure, IOException {
        lan = DemoLan.build(false);
        reaches(Place.HOST, AddressPlan.ROUTER4);
        run(
                Place.HOST,
                "PATH=$PATH:/usr/sbin:/sbin; ip link set en0 address 02:00:00:00:77:99 && ip neigh flush dev en0");
        reaches(Place.HOST, AddressPlan.OTHER4);
    }

    @Test
    void commandsRunWithThisUsersFolderAndEnvironment() throws Failure, IOException {
        lan = DemoLan.build(false);
        Tool tool = run(Place.HOST, "pwd; echo $HOME; cat /proc/net/dev");
        assertThat(tool.output().lines().toList())
                .startsWith(Path.of("").toAbsolutePath().toString(), System.getenv("HOME"))
                .anyMatch(line -> line.contains("en0:"));
        assertThat(Path.of("/proc/self/net/dev")).content().doesNotContain("en0:");
    }

    @Test
    void whatIsMissingIsSaidWithItsPackages() {
        Failure failure = Assertions.catchThrowableOfType(Failure.class, () -> LanPrograms.find("Linux", Map.of()));
        assertThat(failure.what()).contains("unshare", "nsenter", "ip", "bridge");
        assertThat(failure.remedy()).contains("util-linux", "iproute2");
        failure = Assertions.catchThrowableOfType(Failure.class, () -> LanPrograms.find("Mac OS X", System.getenv()));
        assertThat(failure.what()).contains("Mac OS X");
    }
}
