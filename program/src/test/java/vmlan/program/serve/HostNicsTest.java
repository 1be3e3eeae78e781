package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.program.config.NetworkMode;
import vmlan.program.config.NetworkName;
import vmlan.program.message.Failure;

class HostNicsTest {
    private static final String HEADER =
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";

    @Test
    void theNicOfTheDefaultRouteIsTheOneWithTheLowestMetric() {
        assertThat(LinuxNics.defaultRoute(List.of(
                        HEADER,
                        "wlan0\t00000000\t014DA8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0",
                        "en0\t00000000\t014DA8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
                        "en1\t004DA8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
                        "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0")))
                .contains("en0");
        assertThat(LinuxNics.defaultRoute(List.of(HEADER))).isEmpty();
        assertThat(LinuxNics.defaultRoute(List.of())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"6.18.44-fc, true", "6.6, true", "7.0.1, true", "6.5.13-x, false", "5.15.0, false", "odd, false"})
    void linksOnTheNicsEgressCameWithLinux66(String release, boolean has) {
        assertThat(LinuxNics.hasTcx(release)).isEqualTo(has);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bridged-", "bridged-../x", "bridged-a/b", "bridged-sixteencharacter", "Shared", "", "user"})
    void aNameThatIsNoNetworkIsSaid(String name) {
        assertThatThrownBy(() -> NetworkName.of(name))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("there is no network '" + name + "'");
        assertThat(NetworkName.builtIn(name)).isEmpty();
    }

    @Test
    void aBridgedNetworksNameHasItsNic() throws Failure {
        NetworkName name = NetworkName.of("bridged-enp0s31f6.5");
        assertThat(name.mode()).isEqualTo(NetworkMode.BRIDGED);
        assertThat(name.nic()).isEqualTo("enp0s31f6.5");
        assertThat(NetworkName.of("host").mode()).isEqualTo(NetworkMode.HOST);
    }

    @ParameterizedTest
    @CsvSource({
        "shared,shared,vmlan-shared",
        "lab,HOST,vmlan-lab",
        "a-name-that-is-long,HOST,vmlan-a-name-th",
        "router-en0,ROUTER,vmlan-router"
    })
    void aTapIsCalledAfterItsNetworkInFifteenLetters(String name, String mode, String tap) {
        NetworkName network = new NetworkName(name, NetworkMode.ofKey(mode.toLowerCase(Locale.ROOT)), null);
        assertThat(NetworkOpener.tapName(network)).isEqualTo(tap).hasSizeLessThanOrEqualTo(15);
    }
}
