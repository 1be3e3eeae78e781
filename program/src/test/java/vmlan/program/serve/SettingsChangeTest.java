package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vmlan.packet.IpAddress;
import vmlan.program.config.HostPort;
import vmlan.program.config.NamedAddresses;
import vmlan.program.files.Fields;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

class SettingsChangeTest {
    @TempDir
    private Path home;

    private static NetworkSettings settings(String name) throws Failure {
        return TestSettings.of(name);
    }

    private static SettingsChange change(
            List<String> allow, List<String> forbid, List<String> names, List<String> forget) throws Failure {
        return new SettingsChange(
                HostPort.parseAll(allow), HostPort.parseAll(forbid), NamedAddresses.parseAll(names), forget);
    }

    @Test
    void nothingIsOpenAtFirst() throws Failure {
        assertThat(settings("shared").allowedHostPorts()).isEmpty();
        assertThat(settings("shared").names()).isEmpty();
    }

    @Test
    void portsAndNamesComeAndGoAndAreKept() throws Exception {
        Places places = Places.in(home);
        NetworkSettings first = change(
                        List.of("5432,514/udp"),
                        List.of(),
                        List.of("DB=10.0.0.5", "db=2001:db8::5", "a.example.com=1.2.3.4"),
                        List.of())
                .applied(settings("shared"))
                .written(places);
        assertThat(first.allowedHostPorts()).containsExactly(new HostPort(true, 514), new HostPort(false, 5432));
        assertThat(first.names())
                .containsExactly(
                        new NamedAddresses("a.example.com", List.of(IpAddress.parse("1.2.3.4"))),
                        new NamedAddresses("db", List.of(IpAddress.parse("10.0.0.5"), IpAddress.parse("2001:db8::5"))));
        assertThat(NetworkSettings.read(places, "shared", line -> {})).contains(first);

        NetworkSettings second = change(
                        List.of("80"), List.of("514/udp"), List.of("db=10.0.0.6"), List.of("a.example.com"))
                .applied(first);
        assertThat(second.allowedHostPorts()).containsExactly(new HostPort(false, 80), new HostPort(false, 5432));
        assertThat(second.names())
                .as("in place of what it had")
                .containsExactly(new NamedAddresses("db", List.of(IpAddress.parse("10.0.0.6"))));
        assertThat(second.subnet()).isEqualTo(first.subnet());
    }

    @Test
    void whatIsAskedIsWhatArrives() throws Failure {
        SettingsChange change = change(List.of("1"), List.of("2/udp"), List.of("x=::1"), List.of("y"));
        assertThat(SettingsChange.ofJson(new Fields(change.toJson()))).isEqualTo(change);
    }

    @Test
    void whatIsNotThereCannotGo() throws Failure {
        NetworkSettings settings = settings("shared");
        assertThatThrownBy(() ->
                        change(List.of(), List.of("80"), List.of(), List.of()).applied(settings))
                .hasMessageContaining("port 80 of the host is not open");
        assertThatThrownBy(() ->
                        change(List.of(), List.of(), List.of(), List.of("db")).applied(settings))
                .hasMessageContaining("has no name 'db'");
        assertThatThrownBy(() ->
                        change(List.of("80"), List.of(), List.of(), List.of()).applied(TestSettings.of("bridged-en0")))
                .hasMessageContaining("no gateway of ours");
        assertThatThrownBy(() -> SettingsChange.ofJson(new Fields(java.util.Map.of("x", 1))))
                .hasMessageContaining("no setting x");
    }

    @Test
    void aNetworkHasABoundedNumberOfThem() throws Failure {
        NetworkSettings settings = settings("shared");
        List<String> ports =
                IntStream.rangeClosed(1000, 1256).mapToObj(Integer::toString).toList();
        assertThatThrownBy(() -> change(ports, List.of(), List.of(), List.of()).applied(settings))
                .hasMessageContaining("at most 256");
    }

    @Test
    void anEntryOfTheFileThatMakesNoSenseIsLeftOutAndTheSubnetStays() throws Exception {
        Places places = Places.in(home);
        NetworkSettings settings = change(List.of("80"), List.of(), List.of("db=1.2.3.4"), List.of())
                .applied(settings("shared"))
                .written(places);
        Path file = places.stateIfAny("networks", "shared", "network.json");
        Files.writeString(
                file, Files.readString(file).replace("\"80\"", "\"80\", \"x\"").replace("1.2.3.4", "1.2.3"));
        List<String> said = new ArrayList<>();
        NetworkSettings read = NetworkSettings.read(places, "shared", said::add).orElseThrow();
        assertThat(read.subnet()).isEqualTo(settings.subnet());
        assertThat(read.allowedHostPorts()).containsExactly(new HostPort(false, 80));
        assertThat(read.names()).isEmpty();
        assertThat(said).hasSize(2).allMatch(line -> line.contains("left out an entry"));
    }

    @ParameterizedTest
    @CsvSource({
        "db, gives a name no address",
        "=1.2.3.4, is no name that DNS can have",
        "db=, is not an IPv4 address",
        "db=1.2.3, is not an IPv4 address",
        "db=::g, is not an IPv6 address",
        "a..b=1.2.3.4, is no name that DNS can have",
        "-a=1.2.3.4, is no name that DNS can have",
        "a b=1.2.3.4, is no name that DNS can have",
        "host=1.2.3.4, is taken by the network itself",
        "GATEWAY.vmlan.internal=1.2.3.4, is taken by the network itself",
        "localhost=1.2.3.4, is taken by the network itself",
        "x.localhost=1.2.3.4, is taken by the network itself",
        "wpad=1.2.3.4, is taken by the network itself"
    })
    void aNameThatCannotBeIsSaid(String option, String why) {
        assertThatThrownBy(() -> NamedAddresses.parseAll(List.of(option)))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.what()).contains(why);
                    assertThat(failure.remedy()).contains("NAME=ADDRESS");
                });
    }
}
