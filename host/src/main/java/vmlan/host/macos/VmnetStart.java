package vmlan.host.macos;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The start of an interface, from the call to vmnet's answer, or until the limit.
///
/// The answer comes on the queue's thread, and may come after the limit. Then nobody waits for it: an
/// interface that started all the same is stopped from there, so that none stays behind.
final class VmnetStart implements Blocks.Handler {
    /// Where there is no interface the reason may follow all the same.
    private static final Duration REASON_LIMIT = Duration.ofSeconds(1);

    /// The call that begins it.
    interface Call {
        /// @return the interface, or 0
        long start(MemorySegment description, MemorySegment queue, MemorySegment block);
    }

    private record Answer(int status, VmnetParameters parameters) {}

    private final VmnetFramework framework;
    private final VmnetSettings settings;
    private final String name;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final MemorySegment queue;
    private final Blocks.Callback callback;
    private long handle;
    private boolean abandoned;

    /// @param name of the call, for messages
    VmnetStart(VmnetFramework framework, VmnetSettings settings, String name) {
        this.framework = framework;
        this.settings = settings;
        this.name = name;
        this.queue = framework.calls().queue("vmlan.vmnet");
        this.callback = framework.blocks().callback(this);
    }

    VmnetInterface run(Call call, MemorySegment description, Duration limit) throws VmnetException {
        boolean done = false;
        try {
            long started;
            try (Arena arena = Arena.ofConfined()) {
                started = call.start(description, queue, callback.block(Blocks.Shape.STATUS_AND_OBJECT, arena));
            }
            setHandle(started);
            Answer came = await(started == 0 && limit.compareTo(REASON_LIMIT) > 0 ? REASON_LIMIT : limit);
            if (started == 0 && (came == null || came.status == VmnetStatus.SUCCESS.code())) {
                throw VmnetException.of(name, "no interface", framework.advice().start(VmnetStatus.FAILURE, settings));
            }
            if (came == null) {
                done = abandon();
                throw VmnetException.of(name, "no answer in " + limit.toSeconds() + " s", VmnetAdvice.noAnswer());
            }
            if (came.status != VmnetStatus.SUCCESS.code()) {
                VmnetStatus status = VmnetStatus.of(came.status);
                throw VmnetException.of(name, came.status, framework.advice().start(status, settings));
            }
            done = true;
            callback.close();
            return new VmnetInterface(framework, started, queue, came.parameters);
        } finally {
            if (!done) {
                end();
            }
        }
    }

    private synchronized void setHandle(long started) {
        handle = started;
    }

    /// @return null when there was none in time
    private Answer await(Duration limit) throws VmnetException {
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException e) {
            throw VmnetException.of(name, "its answer was not understood: " + e.getCause(), "");
        }
    }

    /// @return whether the answer, when it comes, is to end the interface
    private synchronized boolean abandon() {
        // An answer that came this moment is too late, too: then its interface is stopped here.
        abandoned = true;
        Answer came = answer.getNow(null);
        if (came == null) {
            return true;
        }
        if (came.status == VmnetStatus.SUCCESS.code()) {
            stopUnattended();
        }
        return false;
    }

    @Override
    public void called(int status, long object) {
        boolean isLate;
        try {
            VmnetParameters parameters =
                    status == VmnetStatus.SUCCESS.code() ? VmnetParameters.of(framework, settings, object) : null;
            synchronized (this) {
                isLate = abandoned;
                answer.complete(new Answer(status, parameters));
                if (isLate && status == VmnetStatus.SUCCESS.code()) {
                    stopUnattended();
                }
            }
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
            throw e;
        }
        if (isLate) {
            end();
        }
    }

    /// Stops the interface; its end is nobody's affair. Holds the lock.
    private void stopUnattended() {
        Blocks.Callback[] nobody = new Blocks.Callback[1];
        nobody[0] = framework.blocks().callback((status, object) -> nobody[0].close());
        try (Arena arena = Arena.ofConfined()) {
            framework.calls().stop(handle, queue, nobody[0].block(Blocks.Shape.STATUS, arena));
        }
    }

    private void end() {
        callback.close();
        framework.calls().releaseQueue(queue);
    }
}
