package vmlan.program.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;
import vmlan.packet.MacAddress;
import vmlan.program.files.Fields;
import vmlan.program.files.Json;
import vmlan.program.files.Places;
import vmlan.program.message.Problem;

class NetworksFileTest {
    private static NetworksFile.Content read(String text) {
        return NetworksFile.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everySettingIsRead() {
        NetworkBlock lab = read(Refused.EVERY_SETTING).block("lab").orElseThrow();
        assertThat(lab.name()).isEqualTo(new NetworkName("lab", NetworkMode.SHARED, null));
        assertThat(lab.line()).isEqualTo(3);
        assertThat(lab.ipv4()).isEqualTo(Ipv4Prefix.parse("10.20.0.0/24"));
        assertThat(lab.gateway()).isEqualTo(Ipv4Address.parse("10.20.0.254"));
        assertThat(lab.dhcpFrom()).isEqualTo(Ipv4Address.parse("10.20.0.100"));
        assertThat(lab.dhcpTo()).isEqualTo(Ipv4Address.parse("10.20.0.200"));
        assertThat(lab.leaseSeconds()).isEqualTo(12 * 3600);
        assertThat(lab.ipv6()).isEqualTo(Ipv6Prefix.parse("fd12:3456:789a:1::/64"));
        assertThat(lab.mtu()).isEqualTo(9000);
        assertThat(lab.isolated()).isTrue();
        assertThat(lab.allowHost()).containsExactly(new HostPort(true, 514), new HostPort(false, 5432));
        assertThat(lab.names())
                .containsExactly(
                        new NamedAddresses("db", List.of(IpAddress.parse("10.0.0.5"), IpAddress.parse("2001:db8::5"))),
                        new NamedAddresses("mirror.example.com", List.of(IpAddress.parse("10.0.0.7"))));
        assertThat(lab.reservations())
                .containsExactly(
                        new Reservation("web", null, Ipv4Address.parse("10.20.0.10")),
                        new Reservation(null, MacAddress.parse("52:54:00:12:34:56"), Ipv4Address.parse("10.20.0.11")));
        assertThat(lab.dnsServers()).containsExactly(IpAddress.parse("10.0.0.53"));
        assertThat(lab.services().dns()).isEqualTo(Ipv4Address.parse("10.20.0.253"));
        assertThat(lab.services().search()).containsExactly("example.com", "lab.example.com");
        NetworkBlock office = read(Refused.EVERY_SETTING).block("office").orElseThrow();
        assertThat(office.name()).isEqualTo(new NetworkName("office", NetworkMode.BRIDGED, "en0"));
        assertThat(office.uplink().translation()).isEqualTo(MacTranslation.ON);
    }

    @Test
    void aBlockIsTheSameAfterAStateFile() throws Exception {
        for (NetworkBlock block : read(Refused.EVERY_SETTING).blocks().values()) {
            Fields json = new Fields(Json.object(Json.compact(block.toJson()).getBytes(StandardCharsets.UTF_8)));
            assertThat(NetworkBlock.ofJson(block.name(), json).toJson()).isEqualTo(block.toJson());
            assertThat(NetworkBlock.ofJson(block.name(), json).withLive(block, true))
                    .isEqualTo(block);
        }
    }

    @ParameterizedTest
    @MethodSource("vmlan.program.config.Refused#all")
    void eachMistakeHasItsPlaceAndWhatIsAccepted(Refused refused) {
        List<Problem> problems = read(refused.text()).problems();
        assertThat(problems).as(refused.text()).hasSize(1);
        Problem problem = problems.getFirst();
        assertThat(problem.line() + ":" + problem.column())
                .as(problem.text("networks.yaml"))
                .isEqualTo(refused.place());
        assertThat(problem.what()).contains(refused.what());
        assertThat(problem.remedy()).isNotBlank().doesNotContain("null");
        assertThat(problem.text("networks.yaml")).doesNotContain("\n");
    }

    @Test
    void allMistakesAreSaidAtOnceInTheFilesOrder() {
        List<Problem> problems = read("""
                        networks:
                          lab:
                            ipv5: 10.20.0.0/24
                            mtu: 12
                            isolated: perhaps
                            names: {"-": 1.2.3.4, db: [x, 1.2.3]}
                          none:
                            mode: shared
                        """).problems();
        assertThat(problems).extracting(Problem::line).containsExactly(3, 4, 5, 6, 6, 6, 7);
        assertThat(problems.getFirst().remedy()).startsWith("did you mean ipv4? ");
    }

    @Test
    void aNetworkWithoutMistakesIsReadBesideOneThatHasSome() {
        NetworksFile.Content content = read("networks:\n  good: {}\n  bad: {mtu: 1}\n");
        assertThat(content.blocks()).containsOnlyKeys("good");
        assertThat(content.isUnclear("bad")).isTrue();
        assertThat(content.isUnclear("good")).as("it was written down").isTrue();
        assertThat(content.isUnclear("shared")).isFalse();
        assertThat(read("networks: [").isUnclear("shared")).as("nobody knows").isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing but a comment\n",
                "networks:\n",
                "networks: {}\n",
                "---\nnetworks:\n  shared:\n",
                "networks: {lab: {mode: private}}\n",
                "networks:\n  lab: &a {mode: private}\n  other: *a\n",
                "networks:\r\n  lab:\r\n    mtu: 1500\r\n",
                "\ufeffnetworks:\n  lab: {}\n"
            })
    void theseAreInOrder(String text) {
        assertThat(read(text).problems()).isEmpty();
    }

    @Test
    void aliasesDoNotMultiply() {
        StringBuilder laughs = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            laughs.append(
                    "a%d: &a%d [%s]\n".formatted(i, i, "*a%d, ".formatted(i - 1).repeat(9)));
        }
        laughs.append("networks: {lab: {allow-host: *a29, names: {db: *a29}, reservations: *a29}}\n");
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(read(laughs.toString()).problems()).isNotEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- "})
    void depthEndsNothingButTheReading(String opening) {
        assertThat(read(opening.repeat(100_000)).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.what()).containsAnyOf("nested too deeply", "no YAML"));
    }

    @Test
    void anAliasToItselfEnds() {
        assertThat(read("networks: &n\n  lab: *n\n").problems()).isNotEmpty();
        assertThat(read("networks:\n  lab: &l\n    names: *l\n").problems()).isNotEmpty();
    }

    @Test
    void aFileThatIsTooLongOrNoTextIsSaid(@TempDir Path home) throws Exception {
        Places places = Places.in(home);
        Path file = Files.createDirectories(places.config()).resolve("networks.yaml");
        Files.write(file, new byte[2 << 20]);
        assertThat(new NetworksFile(places).read().problems().getFirst().what()).contains("mebibyte");
        Files.write(file, new byte[] {'a', (byte) 0xff});
        assertThat(new NetworksFile(places).read().problems().getFirst().what()).contains("UTF-8");
        Files.write(file, new byte[] {'a', 0, ':', ' '});
        assertThat(new NetworksFile(places).read().problems()).isNotEmpty();
        Files.delete(file);
        assertThat(new NetworksFile(places).read().exists()).isFalse();
        Files.createDirectory(file);
        assertThat(new NetworksFile(places).read().problems().getFirst().what()).contains("it is no file");
    }

    @Test
    void manyMistakesAreBounded() {
        StringBuilder text = new StringBuilder("networks:\n  lab:\n");
        for (int i = 0; i < 5000; i++) {
            text.append("    x").append(i).append(": 1\n");
        }
        List<Problem> problems = read(text.toString()).problems();
        assertThat(problems).hasSize(101);
        assertThat(problems.getLast().what()).isEqualTo("and 4900 more");
    }
}
