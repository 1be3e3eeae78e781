package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;
import vmlan.packet.MacAddress;

class GatewayConfigTest {
    private static GatewayConfig config(String mac, String address, int mtu, String domain, int leaseSeconds) {
        return new GatewayConfig(
                MacAddress.parse(mac),
                Ipv4Address.parse(address),
                Ipv4Prefix.parse("192.168.64.0/24"),
                Ipv6Prefix.parse("fd00:0:0:1::/64"),
                true,
                mtu,
                domain,
                leaseSeconds);
    }

    @Test
    void theIpv6AddressesFollowFromPrefixAndMac() {
        GatewayConfig config = config(Lan.MAC, Lan.IP4, 1500, "Vmlan.Internal", 60);
        assertThat(config.ipv6()).hasToString(Lan.IP6);
        assertThat(config.linkLocal()).hasToString(Lan.LINK_LOCAL);
        assertThat(config.domain()).isEqualTo("vmlan.internal");
        assertThat(config(Lan.MAC, Lan.IP4, 1280, null, 60).domainName()).isEmpty();
    }

    @Test
    void whatCannotBeIsRefusedWithTheBadValue() {
        assertThatThrownBy(() -> config(Packets.ALL, Lan.IP4, 1500, null, 60)).hasMessageContaining(Packets.ALL);
        assertThatThrownBy(() -> config(Lan.MAC, "10.0.0.1", 1500, null, 60)).hasMessageContaining("10.0.0.1");
        assertThatThrownBy(() -> config(Lan.MAC, "192.168.64.0", 1500, null, 60))
                .hasMessageContaining("64.0");
        assertThatThrownBy(() -> config(Lan.MAC, "192.168.64.255", 1500, null, 60))
                .hasMessageContaining("64.255");
        assertThatThrownBy(() -> config(Lan.MAC, Lan.IP4, 1279, null, 60)).hasMessageContaining("1279");
        assertThatThrownBy(() -> config(Lan.MAC, Lan.IP4, 65_521, null, 60)).hasMessageContaining("65521");
        assertThatThrownBy(() -> config(Lan.MAC, Lan.IP4, 1500, "a b", 60)).hasMessageContaining("a b");
        assertThatThrownBy(() -> config(Lan.MAC, Lan.IP4, 1500, null, 0)).hasMessageContaining("0 seconds");
    }
}
