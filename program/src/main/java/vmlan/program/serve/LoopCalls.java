package vmlan.program.serve;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import vmlan.host.EventLoop;

/// What other threads ask of the event loop.
final class LoopCalls {
    /// A round takes milliseconds; a machine that is overloaded needs longer.
    static final long LIMIT_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private LoopCalls() {}

    static <T> T call(EventLoop loop, Callable<T> task) throws IOException, TimeoutException, InterruptedException {
        return await(loop.call(task), LIMIT_MILLIS);
    }

    /// Waits for a round of the loop: only then are sockets gone that it has closed.
    static void settle(EventLoop loop) throws IOException, TimeoutException, InterruptedException {
        call(loop, () -> true);
    }

    static <T> T await(CompletableFuture<T> future, long millis)
            throws IOException, TimeoutException, InterruptedException {
        try {
            return future.get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                default -> throw new IllegalArgumentException(e.getCause());
            }
        }
    }
}
