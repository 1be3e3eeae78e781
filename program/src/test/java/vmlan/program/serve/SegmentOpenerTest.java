package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.host.macos.VmnetSettings;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Prefix;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworkMode;
import vmlan.program.config.NetworkName;
import vmlan.program.config.UplinkChoice;
import vmlan.program.config.VmnetBlock;

class SegmentOpenerTest {
    private static NetworkSettings settings(NetworkName name, NetworkBlock block) {
        return new NetworkSettings(name, null, UplinkChoice.NONE, List.of(), List.of(), block);
    }

    private static NetworkBlock block(
            NetworkName name, Ipv4Prefix ipv4, Ipv6Prefix ipv6, Integer mtu, Boolean isolated) {
        return new NetworkBlock(
                name,
                1,
                UplinkChoice.NONE,
                ipv4,
                null,
                null,
                null,
                null,
                ipv6,
                mtu,
                isolated,
                null,
                null,
                List.of(),
                List.of());
    }

    @Test
    void whatNobodySaysIsLeftToVmnet() {
        NetworkName shared = new NetworkName("vmnet-shared", NetworkMode.VMNET_SHARED, null);
        assertThat(SegmentOpener.wish(settings(shared, null))).isEqualTo(VmnetSettings.shared());
        NetworkName host = new NetworkName("vmnet-host", NetworkMode.VMNET_HOST, null);
        assertThat(SegmentOpener.wish(settings(host, null))).isEqualTo(VmnetSettings.host());
        NetworkName bridged = new NetworkName("bridged-en0", NetworkMode.BRIDGED, "en0");
        assertThat(SegmentOpener.wish(settings(bridged, null))).isEqualTo(VmnetSettings.bridged("en0"));
    }

    @Test
    void theFirstAddressIsTheHostsAndAllBehindItAreForGuests() {
        NetworkName name = new NetworkName("lab", NetworkMode.VMNET_SHARED, null);
        NetworkBlock block =
                block(name, Ipv4Prefix.parse("192.168.105.0/24"), Ipv6Prefix.parse("fd00:1::/64"), 9000, true);
        assertThat(SegmentOpener.wish(settings(name, block)))
                .isEqualTo(VmnetSettings.shared()
                        .withRange(
                                Ipv4Address.parse("192.168.105.1"),
                                Ipv4Address.parse("192.168.105.254"),
                                Ipv4Address.parse("255.255.255.0"))
                        .withNat66Prefix(Ipv6Address.parse("fd00:1::"))
                        .withMtu(9000)
                        .isolate());
    }

    @Test
    void theAddressesOfAQemuCommandLineAreTakenAsTheyStand() {
        NetworkBlock block = VmnetBlock.host(
                Ipv4Address.parse("192.168.106.1"),
                Ipv4Address.parse("192.168.106.99"),
                Ipv4Address.parse("255.255.255.0"));
        NetworkName name = new NetworkName("host-192.168.106.1", NetworkMode.VMNET_HOST, null);
        assertThat(SegmentOpener.wish(settings(name, block)).range())
                .isEqualTo(new VmnetSettings.Range(
                        Ipv4Address.parse("192.168.106.1"),
                        Ipv4Address.parse("192.168.106.99"),
                        Ipv4Address.parse("255.255.255.0")));
    }

    @Test
    void applesNetworksHaveAnUplinkAndNoGatewayOfOurs() {
        assertThat(NetworkMode.VMNET_HOST.hasGateway()).isFalse();
        assertThat(NetworkMode.VMNET_SHARED.hasUplink()).isTrue();
        assertThat(NetworkMode.VMNET_SHARED.key()).isEqualTo("vmnet-shared");
        assertThat(NetworkMode.ofKey("vmnet-host").reach()).isEqualTo("host");
    }
}
