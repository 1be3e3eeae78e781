package vmlan.program.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import vmlan.qemu.ProcessMark;
import vmlan.qemu.QemuException;
import vmlan.qemu.QmpClient;

/// Wakes a guest's transmit side after its QEMU was attached anew.
///
/// When our end of the stream goes away while QEMU waits for room in it, QEMU drops its write watch but keeps
/// the queue and its place in a half-sent frame (QEMU net/stream.c, net_stream_disconnect), and never sends
/// again. Stopping and continuing the VM flushes the queue. A VM that does not run is left alone: its own
/// `cont` does the same later.
public final class Reattachment {
    /// Behind the monitor's name: a file that is there between stop and cont.
    public static final String WAKING = ".waking";

    /// Behind the monitor's name: a file that is there while a user wants the VM paused.
    public static final String PAUSED = ".paused";

    private static final Duration LIMIT = Duration.ofSeconds(10);

    /// A monitor that is busy, or a machine that is, for a while.
    private static final int TRIES = 4;

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final NetworkLog log;
    /// A monitor serves one client at a time, and two NICs of one VM attach at the same moment.
    private final Map<Path, ReentrantLock> monitors = new ConcurrentHashMap<>();

    Reattachment(NetworkLog log) {
        this.log = log;
    }

    /// Does it soon, on a thread of its own.
    void cure(PortRecord record) {
        ReentrantLock monitor = monitors.computeIfAbsent(record.qmp(), path -> new ReentrantLock());
        Thread.ofVirtual().name("reattach " + record.id()).start(() -> {
            monitor.lock();
            try {
                for (int tries = 1; tries <= TRIES && !wake(record, tries); tries++) {
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            } finally {
                monitor.unlock();
            }
        });
    }

    /// @return whether there is nothing left to do
    private boolean wake(PortRecord record, int tries) {
        Path mark = record.qmp().resolveSibling(record.qmp().getFileName() + WAKING);
        try (QmpClient qmp = QmpClient.connect(record.qmp(), LIMIT)) {
            // Paused, and the mark is there: not the user's wish, but a process of ours that died in between.
            Path paused = record.qmp().resolveSibling(record.qmp().getFileName() + PAUSED);
            if (qmp.status().equals("running") || (Files.exists(mark) && !Files.exists(paused))) {
                Files.writeString(mark, "");
                try {
                    qmp.execute("stop", Map.of(), LIMIT);
                } finally {
                    // Who wants it paused writes that first and looks for our mark then (VmPause).
                    if (!Files.exists(paused)) {
                        qmp.execute("cont", Map.of(), LIMIT);
                    }
                }
                Files.deleteIfExists(mark);
                log.accept(record.id() + ": stopped and continued " + record.vm() + " after re-attaching");
            }
            return true;
        } catch (QemuException e) {
            log.accept(record.id() + ": re-attached, but " + e.what() + " (try " + tries + " of " + TRIES + ")");
            return !ProcessMark.isAlive(record.pid(), record.pidMark());
        } catch (IOException e) {
            log.accept(record.id() + ": re-attached, but " + mark + " cannot be written: " + e.getMessage());
            return false;
        }
    }

    void forget(PortRecord record) {
        monitors.remove(record.qmp());
    }
}
