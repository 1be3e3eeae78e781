package vmlan.program.serve;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import vmlan.program.files.Places;
import vmlan.program.files.StateFile;

/// Writes state files behind the event loop's back, so that a slow disk holds up no frame: of each file only
/// the newest content waits, so a busy network does not queue up writes.
final class StateKeeper implements AutoCloseable {
    private final Consumer<String> log;
    private final Map<StateFile, Map<String, Object>> waiting = new LinkedHashMap<>();
    private final Map<StateFile, IOException> failed = new LinkedHashMap<>();
    private final Thread writer;
    private boolean busy;
    private boolean closed;

    StateKeeper(Consumer<String> log) {
        this.log = log;
        this.writer = Thread.ofPlatform().name("state").daemon().start(this::write);
    }

    /// Has the content written soon.
    synchronized void save(StateFile file, Map<String, Object> content) {
        waiting.put(file, content);
        notifyAll();
    }

    /// Waits until everything that was saved so far is on the disk.
    ///
    /// @throws IOException the newest content of a file could not be written
    synchronized void settle() throws InterruptedException, IOException {
        while (busy || !waiting.isEmpty()) {
            wait();
        }
        if (!failed.isEmpty()) {
            throw failed.values().iterator().next();
        }
    }

    private void write() {
        while (true) {
            Map.Entry<StateFile, Map<String, Object>> next;
            synchronized (this) {
                busy = false;
                notifyAll();
                while (waiting.isEmpty() && !closed) {
                    try {
                        wait();
                    } catch (InterruptedException e) {
                        return;
                    }
                }
                if (waiting.isEmpty()) {
                    return;
                }
                next = Map.entry(
                        waiting.keySet().iterator().next(),
                        waiting.values().iterator().next());
                waiting.remove(next.getKey());
                busy = true;
            }
            IOException failure = null;
            try {
                next.getKey().write(next.getValue());
            } catch (IOException e) {
                failure = new IOException("cannot write " + next.getKey().path() + ": " + Places.reason(e), e);
            } catch (RuntimeException e) {
                failure = new IOException("cannot write " + next.getKey().path() + ": " + e, e);
            }
            note(next.getKey(), failure);
        }
    }

    private synchronized void note(StateFile file, IOException failure) {
        if (failure == null) {
            failed.remove(file);
        } else {
            failed.put(file, failure);
            log.accept(failure.getMessage());
        }
    }

    /// Writes what waits, then ends.
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
