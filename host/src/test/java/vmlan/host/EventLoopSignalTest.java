package vmlan.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventLoopSignalTest {
    @Test
    void aSignalWakesTheLoopAndManyAreOne() throws Exception {
        EventLoop loop = new EventLoop(Throwable::printStackTrace);
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch second = new CountDownLatch(2);
        EventLoop.Signal signal = loop.signal(() -> {
            runs.incrementAndGet();
            second.countDown();
        });
        signal.raise();
        signal.raise();
        Thread thread = Thread.ofPlatform().start(() -> loop.run(now -> Long.MAX_VALUE));
        try {
            // A task of the round after the one that ran the signal; then the loop waits without end.
            loop.call(() -> null).get(60, TimeUnit.SECONDS);
            loop.call(() -> null).get(60, TimeUnit.SECONDS);
            assertThat(runs).hasValue(1);
            signal.raise();
            assertThat(second.await(60, TimeUnit.SECONDS)).isTrue();
            loop.call(() -> {
                        loop.forget(signal);
                        signal.raise();
                        return null;
                    })
                    .get(60, TimeUnit.SECONDS);
            loop.call(() -> null).get(60, TimeUnit.SECONDS);
            assertThat(runs).hasValue(2);
        } finally {
            loop.stop();
            thread.join(60_000);
            loop.close();
        }
    }
}
