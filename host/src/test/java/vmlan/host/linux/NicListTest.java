package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.packet.MacAddress;

/// What `vmlan interfaces` shows, in a namespace whose /sys is another's.
class NicListTest {
    private static NicList.Nic nic(String name) throws Exception {
        return NicList.read().stream()
                .filter(nic -> nic.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void interfacesOfThisNamespaceWithWhatTheyAreGoodFor() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            NetworkNamespace.ip("link add br0 type bridge");
            NetworkNamespace.ip("link set lan0 master br0");
            NetworkNamespace.ip("tuntap add mode tap name vmlan7");
            NetworkNamespace.ip("tuntap add mode tun name tun0");
            assertThat(NicList.read().stream().map(NicList.Nic::name))
                    .contains("lo", "en0", "lan0", "br0", "vmlan7", "tun0")
                    .doesNotContain("eth0");
            assertThat(nic("en0"))
                    .isEqualTo(new NicList.Nic(
                            "en0",
                            Interfaces.index("en0"),
                            NicList.Kind.VIRTUAL,
                            true,
                            new MacAddress(TestNic.OWN),
                            1500,
                            List.of("192.0.2.1/24"),
                            true,
                            ""));
            assertThat(nic("lo").why()).isEqualTo("loopback");
            assertThat(nic("lan0").why()).isEqualTo("part of br0");
            assertThat(nic("lan0").bridgeable()).isFalse();
            assertThat(nic("vmlan7").why()).contains("vmlan");
            assertThat(nic("tun0").why()).isEqualTo("not Ethernet");
            assertThat(nic("br0").up()).as("nobody set it up").isFalse();
            assertThat(nic("br0").bridgeable()).isTrue();
        });
    }
}
