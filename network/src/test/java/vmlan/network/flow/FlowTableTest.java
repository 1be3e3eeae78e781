package vmlan.network.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import vmlan.network.FrameSink;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;

class FlowTableTest {
    private final FlowTable<TestFlow> table = new FlowTable<>(new SplittableRandom(1));
    private final Switch network = new Switch(16, 1_000_000_000L, 1);
    private final SwitchPort a = port("a");
    private final SwitchPort b = port("b");

    private SwitchPort port(String name) {
        FrameSink nobody = new FrameSink() {
            @Override
            public void accept(SwitchPort from, java.nio.ByteBuffer buffer, int offset, int length, long now) {}

            @Override
            public void flush() {}
        };
        return network.connect(name, false, self -> nobody);
    }

    private TestFlow find(TestFlow flow) {
        return table.find(
                flow.guestHigh(),
                flow.guestLow(),
                flow.guestPort(),
                flow.remoteHigh(),
                flow.remoteLow(),
                flow.remotePort());
    }

    @Test
    void everyFlowIsFoundByItsFiveTupleAndNoOther() {
        List<TestFlow> flows = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            TestFlow flow = new TestFlow(i % 3 == 0 ? a : b, i % 7, 1024 + i, i % 11, 80);
            flows.add(flow);
            table.add(flow);
        }
        assertThat(flows).allMatch(flow -> find(flow) == flow);
        assertThat(table.find(0, 1, 1024, 0, 1, 80)).isNull();
        for (int i = 0; i < flows.size(); i += 2) {
            assertThat(table.remove(flows.get(i))).isTrue();
        }
        assertThat(table.size()).isEqualTo(5_000);
        for (int i = 0; i < flows.size(); i++) {
            assertThat(find(flows.get(i))).isEqualTo(i % 2 == 0 ? null : flows.get(i));
        }
        assertThat(table.of(a)).hasSize(1_667).allMatch(flow -> flow.port() == a);
    }

    @Test
    void aFiveTupleIsThereOnce() {
        table.add(new TestFlow(a, 1, 2, 3, 4));
        assertThatThrownBy(() -> table.add(new TestFlow(b, 1, 2, 3, 4))).isInstanceOf(IllegalStateException.class);
        assertThat(table.remove(new TestFlow(a, 1, 2, 3, 4))).isFalse();
    }

    @Test
    void eachPortHasItsShareAndAllTogetherTheirs() {
        FlowLimits limits = new FlowLimits(2, 3);
        assertThat(limits.take(a)).isTrue();
        assertThat(limits.take(a)).isTrue();
        assertThat(limits.take(a)).as("a's share is used up").isFalse();
        assertThat(limits.take(b)).isTrue();
        assertThat(limits.take(b)).as("all are used up").isFalse();
        limits.release(a);
        assertThat(limits.take(b)).isTrue();
        assertThat(limits.used()).isEqualTo(3);
        assertThat(limits.used(b)).isEqualTo(2);
        assertThat(limits.refused()).isEqualTo(2);
    }
}
