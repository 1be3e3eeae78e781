package vmlan.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// The one thread that owns all state of a network: it waits for sockets, timers and tasks, and runs them one
/// at a time.
///
/// Everything but [#execute], [#call], [Signal#raise], [#stop] and [#now] belongs to the loop's own thread. A
/// handler that throws loses its own channel and nothing else: the failure goes to the listener given at the
/// start, and the loop goes on.
public final class EventLoop implements AutoCloseable {
    /// What becomes of a channel that is ready.
    public interface Handler {
        void ready(SelectionKey key) throws IOException;

        /// The handler threw, or its channel was closed under it: give up what hangs on it.
        void failed(Exception cause);
    }

    /// A timer that is set; may be cancelled.
    public static final class Timer implements Comparable<Timer> {
        private final long deadline;
        private final Runnable action;
        private boolean cancelled;

        private Timer(long deadline, Runnable action) {
            this.deadline = deadline;
            this.action = action;
        }

        public void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Timer other) {
            return Long.compare(deadline - other.deadline, 0);
        }
    }

    /// A task for what happens often: raising it allocates nothing, and does nothing while it is raised already.
    public final class Signal {
        private final Runnable action;
        private final AtomicBoolean raised = new AtomicBoolean();

        private Signal(Runnable action) {
            this.action = action;
        }

        /// The task runs on the loop's thread, soon, and sees all that was done before. Any thread.
        public void raise() {
            if (raised.compareAndSet(false, true)) {
                selector.wakeup();
            }
        }
    }

    private final Selector selector;
    private final List<Signal> signals = new ArrayList<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Consumer<Throwable> onError;
    private final long nanosAtStart = System.nanoTime();
    private final long epochAtStart;
    private final Consumer<SelectionKey> dispatch = this::dispatch;
    private volatile boolean stopping;
    private volatile Thread thread;

    /// @param onError told of every task, timer or handler that throws
    public EventLoop(Consumer<Throwable> onError) throws IOException {
        this(onError, 0);
    }

    /// With a clock that goes on where another one has stopped.
    ///
    /// @param aheadNanos of the time of day, may be below zero
    public EventLoop(Consumer<Throwable> onError, long aheadNanos) throws IOException {
        this.selector = Selector.open();
        this.onError = onError;
        Instant now = Instant.now();
        this.epochAtStart = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() + aheadNanos;
    }

    /// Nanoseconds since 1970 by the clock of the start, counted on without jumps: fit both for time-outs
    /// and, as the end of a lease, for a file. Any thread.
    public long now() {
        return epochAtStart + (System.nanoTime() - nanosAtStart);
    }

    /// Runs a task on the loop's thread, soon. Any thread.
    public void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /// Runs a task on the loop's thread; the future has its result. Any thread.
    public <T> CompletableFuture<T> call(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        execute(() -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /// Until [#forget]; there may only be a few.
    public Signal signal(Runnable action) {
        Signal signal = new Signal(action);
        signals.add(signal);
        return signal;
    }

    /// The signal is no longer looked at.
    public void forget(Signal signal) {
        signals.remove(signal);
    }

    public Timer after(long nanos, Runnable action) {
        Timer timer = new Timer(now() + nanos, action);
        timers.add(timer);
        return timer;
    }

    /// @param operations of [SelectionKey]
    public SelectionKey register(SelectableChannel channel, int operations, Handler handler) throws IOException {
        channel.configureBlocking(false);
        try {
            return channel.register(selector, operations, handler);
        } catch (ClosedChannelException e) {
            throw new IOException("the channel was closed before it could be watched", e);
        }
    }

    /// Runs until [#stop].
    ///
    /// @param idle called after each round with the time, for work that comes once a round; returns how many
    ///     nanoseconds the loop may wait at most
    public void run(Idle idle) {
        thread = Thread.currentThread();
        while (!stopping) {
            runTasks();
            runSignals();
            long now = now();
            runTimers(now);
            // After the timers, since they may change what it looks at; what it sets is seen by the second look.
            long wait = Math.min(guarded(idle, now), nanosToTimer(now));
            if (stopping) {
                return;
            }
            select(tasks.isEmpty() && !isRaised() ? wait : 0);
        }
    }

    /// The work of each round.
    @FunctionalInterface
    public interface Idle {
        long round(long now);
    }

    private long guarded(Idle idle, long now) {
        try {
            return idle.round(now);
        } catch (RuntimeException e) {
            onError.accept(e);
            return TimeUnit.SECONDS.toNanos(1);
        }
    }

    private void runTasks() {
        // Tasks that tasks add wait for the next round, so that sockets get their turn.
        for (int left = tasks.size(); left > 0; left--) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            guarded(task);
        }
    }

    private void runSignals() {
        for (int i = 0; i < signals.size(); i++) {
            Signal signal = signals.get(i);
            if (signal.raised.get() && signal.raised.compareAndSet(true, false)) {
                guarded(signal.action);
            }
        }
    }

    private boolean isRaised() {
        for (int i = 0; i < signals.size(); i++) {
            if (signals.get(i).raised.get()) {
                return true;
            }
        }
        return false;
    }

    private void runTimers(long now) {
        while (nanosToTimer(now) == 0) {
            guarded(timers.poll().action);
        }
    }

    private long nanosToTimer(long now) {
        while (!timers.isEmpty() && timers.peek().cancelled) {
            timers.poll();
        }
        return timers.isEmpty() ? Long.MAX_VALUE : Math.max(0, timers.peek().deadline - now);
    }

    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            onError.accept(e);
        }
    }

    private void select(long waitNanos) {
        try {
            if (waitNanos <= 0) {
                selector.selectNow(dispatch);
            } else {
                // Rounded up: waking a little late is right, waking early would spin.
                long millis = waitNanos == Long.MAX_VALUE ? 0 : (waitNanos + 999_999) / 1_000_000;
                selector.select(dispatch, millis);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("waiting for sockets failed", e);
        }
    }

    private void dispatch(SelectionKey key) {
        Handler handler = (Handler) key.attachment();
        try {
            if (key.isValid()) {
                handler.ready(key);
            }
        } catch (IOException | CancelledKeyException e) {
            lose(key, handler, e);
        } catch (RuntimeException e) {
            onError.accept(e);
            lose(key, handler, e);
        }
    }

    private void lose(SelectionKey key, Handler handler, Exception cause) {
        key.cancel();
        try {
            handler.failed(cause);
        } catch (RuntimeException e) {
            onError.accept(e);
        }
    }

    /// Ends [#run] after the round that it is in. Any thread.
    public void stop() {
        stopping = true;
        selector.wakeup();
    }

    /// Whether the caller is the loop's own thread.
    public boolean isOwnThread() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
