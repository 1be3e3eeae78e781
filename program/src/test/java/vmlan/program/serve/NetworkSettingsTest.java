package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.MacAddress;
import vmlan.program.config.UplinkChoice;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

class NetworkSettingsTest {
    @Test
    void theFirstSubnetThatNoRouteUsesIsTaken() throws Failure {
        assertThat(Subnet.freeIpv4(List.of())).isEqualTo(Ipv4Prefix.parse("192.168.64.0/24"));
        assertThat(Subnet.freeIpv4(List.of(
                        Ipv4Prefix.parse("0.0.0.0/0"),
                        Ipv4Prefix.parse("0.0.0.0/1"),
                        Ipv4Prefix.parse("128.0.0.0/1"),
                        Ipv4Prefix.parse("192.168.64.0/23"),
                        Ipv4Prefix.parse("192.168.66.128/25"),
                        Ipv4Prefix.parse("10.0.0.0/8"))))
                .isEqualTo(Ipv4Prefix.parse("192.168.67.0/24"));
    }

    @Test
    void aHostWhoseRoutesUseAllOfThemIsTold() {
        assertThatThrownBy(() -> Subnet.freeIpv4(List.of(Ipv4Prefix.parse("192.168.0.0/16"))))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("no free subnet");
    }

    @Test
    void theIpv6PrefixIsAUniqueLocalOneWithRandomBits() {
        SplittableRandom random = new SplittableRandom(1);
        List<Long> seen = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            long high = Subnet.randomUla(random).high();
            assertThat(high >>> 56).isEqualTo(0xfd);
            assertThat(high & 0xffff).as("the subnet").isEqualTo(1);
            seen.add(high);
        }
        assertThat(seen).doesNotHaveDuplicates();
    }

    @Test
    void theGatewaysMacIsAStationsOwnAndNoGuests() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100; i++) {
            MacAddress mac = Subnet.gatewayMac(random);
            assertThat(mac.isGroup()).isFalse();
            assertThat(mac.bits() >> 40 & 2).as("locally administered").isEqualTo(2);
            assertThat(mac.toString()).doesNotStartWith("52:54:00");
        }
    }

    @Test
    void whatWasChosenIsKept(@TempDir Path home) throws Exception {
        Places places = Places.in(home);
        NetworkSettings chosen =
                new SettingsChoice(places, "shared", line -> {}).make(UplinkChoice.NONE, new SplittableRandom(7));
        assertThat(NetworkSettings.read(places, "shared", line -> {})).contains(chosen);
        assertThat(NetworkSettings.read(places, "private", line -> {})).isEmpty();
    }

    @Test
    void settingsThatMakeNoSenseAreSetAsideAndSaid(@TempDir Path home) throws Exception {
        Places places = Places.in(home);
        Path file = places.state("networks", "shared").resolve("network.json");
        Files.writeString(file, "{\"mode\":\"shared\",\"ipv4\":\"1.2.3/24\",\"ipv6\":\"x\",\"gatewayMac\":\"y\"}");
        List<String> said = new ArrayList<>();
        assertThat(NetworkSettings.read(places, "shared", said::add)).isEmpty();
        assertThat(said).singleElement().asString().contains("network.json is damaged");
        assertThat(file).doesNotExist();
    }
}
