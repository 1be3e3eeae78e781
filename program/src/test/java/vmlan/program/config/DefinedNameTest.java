package vmlan.program.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Prefix;

class DefinedNameTest {
    @Test
    void eachNameSaysWhatItIsMadeOf() {
        List<NetworkName> names = List.of(
                DefinedName.shared(Ipv4Address.parse("192.168.105.1")),
                DefinedName.shared(Ipv6Prefix.parse("fd00:1:0:abc::/64")),
                DefinedName.host(Ipv4Address.parse("10.0.0.1")),
                DefinedName.isolated(UUID.fromString("A8A4B5E4-0f5c-4d0b-9a86-9d6a51b6c1ff")),
                DefinedName.user("web", 0),
                DefinedName.user("a-2", 10));
        assertThat(names)
                .extracting(NetworkName::text)
                .containsExactly(
                        "shared-192.168.105.1",
                        "shared-fd00-1-0-abc",
                        "host-10.0.0.1",
                        "host-a8a4b5e4-0f5c-4d0b-9a86-9d6a51b6c1ff",
                        "user-web-0",
                        "user-a-2-10");
        assertThat(names).allSatisfy(name -> {
            assertThat(DefinedName.read(name.text())).contains(name);
            assertThat(name.isDefined()).isTrue();
            assertThat(NetworkName.isName(name.text())).isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shared-",
                "shared-192.168.105",
                "shared-192.168.105.01",
                "shared-fd00-1-0",
                "shared-fd00-1-0-0-0",
                "shared-FD00-1-0-0",
                "host-a8a4b5e4",
                "user-web",
                "user--0",
                "user-Web-0",
                "user-web-00",
                "user-../x-0",
                "shared-../etc",
                "lab"
            })
    void anythingElseIsNone(String text) {
        assertThat(DefinedName.read(text)).isEmpty();
    }

    private static NetworkBlock shared(String start, String end, String mask) {
        return VmnetBlock.shared(Ipv4Address.parse(start), Ipv4Address.parse(end), Ipv4Address.parse(mask), null);
    }

    @Test
    void theStartAddressIsTheGatewaysAndTheRestIsGivenToGuests() {
        NetworkBlock block = shared("192.168.105.1", "192.168.105.254", "255.255.255.0");
        assertThat(block.ipv4()).hasToString("192.168.105.0/24");
        assertThat(block.gateway()).hasToString("192.168.105.1");
        assertThat(block.dhcpFrom()).hasToString("192.168.105.2");
        assertThat(block.dhcpTo()).hasToString("192.168.105.254");
    }

    @Test
    void addressesThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> shared("192.168.105.1", "192.168.105.9", "255.0.255.0"))
                .hasMessage("255.0.255.0 is no subnet mask");
        assertThatThrownBy(() -> shared("192.168.105.1", "192.168.106.9", "255.255.255.0"))
                .hasMessageContaining("is not in the network 192.168.105.0/24");
        assertThatThrownBy(() -> shared("192.168.105.9", "192.168.105.1", "255.255.255.0"))
                .hasMessageContaining("is none for a guest");
        assertThatThrownBy(() -> shared("192.168.105.0", "192.168.105.9", "255.255.255.0"))
                .hasMessageContaining("192.168.105.0 is no address of a host");
        assertThatThrownBy(() -> shared("127.0.0.1", "127.0.0.9", "255.255.255.0"))
                .hasMessageContaining("is not for hosts");
        assertThatThrownBy(() -> shared("10.0.0.1", "10.0.0.1", "255.255.255.255"))
                .hasMessageContaining("no length that a network can have");
        assertThatThrownBy(() -> VmnetBlock.shared(null, null, null, Ipv6Prefix.parse("2001:db8::/64")))
                .hasMessageContaining("is none of fd00::/8");
    }

    @Test
    void aVmsOwnNetworkIsNobodyElses() {
        assertThat(DefinedName.owner("user-web-0")).contains("web");
        assertThat(DefinedName.owner("user-web-1-12")).contains("web-1");
        for (String other : List.of("user-web", "user-", "user-web-01", "shared-192.168.105.1", "shared", "web-0")) {
            assertThat(DefinedName.owner(other)).as(other).isEmpty();
        }
    }
}
