package vmlan.host.macos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Simulators without the symbols that came later.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OlderMacTest {
    private static Set<VmnetFeature> features(int version) {
        Set<VmnetFeature> features = EnumSet.noneOf(VmnetFeature.class);
        for (VmnetFeature feature : VmnetFeature.values()) {
            if (version >= Math.round(100 * Double.parseDouble(feature.since()))) {
                features.add(feature);
            }
        }
        return features;
    }

    @ParameterizedTest
    @ValueSource(ints = {1010, 1015, 1100, 1500, 2600})
    void itHasWhatItsVersionHas(int version) throws Exception {
        SimulatedMac mac = SimulatedMac.reset(version);
        for (VmnetFeature feature : VmnetFeature.values()) {
            assertThat(mac.framework().has(feature))
                    .as(feature.name())
                    .isEqualTo(features(version).contains(feature));
        }
        VmnetInterface vmnet = VmnetInterface.start(mac.framework(), VmnetSettings.shared());
        assertThat(vmnet.parameters().readMaxPackets()).isEqualTo(version >= 1500 ? 256 : 200);
        assertThat(mac.startedWith("vmnet_operation_mode")).isEqualTo("uint64 1001");
        vmnet.stop();
        mac.expectNothingLeft();
    }

    @Test
    void theOldestSaysWhatItNeeds() throws Exception {
        SimulatedMac mac = SimulatedMac.reset(1010);
        assertThat(mac.framework().sharedInterfaces()).isEmpty();
        assertThatThrownBy(() -> VmnetInterface.start(mac.framework(), VmnetSettings.bridged("en0")))
                .hasMessage("bridging: this macOS has it not yet; it needs macOS 10.15");
        assertThatThrownBy(() -> VmnetInterface.start(
                        mac.framework(), VmnetSettings.host().isolate()))
                .hasMessage("isolation: this macOS has it not yet; it needs macOS 11");
        assertThatThrownBy(() -> VmnetInterface.start(
                        mac.framework(), VmnetSettings.host().withNetworkId(new UUID(1, 2))))
                .hasMessageContaining("it needs macOS 11");
        assertThatThrownBy(() -> VmnetNetwork.create(mac.framework(), VmnetNetworkPlan.of(VmnetMode.SHARED)))
                .hasMessageContaining("it needs macOS 26");
        VmnetInterface vmnet = VmnetInterface.start(mac.framework(), VmnetSettings.shared());
        assertThatThrownBy(() -> vmnet.forwardings(false)).hasMessageContaining("it needs macOS 11");
        vmnet.stop();
        mac.expectNothingLeft();
    }

    @Test
    void whereThereIsNoSuchFramework() {
        assertThatThrownBy(() -> VmnetFramework.open(cause -> {}))
                .as("this test runs on Linux")
                .isInstanceOf(VmnetException.class)
                .hasMessageContaining("there is no /System/Library/Frameworks/vmnet.framework/vmnet");
        assertThatThrownBy(() -> VmnetFramework.open(List.of("libc.so.6"), new VmnetAdvice(true, 0), cause -> {}))
                .hasMessageContaining("this system has no dispatch_queue_create");
    }
}
