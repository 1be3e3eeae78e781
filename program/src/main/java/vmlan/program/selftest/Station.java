package vmlan.program.selftest;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import vmlan.host.EventLoop;

/// A machine of ours on a network for a moment, on an event loop of its own. Methods belong to the thread that runs the
/// steps.
abstract class Station {
    /// What the loop is asked ends by itself: vmnet's stop after five seconds.
    private static final long LIMIT_SECONDS = 30;

    final EventLoop loop;
    final Inbox inbox = new Inbox();
    private final Thread thread;

    Station() throws IOException {
        loop = new EventLoop(fault -> inbox.failed(new IOException("a mistake of ours: " + fault, fault)));
        thread = Thread.ofPlatform().daemon().name("vmlan-selftest").start(() -> loop.run(now -> Long.MAX_VALUE));
    }

    /// Sends a frame; whether it arrives nobody knows.
    abstract void send(byte[] frame) throws IOException, InterruptedException;

    /// @param deadline by [System#nanoTime]
    /// @return null where none came
    byte[] next(long deadline) throws IOException, InterruptedException {
        return inbox.next(deadline);
    }

    /// Leaves the network. On the loop.
    abstract void leave() throws IOException;

    /// Leaves the network, and ends the loop. Not for a thread that is interrupted: it may wait for some seconds.
    void end() throws IOException, InterruptedException {
        try {
            call(() -> {
                leave();
                return true;
            });
        } finally {
            loop.stop();
            thread.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
            loop.close();
        }
    }

    final <T> T call(Callable<T> task) throws IOException, InterruptedException {
        try {
            return loop.call(task).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no answer in " + LIMIT_SECONDS + " s", e);
        }
    }
}
