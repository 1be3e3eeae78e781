package vmlan.program.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BridgeChoiceTest {
    @Test
    void theDefaultRoutesNicIsTakenWhereVmnetBridgesIt() {
        assertThat(BridgeChoice.of("en1", List.of("en0", "en1"), Set.of("en0")::contains))
                .isEqualTo(new BridgeChoice("en1", "en1, that of the default route"));
    }

    @Test
    void behindAVpnTheFirstThatIsUpIsTakenAndItIsSaid() {
        assertThat(BridgeChoice.of("utun4", List.of("en0", "en1", "en2"), Set.of("en1", "en2")::contains))
                .isEqualTo(new BridgeChoice(
                        "en1",
                        "en1, the first that is up of those that vmnet bridges: the default route is by utun4, which"
                                + " vmnet does not bridge"));
    }

    @Test
    void whereNoneIsUpNoneIsMeant() {
        BridgeChoice choice = BridgeChoice.of("utun4", List.of("en0"), nic -> false);
        assertThat(choice.nic()).isNull();
        assertThat(choice.why()).endsWith("and none that it does is up");
    }

    @Test
    void aListThatIsEmptyKeepsNobodyFromTrying() {
        assertThat(BridgeChoice.of("en0", List.of(), nic -> false).nic()).isEqualTo("en0");
    }
}
