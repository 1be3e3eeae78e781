package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import vmlan.host.HostMonitor;
import vmlan.host.PollingMonitor;
import vmlan.network.change.HostState;
import vmlan.packet.IpAddress;

/// The host as the JDK shows it: of the machine that the test runs on, since it looks on threads of its own.
class PollingMonitorTest {
    @Test
    void itLooksAgainAndAgain() throws Exception {
        LinkedBlockingQueue<HostState> states = new LinkedBlockingQueue<>();
        LinkedBlockingQueue<Exception> failures = new LinkedBlockingQueue<>();
        HostMonitor.Listener listener = new HostMonitor.Listener() {
            @Override
            public void looked(HostState state) {
                states.add(state);
            }

            @Override
            public void failed(Exception cause) {
                failures.add(cause);
            }
        };
        try (RunningLoop loop = new RunningLoop()) {
            PollingMonitor monitor = new PollingMonitor(loop.loop, listener);
            monitor.start();
            HostState first = states.poll(60, TimeUnit.SECONDS);
            assertThat(first).isNotNull();
            assertThat(first.addresses()).contains(IpAddress.parse("127.0.0.1"));
            assertThat(states.poll(60, TimeUnit.SECONDS)).as("the second look").isNotNull();
            loop.run(monitor::close);
            assertThat(failures).isEmpty();
        }
    }
}
