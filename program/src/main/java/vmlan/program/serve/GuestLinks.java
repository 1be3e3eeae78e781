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
/// addresses anew. What is wanted last counts, however often it changed while a monitor was busy; but a link that
/// was to go down in between does so.
final class GuestLinks {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /// A monitor serves one client at a time, and [Reattachment] may have it.
    private static final int TRIES = 4;

    private static final Duration PAUSE = Duration.ofSeconds(1);
    /// How long a link stays down that is to be noticed. Linux looks at most once a second whether a link is down
    /// (net/core/link_watch.c), and one that is up again by then was never down.
    private static final Duration DOWN = Duration.ofSeconds(3);

    private final NetworkLog log;
    /// What each port's link shall be and is not known to be yet.
    private final Map<String, Wish> wanted = new HashMap<>();

    /// @param downBefore whether it has to be down first
    private record Wish(boolean up, boolean downBefore) {}

    GuestLinks(NetworkLog log) {
        this.log = log;
    }

    /// Sets the links soon. On the loop's thread.
    void set(boolean up, List<GuestPort> ports) {
        ports.forEach(port -> want(port.record(), up, false));
    }

    /// Takes links down for a moment, so that guests see that they may be elsewhere now. On the loop's thread.
    void renew(List<GuestPort> ports) {
        ports.forEach(port -> want(port.record(), true, true));
    }

    private void want(PortRecord record, boolean up, boolean downBefore) {
        if (record.device() == null) {
            return;
        }
        synchronized (wanted) {
            Wish old = wanted.get(record.id());
            boolean wasToGoDown = old != null && (old.downBefore || !old.up);
            wanted.put(record.id(), new Wish(up, up && (downBefore || wasToGoDown)));
            if (old != null) {
                return; // the thread that works on it will see it
            }
        }
        Thread.ofVirtual().name("link " + record.id()).start(() -> work(record));
    }

    void forget(PortRecord record) {
        synchronized (wanted) {
            wanted.remove(record.id());
        }
    }

    private Wish wish(PortRecord record) {
        synchronized (wanted) {
            return wanted.get(record.id());
        }
    }

    private void work(PortRecord record) {
        int failed = 0;
        for (Wish wish = wish(record); wish != null; wish = wish(record)) {
            boolean up = wish.up && !wish.downBefore;
            if (!set(record, up)) {
                failed++;
                if (failed == TRIES && giveUp(record, wish)) {
                    return;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
                failed = Math.min(failed, TRIES - 1);
                continue;
            }
            if (wish.downBefore) {
                LockSupport.parkNanos(DOWN.toNanos());
                synchronized (wanted) {
                    wanted.replace(record.id(), wish, new Wish(wish.up, false));
                }
                continue;
            }
            synchronized (wanted) {
                if (wanted.remove(record.id(), wish)) {
                    return;
                }
            }
        }
    }

    /// Not when something else is wanted by now.
    private boolean giveUp(PortRecord record, Wish wish) {
        synchronized (wanted) {
            return wanted.remove(record.id(), wish) || !wanted.containsKey(record.id());
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
