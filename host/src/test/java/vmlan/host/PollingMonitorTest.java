package vmlan.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import vmlan.host.linux.RunningLoop;
import vmlan.network.change.HostState;
import vmlan.packet.IpAddress;

/// The host as the JDK shows it: of the machine that the test runs on, since it looks on threads of its own.
class PollingMonitorTest {
    private final LinkedBlockingQueue<Object> told = new LinkedBlockingQueue<>();
    private final HostMonitor.Listener listener = new HostMonitor.Listener() {
        @Override
        public void looked(HostState state) {
            told.add(state);
        }

        @Override
        public void failed(Exception cause) {
            told.add(cause);
        }
    };

    private Object next() throws InterruptedException {
        return told.poll(60, TimeUnit.SECONDS);
    }

    @Test
    void itLooksAgainAndAgain() throws Exception {
        try (RunningLoop loop = new RunningLoop()) {
            PollingMonitor monitor = new PollingMonitor(loop.loop, listener);
            monitor.start();
            assertThat(next())
                    .isInstanceOfSatisfying(
                            HostState.class,
                            state -> assertThat(state.addresses()).contains(IpAddress.parse("127.0.0.1")));
            assertThat(next()).as("the second look").isInstanceOf(HostState.class);
            loop.run(monitor::close);
        }
    }

    @Test
    void aLookThatFailsIsSaidOnceAndNotTheLast() throws Exception {
        HostState state = new HostState(Set.of(), null, null, List.of());
        IOException failure = new IOException("too many open files");
        AtomicInteger looks = new AtomicInteger();
        PollingMonitor.Look look = () -> {
            if (Set.of(2, 3, 5).contains(looks.incrementAndGet())) {
                throw failure;
            }
            return state;
        };
        try (RunningLoop loop = new RunningLoop()) {
            PollingMonitor monitor = new PollingMonitor(loop.loop, listener, look, TimeUnit.MILLISECONDS.toNanos(1));
            monitor.start();
            assertThat(next()).isEqualTo(state);
            assertThat(next()).isEqualTo(failure);
            assertThat(next()).isEqualTo(state);
            assertThat(next()).isEqualTo(failure);
            assertThat(next()).isEqualTo(state);
            loop.run(monitor::close);
        }
    }
}
