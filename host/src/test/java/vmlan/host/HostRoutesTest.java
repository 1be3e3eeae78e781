package vmlan.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.network.change.HostRoute;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;

class HostRoutesTest {
    @Test
    void theKernelsTableIsReadInItsOwnByteOrder() {
        List<String> table = List.of(
                "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
                "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
                "eth0\t0040A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
                "rubbish");
        assertThat(HostRoutes.parse(table))
                .containsExactly(
                        new HostRoute("eth0", Ipv4Prefix.parse("0.0.0.0/0"), Ipv4Address.parse("192.168.1.1")),
                        new HostRoute("eth0", Ipv4Prefix.parse("192.168.64.0/24"), null));
    }

    @Test
    void theLoopbackIsAmongTheHostsNetworks() throws IOException {
        assertThat(HostRoutes.ipv4()).contains(Ipv4Prefix.parse("127.0.0.0/8"));
    }
}
