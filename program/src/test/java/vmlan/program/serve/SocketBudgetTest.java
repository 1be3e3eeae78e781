package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.network.dns.DnsLimits;
import vmlan.network.nat.NatLimits;

class SocketBudgetTest {
    @Test
    void withManyDescriptorsTheLimitsAreTheUsualOnes() {
        SocketBudget budget = SocketBudget.of(1 << 20);
        assertThat(budget.nat()).isEqualTo(NatLimits.DEFAULT);
        assertThat(budget.dns()).isEqualTo(DnsLimits.USUAL);
    }

    @ParameterizedTest
    @ValueSource(ints = {256, 1024, 4096, 20_000, 524_288})
    void allTogetherLeaveAnEighthToOthersAndOneGuestHasLessThanAll(int descriptors) {
        SocketBudget budget = SocketBudget.of(descriptors);
        assertThat(budget.tcpFlows() + budget.udpFlows() + budget.dnsSockets() + budget.published())
                .isLessThanOrEqualTo(descriptors - descriptors / 8);
        assertThat(budget.nat().tcpFlowsPerPort())
                .isPositive()
                .isLessThan(budget.nat().tcpFlowsInAll());
        assertThat(budget.nat().udpFlowsPerPort())
                .isPositive()
                .isLessThan(budget.nat().udpFlowsInAll());
        assertThat(budget.dns().waitingPerPort())
                .isPositive()
                .isLessThan(budget.dns().waitingInAll());
    }
}
