package vmlan.program.serve;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import vmlan.host.EventLoop;
import vmlan.host.HostMonitor;
import vmlan.host.HostRoutes;
import vmlan.host.PollingMonitor;
import vmlan.host.SleepClock;
import vmlan.host.linux.LinuxHostMonitor;
import vmlan.network.change.HostChange;
import vmlan.network.change.HostState;
import vmlan.network.change.HostWatch;
import vmlan.network.change.SleepGap;

/// Sees what becomes of the host, has the network's services follow it, and tells of it. On the loop's thread.
///
/// Sleep is found by two clocks, which are read every few seconds and with each news of addresses or routes, of
/// which a wake mostly brings some.
final class HostChanges implements AutoCloseable, HostMonitor.Listener {
    /// Something that the host's networks do to this one.
    ///
    /// @param cure one line, what to do
    record Warning(String what, String cure) {
        String text() {
            return what + "; " + cure;
        }
    }

    /// A start is not to wait for it, and its first guest takes longer to attach.
    private static final long START_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private static final long CLOCKS_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final EventLoop loop;
    private final NetworkLog log;
    private final List<NetworkService> services;
    private final Runnable changed;
    private final HostWatch watch = new HostWatch();
    private final SleepClock clock = SleepClock.ofSystem();
    private final SleepGap gap = new SleepGap(clock.leastNanos());
    private HostMonitor monitor;
    private boolean closed;
    private List<Warning> warnings = List.of();
    private long changes;
    private long wakes;
    private long flowsReset;
    private String last;
    private Instant lastAt;

    /// @param changed told when there is something new to show
    HostChanges(EventLoop loop, NetworkLog log, List<NetworkService> services, Runnable changed) {
        this.loop = loop;
        this.log = log;
        this.services = services;
        this.changed = changed;
    }

    void start() {
        lookAtRoutes();
        readClocks();
        loop.after(
                START_AFTER_NANOS,
                () -> Thread.ofPlatform().daemon().name("vmlan-host-start").start(this::open));
    }

    /// The first VM is attached before there is a monitor, and is to hear what stands in its way.
    private void lookAtRoutes() {
        try {
            warn(new HostState(Set.of(), null, null, HostRoutes.routes()));
        } catch (IOException e) {
            log.failure("the host's routes cannot be read", e);
        }
    }

    /// On a thread of its own: native calls are made ready.
    private void open() {
        try {
            if (System.getProperty("os.name").equals("Linux")) {
                LinuxHostMonitor linux = new LinuxHostMonitor(loop, this);
                loop.execute(() -> {
                    opened(linux);
                    if (!closed) {
                        linux.start();
                    }
                });
                return;
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            loop.execute(
                    () -> log.accept("the host's changes are looked for every few seconds only: " + e.getMessage()));
        }
        poll();
    }

    private void poll() {
        PollingMonitor polling = new PollingMonitor(loop, this);
        polling.start();
        loop.execute(() -> opened(polling));
    }

    private void opened(HostMonitor opened) {
        monitor = opened;
        if (closed) {
            close();
        }
    }

    private void readClocks() {
        lookAtClocks();
        loop.after(CLOCKS_EVERY_NANOS, this::readClocks);
    }

    private void lookAtClocks() {
        clock.aheadNanos().ifPresent(ahead -> {
            long slept = gap.slept(ahead);
            if (slept > 0) {
                watch.woke(slept, loop.now());
            }
        });
    }

    @Override
    public void looked(HostState state) {
        boolean isFirst = watch.state() == null;
        watch.look(state, loop.now());
        lookAtClocks();
        if (isFirst) {
            warn(state);
        }
    }

    @Override
    public void failed(Exception cause) {
        if (closed) {
            return;
        }
        log.failure("the host's changes are seen late, or not at all", cause);
        if (monitor instanceof LinuxHostMonitor linux) {
            linux.close();
            poll();
        }
    }

    /// What is due.
    ///
    /// @return how long nothing will be
    long round(long now) {
        HostChange change = watch.tick(now);
        if (change != null) {
            follow(change, now);
        }
        return watch.nanosToTick(now);
    }

    private void follow(HostChange change, long now) {
        changes++;
        wakes += change.hasSlept() ? 1 : 0;
        int reset = 0;
        for (NetworkService service : services) {
            reset += service.hostChanged(change, now);
        }
        flowsReset += reset;
        String words = change.words();
        if (reset > 0) {
            words += (words.isEmpty() ? "" : "; ") + "reset " + reset + (reset == 1 ? " connection" : " connections")
                    + " of addresses that are gone";
        }
        if (!words.isEmpty()) {
            last = words;
            lastAt = Instant.now();
            log.accept("host: " + words);
        }
        warn(change.now());
        changed.run();
    }

    /// Each is said once, and when it is over.
    private void warn(HostState state) {
        Set<Warning> found = new LinkedHashSet<>();
        services.forEach(service -> found.addAll(service.warnings(state)));
        for (Warning warning : found) {
            if (!warnings.contains(warning)) {
                log.accept("warning: " + warning.text());
            }
        }
        for (Warning old : warnings) {
            if (!found.contains(old)) {
                log.accept("no longer so: " + old.what());
            }
        }
        warnings = List.copyOf(found);
    }

    List<Warning> warnings() {
        return warnings;
    }

    /// A service knows something new that a warning may depend on.
    void review() {
        if (watch.state() != null) {
            warn(watch.state());
        }
    }

    /// In the shape of docs/control-api.md.
    void describe(Map<String, Object> json) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("changes", changes);
        fields.put("wakes", wakes);
        fields.put("flowsReset", flowsReset);
        fields.put("last", last);
        fields.put(
                "lastAt",
                lastAt == null ? null : lastAt.truncatedTo(ChronoUnit.MILLIS).toString());
        json.put("hostChanges", fields);
        json.put(
                "warnings",
                warnings.stream()
                        .map(warning -> {
                            Map<String, Object> each = new LinkedHashMap<>();
                            each.put("what", warning.what());
                            each.put("do", warning.cure());
                            return each;
                        })
                        .toList());
    }

    @Override
    public void close() {
        closed = true;
        if (monitor != null) {
            monitor.close();
            monitor = null;
        }
    }
}
