package vmlan.host.linux;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import vmlan.host.EventLoop;

/// An event loop with its thread.
public final class RunningLoop implements AutoCloseable {
    public final EventLoop loop;
    public final Thread thread;

    public RunningLoop() throws IOException {
        this(Throwable::printStackTrace);
    }

    public RunningLoop(Consumer<Throwable> onError) throws IOException {
        loop = new EventLoop(onError);
        thread = Thread.ofPlatform().name("loop").start(() -> loop.run(now -> Long.MAX_VALUE));
    }

    /// Does something on the loop and waits for it.
    public <T> T call(Callable<T> task) throws Exception {
        try {
            return loop.call(task).get(240, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    public interface Action {
        void run() throws Exception;
    }

    public void run(Action action) throws Exception {
        call(() -> {
            action.run();
            return null;
        });
    }

    @Override
    public void close() throws IOException, InterruptedException {
        loop.stop();
        thread.join(TimeUnit.SECONDS.toMillis(60));
        loop.close();
    }
}
