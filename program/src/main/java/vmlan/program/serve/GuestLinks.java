package vmlan.program.serve;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import vmlan.qemu.ProcessMark;
import vmlan.qemu.QemuException;
import vmlan.qemu.QmpClient;

/// Pulls the cable of guests' NICs and puts it back, by QEMU's monitor: a guest that sees its link return asks for its
/// addresses anew. What is wanted last counts, however often it changed while a monitor was busy.
final class GuestLinks {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /// A monitor serves one client at a time, and [Reattachment] may have it.
    private static final int TRIES = 4;

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final NetworkLog log;
    /// What each port's link shall be and is not known to be yet.
    private final Map<String, Boolean> wanted = new HashMap<>();

    GuestLinks(NetworkLog log) {
        this.log = log;
    }

    /// Sets the links soon. On the loop's thread.
    void set(boolean up, List<GuestPort> ports) {
        for (GuestPort port : ports) {
            PortRecord record = port.record();
            if (record.device() == null) {
                continue;
            }
            synchronized (wanted) {
                if (wanted.put(record.id(), up) != null) {
                    continue; // the thread that works on it will see it
                }
            }
            Thread.ofVirtual().name("link " + record.id()).start(() -> work(record));
        }
    }

    void forget(PortRecord record) {
        synchronized (wanted) {
            wanted.remove(record.id());
        }
    }

    private void work(PortRecord record) {
        int failed = 0;
        while (true) {
            Boolean up;
            synchronized (wanted) {
                up = wanted.get(record.id());
            }
            if (up == null) {
                return;
            }
            if (!set(record, up)) {
                failed++;
                if (failed == TRIES && giveUp(record, up)) {
                    return;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
                failed = Math.min(failed, TRIES - 1);
                continue;
            }
            synchronized (wanted) {
                if (wanted.remove(record.id(), up)) {
                    return;
                }
            }
        }
    }

    /// Not when something else is wanted by now.
    private boolean giveUp(PortRecord record, boolean up) {
        synchronized (wanted) {
            return wanted.remove(record.id(), up) || !wanted.containsKey(record.id());
        }
    }

    private boolean set(PortRecord record, boolean up) {
        Path monitor = record.qmp();
        try (QmpClient qmp = QmpClient.connect(monitor, LIMIT)) {
            qmp.execute("set_link", Map.of("name", record.device(), "up", up), LIMIT);
            log.accept(record.id() + ": link " + (up ? "up" : "down"));
            return true;
        } catch (QemuException e) {
            if (ProcessMark.isAlive(record.pid(), record.pidMark())) {
                log.accept(record.id() + ": its link cannot be set " + (up ? "up: " : "down: ") + e.what());
            }
            return false;
        }
    }
}
