package vmlan.host.macos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// The network objects of macOS 26.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VmnetNetworkTest {
    private final SimulatedMac mac = SimulatedMac.reset();

    @AfterEach
    void nothingIsLeft() {
        mac.expectNothingLeft();
    }

    @Test
    void allOfItReachesTheFramework() throws Exception {
        VmnetNetworkPlan plan = new VmnetNetworkPlan(
                VmnetMode.SHARED,
                Ipv4Address.parse("192.168.77.0"),
                Ipv4Address.parse("255.255.255.0"),
                Ipv6Address.parse("fd12:3456:789a:1::"),
                9000,
                "en0",
                Set.of(VmnetNetworkPlan.Service.DHCP),
                List.of(new VmnetNetworkPlan.Reservation(
                        MacAddress.parse("52:54:00:aa:bb:cc"), Ipv4Address.parse("192.168.77.9"))),
                List.of(new PortForwarding(true, 65_000, InetAddress.getByName("192.168.77.9"), 53)));
        try (VmnetNetwork network = VmnetNetwork.create(mac.framework(), plan)) {
            assertThat(mac.network())
                    .isEqualTo("mode 1001;subnet c0 a8 4d 00;mask ff ff ff 00;prefix fd 12 34 56 78 9a 00 01;mtu 9000;"
                            + "external en0;no dhcp;client 52 54 00 aa bb cc;reserved c0 a8 4d 09;"
                            + "forward 17 2 65000>53 c0 a8 4d 09;");
            assertThat(network.subnet().address()).isEqualTo(Ipv4Address.parse("192.168.77.0"));
            assertThat(network.subnet().mask()).isEqualTo(Ipv4Address.parse("255.255.255.0"));
            VmnetInterface vmnet = VmnetInterface.start(network, true, Duration.ofSeconds(10));
            assertThat(mac.startedWith("vmnet_enable_isolation")).isEqualTo("bool 1");
            assertThat(mac.startedWith("vmnet_operation_mode"))
                    .as("the network has it")
                    .isNull();
            vmnet.stop();
        }
    }

    @Test
    void everyServiceCanBeLeftOut() throws Exception {
        for (VmnetNetworkPlan.Service service : VmnetNetworkPlan.Service.values()) {
            SimulatedMac.reset();
            VmnetNetwork.create(
                            mac.framework(),
                            new VmnetNetworkPlan(
                                    VmnetMode.HOST,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    Set.of(service),
                                    List.of(),
                                    List.of()))
                    .close();
            assertThat(mac.network())
                    .isEqualTo("mode 1000;no " + service.function().substring("disable_".length()) + ";");
        }
    }

    @Test
    void aNetworkThatCannotBe() {
        mac.fault(SimulatedMac.Fault.START_STATUS, VmnetStatus.SHARING_SERVICE_BUSY.code());
        assertThatThrownBy(() -> VmnetNetwork.create(mac.framework(), VmnetNetworkPlan.of(VmnetMode.SHARED)))
                .hasMessageStartingWith("vmnet_network_create: VMNET_SHARING_SERVICE_BUSY");
        assertThatThrownBy(() -> VmnetNetworkPlan.of(VmnetMode.BRIDGED)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> VmnetNetwork.create(
                        mac.framework(),
                        new VmnetNetworkPlan(
                                VmnetMode.HOST,
                                Ipv4Address.ANY,
                                Ipv4Address.BROADCAST,
                                null,
                                null,
                                null,
                                Set.of(),
                                List.of(),
                                List.of())))
                .hasMessageStartingWith("vmnet_network_configuration_set_ipv4_subnet: VMNET_INVALID_ARGUMENT");
    }
}
